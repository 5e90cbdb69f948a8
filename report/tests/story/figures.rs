//! The figures of the story: estimates, changes, shares.

use brunt_report::comparison::{
    ActionComparison, ActionCounts, Certainty, Change, Drift, Estimate, Interval, NoInterval,
    Noise, NoiseSource, NotJudged, QuantileFunctions, QuantilePoint, Quantiles, Sides, Spread,
    Statistic, StatisticComparison, Success, SuccessComparison, SuccessDifference, Value, Verdict,
};

use super::{ANSWERED, Told};

pub(super) fn success(offered: u64, lost: u64) -> Success {
    let share = (offered - lost) as f64 / offered as f64;
    let half = 1.96 * (share * (1.0 - share) / offered as f64).sqrt() + 2.0 / offered as f64;
    Success {
        ok: offered - lost,
        offered,
        share: Some(share),
        interval: Some(Interval {
            low: share - half,
            high: (share + half).min(1.0),
        }),
        dispersion: Some(1.0),
        effective_n: Some(offered as f64),
        no_failure_observed: lost == 0,
    }
}

pub(super) fn difference(sides: &Sides<Success>) -> SuccessDifference {
    let points = 100.0 * (sides.b.share.unwrap() - sides.a.share.unwrap());
    SuccessDifference {
        points,
        points_95: Interval {
            low: points - 0.04,
            high: points + 0.04,
        },
    }
}

pub(super) fn action(told: &Told, name: &impl Fn(&str) -> String) -> ActionComparison {
    let sides = Sides::of(0, 1, |side: usize| success(told.offered, told.lost[side]));
    ActionComparison {
        stage: name(told.stage),
        action: name(told.action),
        counts: Sides::of(0, 1, |side: usize| {
            Some(ActionCounts {
                offered: told.offered,
                ok: told.offered - told.lost[side],
                failed: told.lost[side] - told.unsent(side),
                unsent: told.unsent(side),
            })
        }),
        throughput: Sides::default(),
        overloaded: Sides {
            a: (told.stage == "init").then_some(ANSWERED),
            b: None,
        },
        statistics: Statistic::ALL
            .iter()
            .map(|statistic| statistic_row(told, *statistic))
            .collect(),
        drift: Sides {
            a: Some(Drift::Unknown),
            b: Some(Drift::Steady),
        },
        service: Sides::of(0, 1, |side: usize| {
            Some(Quantiles {
                p50: finite(told.p50[side] * 0.9),
                p95: finite(told.p95[side] * 0.9),
                p99: finite(told.p95[side] * 1.5),
            })
        }),
        success: SuccessComparison {
            sides,
            difference: Some(difference(&sides)),
            verdict: Verdict::NotJudged {
                reason: NotJudged::PerStageOnly,
            },
        },
    }
}

/// What [`us_at`] gives, with an interval of 4 % around it; no shift where a run was overloaded.
pub(super) fn quantiles(told: &Told, name: &impl Fn(&str) -> String) -> QuantileFunctions {
    let around = |value: f64| Interval {
        low: value * 0.96,
        high: value * 1.04,
    };
    let overloaded = told.stage == "init";
    let point = |quantile: f64| {
        let us = Sides::of(0, 1, |side: usize| {
            let bound = 1.0 - told.lost[side] as f64 / told.offered as f64;
            (quantile < bound).then(|| us_at(told, side, quantile))
        });
        let both = us.a.zip(us.b).filter(|_| !overloaded);
        let percent = both.map(|(a, b)| 100.0 * (b / a - 1.0));
        QuantilePoint {
            quantile,
            us,
            intervals: us.map(|us| us.map(around)),
            percent,
            percent_95: percent.map(|percent| Interval {
                low: percent - 6.0,
                high: percent + 7.0,
            }),
        }
    };
    QuantileFunctions {
        stage: name(told.stage),
        action: name(told.action),
        points: [0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.99, 0.999]
            .map(point)
            .into(),
    }
}

pub(super) fn finite(us: f64) -> Value {
    Value::Finite { us }
}

/// The quantile function: log-linear through the median and the p95.
pub(super) fn us_at(told: &Told, side: usize, quantile: f64) -> f64 {
    let spread = (told.p95[side] / told.p50[side]).ln() / 1.645;
    told.p50[side] * (spread * normal(quantile)).exp()
}

/// Tukey's lambda approximation of the normal quantile function.
pub(super) fn normal(q: f64) -> f64 {
    (q.powf(0.14) - (1.0 - q).powf(0.14)) * 4.91
}

pub(super) fn estimate(told: &Told, side: usize, statistic: Statistic) -> Estimate {
    let bound = 1.0 - told.lost[side] as f64 / told.offered as f64;
    let over_successes = match statistic {
        Statistic::Mean => told.p50[side] * 1.3,
        Statistic::Min => told.p50[side] * 0.2,
        Statistic::Max => told.p95[side] * 4.0,
        quantile => us_at(told, side, quantile.quantile().unwrap()),
    };
    let unbounded = statistic.quantile().is_some_and(|q| q >= bound);
    let few = statistic == Statistic::P999 && told.offered < 40_000;
    let extreme = statistic.quantile().is_none() && statistic != Statistic::Mean;
    let interval = (!unbounded && !few && !extreme).then_some(Interval {
        low: over_successes * 0.96,
        high: over_successes * 1.04,
    });
    Estimate {
        value: if unbounded {
            Value::Unbounded
        } else {
            finite(over_successes)
        },
        over_successes: finite(over_successes),
        no_interval: match (unbounded, few, extreme) {
            (true, ..) => Some(NoInterval::Unbounded),
            (_, true, _) => Some(NoInterval::FewSamples {
                needed: 20_000,
                had: 7_200,
            }),
            (.., true) => Some(NoInterval::Extreme),
            _ => None,
        },
        variance: interval.map(|_| 0.0004),
        windows: interval.map(|_| 10),
        interval,
        samples: told.offered,
    }
}

pub(super) fn statistic_row(told: &Told, statistic: Statistic) -> StatisticComparison {
    let estimates = Sides::of(0, 1, |side: usize| estimate(told, side, statistic));
    let extreme = matches!(statistic, Statistic::Min | Statistic::Max);
    let change = estimates
        .a
        .value
        .us()
        .zip(estimates.b.value.us())
        .map(|(a, b)| {
            let d = (b / a).ln();
            let percent = |d: f64| 100.0 * (d.exp() - 1.0);
            Change {
                ln_ratio: d,
                percent: percent(d),
                factor: b / a,
                certainty: (!extreme).then(|| Certainty {
                    runs: Sides { a: 1, b: 1 },
                    percent_95: Interval {
                        low: percent(d - 0.14),
                        high: percent(d + 0.14),
                    },
                    percent_90: Interval {
                        low: percent(d - 0.11),
                        high: percent(d + 0.11),
                    },
                    variances: Sides {
                        a: Some(0.0004),
                        b: Some(0.0004),
                    },
                    standard_error: 0.0707,
                    degrees_of_freedom: None,
                    noise: Noise {
                        s_aa: 0.05,
                        source: NoiseSource::Assumed,
                    },
                    spread: Spread::NoiseFloor,
                    minimal_detectable_percent: 21.9,
                    p: 0.01,
                    p_adjusted: 0.02,
                    stands_out: true,
                }),
            }
        });
    StatisticComparison {
        statistic,
        estimates,
        change,
        tolerance: (!extreme).then_some(0.1),
        verdict: if extreme {
            Verdict::NotJudged {
                reason: NotJudged::Extreme,
            }
        } else {
            told.verdict
        },
    }
}
