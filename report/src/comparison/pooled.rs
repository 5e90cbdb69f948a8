//! One statistic of a side: that of its run, or of several runs of the same thing.

use super::estimate::{Estimate, NoInterval, ln_us};
use super::value::{Interval, Statistic};
use crate::run::Value;
use crate::statistics::{RunMean, Within, mean_of_runs};

/// A statistic of one side.
pub(super) struct Pooled {
    /// Of its runs together.
    pub(super) estimate: Estimate,
    /// Run by run; empty where one of them has no finite value.
    pub(super) means: Vec<RunMean>,
}

impl Pooled {
    /// `statistic` of runs whose own estimates are `estimates`: the geometric mean of the values,
    /// and of min and max the furthest.
    pub(super) fn of(statistic: Statistic, estimates: Vec<Estimate>) -> Self {
        let means: Option<Vec<RunMean>> = estimates.iter().map(run_mean).collect();
        let means = means.unwrap_or_default();
        let estimate = match statistic {
            Statistic::Min => furthest(&estimates, f64::min),
            Statistic::Max => furthest(&estimates, f64::max),
            _ => together(&estimates, &means),
        };
        Self {
            // Of one run to the last digit.
            estimate: match <[Estimate; 1]>::try_from(estimates) {
                Ok([alone]) => alone,
                Err(_) => estimate,
            },
            means,
        }
    }

    /// A quantile of several runs.
    pub(super) fn quantile(estimates: Vec<Estimate>) -> Estimate {
        // Which one is of no matter: none of them is an extreme.
        Self::of(Statistic::P50, estimates).estimate
    }
}

/// The mean of the logarithms: unbounded, or beyond what is told apart, where one of them is.
pub(super) fn mean_value(values: impl IntoIterator<Item = Value> + Clone) -> Value {
    let (mut sum, mut count) = (0.0, 0.0);
    let (mut beyond, mut unbounded) = (false, false);
    for value in values {
        match value {
            Value::Finite { us } => {
                sum += ln_us(us);
                count += 1.0;
            }
            Value::Beyond => beyond = true,
            Value::Unbounded => unbounded = true,
            Value::NotMeasured => return Value::NotMeasured,
        }
    }
    if unbounded {
        Value::Unbounded
    } else if beyond {
        Value::Beyond
    } else if count > 0.0 {
        Value::Finite {
            us: f64::exp(sum / count),
        }
    } else {
        Value::NotMeasured
    }
}

fn run_mean(estimate: &Estimate) -> Option<RunMean> {
    Some(RunMean {
        ln_theta: ln_us(estimate.value.us()?),
        within: Within::of(estimate.variance, estimate.windows),
    })
}

fn together(estimates: &[Estimate], means: &[RunMean]) -> Estimate {
    let value = mean_value(estimates.iter().map(|one| one.value));
    let within = mean_of_runs(means).and_then(|mean| mean.within);
    let reason = || {
        let mut reasons = estimates.iter().filter_map(|one| one.no_interval);
        reasons.next().unwrap_or(NoInterval::NotMeasured)
    };
    Estimate {
        value,
        over_successes: mean_value(estimates.iter().map(|one| one.over_successes)),
        interval: within
            .zip(value.us())
            .map(|(within, us)| Interval::of_ln(us, within.half_width())),
        no_interval: within.is_none().then(|| match value {
            Value::Unbounded => NoInterval::Unbounded,
            Value::Beyond => NoInterval::Beyond,
            _ => reason(),
        }),
        variance: within.map(|within| within.variance),
        windows: within.map(|_| estimates.iter().filter_map(|one| one.windows).sum()),
        samples: estimates.iter().map(|one| one.samples).sum(),
    }
}

fn furthest(estimates: &[Estimate], further: fn(f64, f64) -> f64) -> Estimate {
    let least = estimates.iter().filter_map(|one| one.value.least_us());
    let value = match least.reduce(further) {
        Some(us) => Value::of_histogram(us as u64),
        None => Value::NotMeasured,
    };
    Estimate {
        value,
        over_successes: value,
        ..together(estimates, &[])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(us: f64, variance: f64) -> Estimate {
        Estimate {
            value: Value::Finite { us },
            over_successes: Value::Finite { us },
            interval: None,
            no_interval: None,
            variance: Some(variance),
            windows: Some(10),
            samples: 100,
        }
    }

    #[test]
    fn the_value_of_several_runs_is_their_geometric_mean() {
        let runs = vec![estimate(1_000.0, 0.02), estimate(4_000.0, 0.02)];
        let pooled = Pooled::of(Statistic::P95, runs.clone());
        let us = pooled.estimate.value.us().unwrap();
        assert!((us - 2_000.0).abs() < 1e-6, "{us}");
        assert!((pooled.estimate.variance.unwrap() - 0.01).abs() < 1e-12);
        assert_eq!(pooled.estimate.samples, 200);
        // 18 degrees of freedom: t = 2.1009.
        let interval = pooled.estimate.interval.unwrap();
        assert!(((interval.high / us).ln() - 0.210_09).abs() < 1e-4);
        assert_eq!(pooled.means.len(), 2);
        let alone = Pooled::of(Statistic::P95, runs[..1].to_vec());
        assert_eq!(alone.estimate, runs[0]);
        for (extreme, us) in [(Statistic::Min, 1_000.0), (Statistic::Max, 4_000.0)] {
            let pooled = Pooled::of(extreme, runs.clone());
            assert_eq!(pooled.estimate.value, Value::Finite { us });
        }
    }

    #[test]
    fn one_run_without_a_figure_makes_its_side_so() {
        for (value, reason) in [
            (Value::Unbounded, NoInterval::Unbounded),
            (Value::Beyond, NoInterval::Beyond),
        ] {
            let mut without = estimate(1.0, 0.1);
            without.value = value;
            without.variance = None;
            without.no_interval = Some(reason);
            let runs = vec![estimate(1_000.0, 0.02), without];
            let pooled = Pooled::of(Statistic::P99, runs.clone());
            assert_eq!(pooled.estimate.value, value);
            assert_eq!(pooled.estimate.no_interval, Some(reason));
            assert_eq!(pooled.estimate.interval, None);
            assert!(pooled.means.is_empty());
            if value == Value::Beyond {
                let value = |of| Pooled::of(of, runs.clone()).estimate.value;
                assert_eq!(value(Statistic::Max), Value::Beyond);
                assert_eq!(value(Statistic::Min), Value::Finite { us: 1_000.0 });
            }
        }
    }
}
