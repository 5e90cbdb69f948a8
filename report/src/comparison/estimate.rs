//! One statistic of one action in one run, with its interval.

use schemars::JsonSchema;
use serde::Serialize;

use super::value::{Interval, Statistic};
use crate::run::{ActionRun, Value, Window};
use crate::statistics::{
    BatchMeans, FEW_WINDOWS, MANY_WINDOWS, OverOffered, batch_means, requests_needed,
};

/// A statistic of one run.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Estimate {
    /// The value over offered arrivals (quantiles) or over successes (mean, min, max).
    pub value: Value,
    /// The same quantile over successes only, which flatters a run that fails; microseconds.
    /// Equal to `value` for mean, min and max.
    pub over_successes: Value,
    /// 95 % interval of `value`, microseconds; absent for the reason in `no_interval`.
    pub interval: Option<Interval>,
    /// Why there is no interval; absent where there is one.
    pub no_interval: Option<NoInterval>,
    /// V, the variance of ln(value) within the run, from batch means; absent with the interval.
    pub variance: Option<f64>,
    /// K, the windows that the variance rests on; absent with the interval.
    pub windows: Option<u32>,
    /// Arrivals that the value is over (successes for mean, min and max).
    pub samples: u64,
}

/// Why a value stands without an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum NoInterval {
    /// "few samples": a window of the run holds fewer arrivals than the statistic needs.
    FewSamples {
        /// Arrivals that each of five windows would need.
        needed: u64,
        /// Arrivals in the emptiest of five windows.
        had: u64,
    },
    /// The value is unbounded.
    Unbounded,
    /// The value is finite, but in a part of the run failures reach into the quantile.
    UnboundedInAWindow,
    /// The value, or that of a part of the run, is longer than records tell apart.
    Beyond,
    /// Extremes have no interval.
    Extreme,
    /// There is no value.
    NotMeasured,
}

/// An action with its windows, ready for every statistic.
pub(crate) struct Windowed<'a> {
    run: &'a ActionRun,
    /// The ten windows in pairs, for statistics that ten are too small for.
    few: Vec<Window>,
}

impl<'a> Windowed<'a> {
    pub(crate) fn new(run: &'a ActionRun) -> Self {
        let few = run
            .windows
            .chunks(MANY_WINDOWS / FEW_WINDOWS)
            .filter_map(|pair| {
                let (first, rest) = pair.split_first()?;
                let mut merged = first.clone();
                for window in rest {
                    merged.add(window);
                }
                Some(merged)
            })
            .collect();
        Self { run, few }
    }

    /// One statistic with its interval.
    pub(crate) fn estimate(&self, statistic: Statistic) -> Estimate {
        let successes = &self.run.response;
        match statistic {
            Statistic::Min | Statistic::Max => self.extreme(value_of(self.run, statistic)),
            Statistic::Mean => {
                let value = value_of(self.run, statistic);
                let parts = |windows: &[Window]| Parts {
                    smallest: windows.iter().map(|w| w.response.len()).min(),
                    thetas: windows
                        .iter()
                        .map(|w| Value::Finite {
                            us: w.response.mean(),
                        })
                        .collect(),
                };
                self.with_interval(value, value, successes.len(), 0.5, parts)
            }
            _ => self.quantile(statistic.quantile().unwrap_or(1.0)),
        }
    }

    /// A quantile over offered arrivals with its interval.
    pub(crate) fn quantile(&self, q: f64) -> Estimate {
        let arrivals = self.run.arrivals();
        let successes = OverOffered {
            lost: 0,
            ..arrivals
        };
        let parts = |windows: &[Window]| Parts {
            smallest: windows.iter().map(|w| w.arrivals().len()).min(),
            thetas: windows
                .iter()
                .map(|w| w.arrivals().quantile(q).into())
                .collect(),
        };
        self.with_interval(
            arrivals.quantile(q).into(),
            successes.quantile(q).into(),
            arrivals.len(),
            q,
            parts,
        )
    }

    fn extreme(&self, value: Value) -> Estimate {
        let reason = match value {
            Value::Finite { .. } | Value::Beyond => NoInterval::Extreme,
            Value::Unbounded | Value::NotMeasured => NoInterval::NotMeasured,
        };
        Estimate {
            value,
            over_successes: value,
            interval: None,
            no_interval: Some(reason),
            variance: None,
            windows: None,
            samples: self.run.response.len(),
        }
    }

    fn with_interval(
        &self,
        value: Value,
        over_successes: Value,
        samples: u64,
        q: f64,
        parts: impl Fn(&[Window]) -> Parts,
    ) -> Estimate {
        let means = match value {
            Value::Finite { us } => self.means(q, parts).map(|means| (us, means)),
            Value::Beyond => Err(NoInterval::Beyond),
            Value::Unbounded => Err(NoInterval::Unbounded),
            Value::NotMeasured => Err(NoInterval::NotMeasured),
        };
        let interval = means
            .ok()
            .map(|(us, means)| Interval::of_ln(us, means.half_width()));
        Estimate {
            value,
            over_successes,
            interval,
            no_interval: means.err(),
            variance: means.ok().map(|(_, means)| means.variance),
            windows: means.ok().map(|(_, means)| means.windows as u32),
            samples,
        }
    }

    /// Batch means over ten windows, or five, or the reason for neither.
    fn means(&self, q: f64, parts: impl Fn(&[Window]) -> Parts) -> Result<BatchMeans, NoInterval> {
        let needed = requests_needed(q);
        let mut chosen = parts(&self.run.windows);
        if chosen.smallest.unwrap_or(0) < needed {
            chosen = parts(&self.few);
        }
        let had = chosen.smallest.unwrap_or(0);
        let few = NoInterval::FewSamples { needed, had };
        if had < needed {
            return Err(few);
        }
        let ln_thetas: Result<Vec<f64>, NoInterval> = chosen
            .thetas
            .into_iter()
            .map(|theta| match theta {
                Value::Finite { us } => Ok(ln_us(us)),
                Value::Beyond => Err(NoInterval::Beyond),
                Value::Unbounded | Value::NotMeasured => Err(NoInterval::UnboundedInAWindow),
            })
            .collect();
        batch_means(&ln_thetas?).ok_or(few)
    }
}

/// One statistic of one run, without its interval.
pub(crate) fn value_of(run: &ActionRun, statistic: Statistic) -> Value {
    match statistic.quantile() {
        Some(q) => run.arrivals().quantile(q).into(),
        None if run.response.is_empty() => Value::NotMeasured,
        None => match statistic {
            Statistic::Min => Value::of_histogram(run.response.min()),
            Statistic::Max => Value::of_histogram(run.response.max()),
            // A sum of which one part is not known is not known.
            _ if run.goes_beyond() => Value::NotMeasured,
            _ => Value::Finite {
                us: run.response.mean(),
            },
        },
    }
}

/// A statistic of every window.
struct Parts {
    /// Arrivals in the emptiest window.
    smallest: Option<u64>,
    /// Its value.
    thetas: Vec<Value>,
}

/// ln of a time; the clock's resolution, 1 µs, stands for less.
pub(super) fn ln_us(us: f64) -> f64 {
    us.max(1.0).ln()
}
