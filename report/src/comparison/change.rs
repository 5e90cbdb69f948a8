//! How a statistic differs between the runs, and how sure that is.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::estimate::Estimate;
use super::pooled::Pooled;
use super::value::{Interval, Side, Sides, Statistic};
use super::verdict::{self, Situation};
use super::yardstick::Yardstick;
use crate::language::{BEYOND, BOTH_UNBOUNDED, FEW_SAMPLES};
use crate::statistics::{self, RunMean, Spread, benjamini_hochberg};

/// One statistic of an action in both runs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct StatisticComparison {
    /// Which.
    pub statistic: Statistic,
    /// Its value in each run.
    pub estimates: Sides<Estimate>,
    /// How B differs from A; absent where a value is not finite.
    pub change: Option<Change>,
    /// The smallest change that matters, as a share: 0.1 is 10 %. Absent for min and max.
    pub tolerance: Option<f64>,
    /// What follows.
    pub verdict: Verdict,
}

/// A change from A to B of two finite values.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Change {
    /// d = ln B − ln A.
    pub ln_ratio: f64,
    /// 100(eᵈ − 1): −67 is "67 % less".
    pub percent: f64,
    /// B / A; of a response time below 1 is faster, and "3.03× faster" is its reciprocal.
    pub factor: f64,
    /// How sure; absent where a value has no interval (which those of pairs need not have), where the
    /// comparison is not judged, or where a stage was overloaded.
    pub certainty: Option<Certainty>,
}

/// The interval of a change and everything that it was computed from.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Certainty {
    /// How many runs stand on each side.
    pub runs: Sides<u32>,
    /// 95 % interval, percent.
    pub percent_95: Interval,
    /// 90 % interval, percent.
    pub percent_90: Interval,
    /// Within-run variances of ln(value), of several runs that of their mean: `V_A` and `V_B`. Absent
    /// where a run is too short for one, which pairs need not have.
    pub variances: Sides<Option<f64>>,
    /// Standard error of d.
    pub standard_error: f64,
    /// Degrees of freedom of the t quantile; absent where the normal one is used.
    pub degrees_of_freedom: Option<f64>,
    /// `s_AA`, the standard deviation of ln(value) from run to run.
    pub noise: Noise,
    /// What the standard error is that of: the largest, or the pairs.
    pub spread: Spread,
    /// The smallest change that such a pair of runs shows in four of five tries, percent.
    pub minimal_detectable_percent: f64,
    /// Two-sided p of "no change".
    pub p: f64,
    /// `p` adjusted over all judged statistics by Benjamini and Hochberg.
    pub p_adjusted: f64,
    /// Does the change stand out among all judged statistics at a false discovery rate of 5 %?
    pub stands_out: bool,
}

/// How much a statistic moves from run to run though nothing changed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Noise {
    /// Standard deviation of ln(value): 0.05 is 5 %.
    pub s_aa: f64,
    /// Where it comes from.
    pub source: NoiseSource,
}

/// Where a noise floor comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "source", rename_all = "kebab-case")]
pub enum NoiseSource {
    /// There was no calibration.
    Assumed,
    /// Runs of the same thing.
    Calibrated {
        /// How many.
        runs: u32,
    },
    /// Pairs of runs, one of each side beside the other: how their differences vary.
    Paired {
        /// How many.
        pairs: u32,
    },
}

/// What a comparison of one statistic says. Decided in `verdict.rs` only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum Verdict {
    /// Worse, certainly and by more than the tolerance; also finite -> unbounded, or beyond what
    /// records tell apart.
    Regressed,
    /// Better, certainly and by more than the tolerance; also the mirror of these.
    Improved,
    /// The 90 % interval lies within the tolerance on both sides.
    Equivalent,
    /// Certainly changed, by no more than the tolerance.
    SmallChange,
    /// The runs cannot tell.
    Inconclusive,
    /// B was overloaded where A was not: worse, by no figure.
    OverloadBegan,
    /// A was overloaded where B was not: better, by no figure.
    OverloadEnded,
    /// Nothing may be said.
    NotJudged {
        /// Why.
        reason: NotJudged,
    },
}

impl Verdict {
    /// Regressed, or overload began.
    pub fn is_worse(self) -> bool {
        matches!(self, Self::Regressed | Self::OverloadBegan)
    }

    /// Improved, or overload ended.
    pub fn is_better(self) -> bool {
        matches!(self, Self::Improved | Self::OverloadEnded)
    }
}

/// Why nothing is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "why", rename_all = "kebab-case")]
pub enum NotJudged {
    /// The runs were not given the same load.
    NotComparable,
    /// The record of a run is invalid (the generator's fault, not the service's).
    Invalid {
        /// Which run; A where both are.
        side: Side,
    },
    /// The statistic was not measured in a run.
    NotMeasured {
        /// Which run; A where both are.
        side: Side,
    },
    /// A run was overloaded there: what a request cost says little of a service that fails them.
    Overloaded {
        /// Which run.
        side: Side,
    },
    /// Both runs were overloaded there.
    BothOverloaded,
    /// Unbounded in both runs.
    BothUnbounded,
    /// A value, or that of a part of a run, is longer than records tell apart, and the other one is not
    /// surely far from it.
    Beyond,
    /// A value has no interval: its run is too short for it.
    FewSamples,
    /// A value has no interval: failures reach into the quantile in a part of its run.
    UnboundedInAWindow,
    /// The calibration has no floor of it.
    NoFloor,
    /// Extremes are never judged.
    Extreme,
    /// A database did not see what each success of the action does by its declaration.
    EffectUnseen {
        /// In which run; A where in both.
        side: Side,
    },
    /// Success is judged per stage, over all actions; per action it stands for information.
    PerStageOnly,
}

impl fmt::Display for NotJudged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotComparable => f.write_str("the runs were not given the same load"),
            Self::Invalid { side } => write!(f, "the record of run {side} is invalid"),
            Self::NotMeasured { side } => write!(f, "not measured in run {side}"),
            Self::Overloaded { side } => write!(f, "overloaded in run {side}"),
            Self::BothOverloaded => f.write_str("overloaded in both runs"),
            Self::BothUnbounded => f.write_str(BOTH_UNBOUNDED),
            Self::Beyond => write!(f, "{BEYOND} in a run: nobody knows by how much"),
            Self::FewSamples => f.write_str(FEW_SAMPLES),
            Self::UnboundedInAWindow => f.write_str("unbounded in a part of a run"),
            Self::NoFloor => {
                f.write_str("no finite value in a run of the calibration, so no noise floor")
            }
            Self::Extreme => f.write_str("min and max never are"),
            Self::EffectUnseen { side } => {
                write!(f, "did not do in run {side} what it declares")
            }
            Self::PerStageOnly => f.write_str("success is judged per stage"),
        }
    }
}

impl StatisticComparison {
    /// Compares one statistic; the adjusted p follows when all are there: see [`adjust`].
    pub(super) fn new(
        statistic: Statistic,
        pooled: Sides<Pooled>,
        tolerance: Option<f64>,
        yardstick: Yardstick,
        situation: Situation,
    ) -> Self {
        let tau = tolerance.map(f64::ln_1p);
        let Sides { a, b } = pooled;
        let estimates = Sides {
            a: a.estimate,
            b: b.estimate,
        };
        let means = Sides {
            a: a.means,
            b: b.means,
        };
        let judgeable = verdict::judgeable(situation, tau, &yardstick.seen(&estimates));
        let measured = tau
            .filter(|_| judgeable.is_none())
            .and_then(|tau| Some((tau, yardstick.measure(&means)?)));
        let verdict = match (judgeable, &measured) {
            (Some(verdict), _) => verdict,
            (None, Some((tau, (d, _)))) => {
                verdict::change(d.d, d.interval(0.95), d.interval(0.9), *tau)
            }
            (None, None) => Verdict::NotJudged {
                reason: NotJudged::FewSamples,
            },
        };
        let certainty = measured.map(|(tau, (d, noise))| {
            let runs = means.as_ref().map(|means| means.len() as u32);
            Certainty::new(&d, noise, tau, runs)
        });
        let values = estimates.as_ref().map(|estimate| estimate.value.us());
        let change = values
            .a
            .zip(values.b)
            .map(|(a, b)| Change::new(a.max(1.0), b.max(1.0), certainty));
        Self {
            statistic,
            estimates,
            change,
            tolerance,
            verdict,
        }
    }

    /// Its verdict among all, after [`adjust`].
    pub(super) fn among_all(&mut self) {
        self.verdict = among_all(self.verdict, self.change.as_ref());
    }
}

/// The verdict on a change that is adjusted.
pub(super) fn among_all(verdict: Verdict, change: Option<&Change>) -> Verdict {
    match change.and_then(|change| change.certainty.as_ref()) {
        Some(certainty) => verdict::among_all(verdict, certainty.stands_out),
        None => verdict,
    }
}

impl Change {
    /// From `a` to `b`, both above zero; with `certainty` where an interval may be formed.
    pub(super) fn new(a: f64, b: f64, certainty: Option<Certainty>) -> Self {
        let d = b.ln() - a.ln();
        Self {
            ln_ratio: d,
            percent: percent(d),
            factor: d.exp(),
            certainty,
        }
    }

    /// Of a value for information, of which each side has the means of its runs beside it; none where a
    /// side has no value above zero, which alone has a logarithm.
    pub(super) fn of_means(
        sides: Sides<Option<(f64, &[RunMean])>>,
        tolerance: f64,
        situation: Situation,
        yardstick: Yardstick,
    ) -> Option<Self> {
        let values = sides.map(|side| side.map(|(value, _)| value).filter(|value| *value > 0.0));
        let (a, b) = values.a.zip(values.b)?;
        let means = sides.map(|side| side.map_or_else(Vec::new, |(_, means)| means.to_vec()));
        let measured = yardstick.measure(&means).filter(|_| situation.is_plain());
        let runs = means.as_ref().map(|means| means.len() as u32);
        let certainty =
            measured.map(|(d, noise)| Certainty::new(&d, noise, tolerance.ln_1p(), runs));
        Some(Self::new(a, b, certainty))
    }
}

impl Certainty {
    /// That of the difference `d` of `runs`, which a change beyond τ matters in.
    pub(super) fn new(
        d: &statistics::Difference,
        noise: Noise,
        tau: f64,
        runs: Sides<u32>,
    ) -> Self {
        Self {
            runs,
            percent_95: percents(d.interval(0.95)),
            percent_90: percents(d.interval(0.9)),
            variances: Sides { a: d.v_a, b: d.v_b },
            standard_error: d.standard_error,
            degrees_of_freedom: d.degrees_of_freedom,
            noise,
            spread: d.spread,
            minimal_detectable_percent: percent(d.minimal_detectable(tau)),
            p: d.p(),
            p_adjusted: 1.0,
            stands_out: false,
        }
    }
}

/// Adjusts the p of every judged change for how many there are.
pub(super) fn adjust<'a>(all: impl Iterator<Item = &'a mut Change>) {
    let mut judged: Vec<&mut Certainty> =
        all.filter_map(|change| change.certainty.as_mut()).collect();
    let ps: Vec<f64> = judged.iter().map(|c| c.p).collect();
    for (certainty, p) in judged.iter_mut().zip(benjamini_hochberg(&ps)) {
        certainty.p_adjusted = p;
        certainty.stands_out = verdict::stands_out(p);
    }
}

/// 100(eᵈ − 1).
pub(crate) fn percent(d: f64) -> f64 {
    100.0 * d.exp_m1()
}

/// Both ends of an interval of d as percent.
pub(crate) fn percents((low, high): (f64, f64)) -> Interval {
    Interval {
        low: percent(low),
        high: percent(high),
    }
}
