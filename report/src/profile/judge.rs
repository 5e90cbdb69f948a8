//! Every decision on profiles: what is a move and what noise, when there is a cost per request, and
//! whether a window can be trusted.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::model::Kind;
use crate::comparison::ASSUMED_NOISE;
use crate::statistics::{t_quantile, two_sided_p};

/// Of what is called a move, at most this share is none.
pub const ALPHA: f64 = 0.05;
/// Fewer observations on both sides together show nothing.
pub const FEWEST_OBSERVATIONS: f64 = 20.0;
/// A move by less than this share of the whole does not matter.
pub const LEAST_SHARE: f64 = 0.005;
/// From so many windows on their spread is an estimate of the noise.
pub const FEWEST_WINDOWS: usize = 3;
/// A process that uses more of the cores that it is allowed would use more if it could.
pub const CAPPED_ABOVE: f64 = 0.95;
/// Samples and CPU time of the process should not be further apart.
pub const ACCOUNTED_WITHIN: f64 = 0.05;

/// What two profiles are held against each other by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// What a request cost: the values over the requests of the window.
    PerRequest,
    /// What there was: of a snapshot, for example of the memory in use.
    Amount,
    /// The share of the whole, because the requests of a window are not known.
    Share,
}

impl Basis {
    /// The one for values of `kind`; `counted` says whether the requests of every window are known.
    pub(super) fn of(kind: &Kind, counted: bool) -> Self {
        if counted {
            Self::PerRequest
        } else if is_stock(kind) {
            Self::Amount
        } else {
            Self::Share
        }
    }
}

/// Is it what there is at one moment, rather than what was used over time?
pub(super) fn is_stock(kind: &Kind) -> bool {
    let name = &*kind.name;
    name.starts_with("inuse") || matches!(name, "space" | "objects" | "goroutine" | "tasks")
}

/// Why there is no cost per request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NoRequests {
    /// The profile is a file of its own.
    NoRecord,
    /// The profile shows one moment.
    Snapshot,
    /// When it was taken is not known.
    NotPlaced,
    /// The record has no counts of its time, or not of all of it.
    NotCovered,
    /// Nothing was answered in its time.
    NoneSettled,
}

impl fmt::Display for NoRequests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoRecord => "the profile belongs to no record, so its requests are not known",
            Self::Snapshot => "the profile shows one moment, in which no requests can be counted",
            Self::NotPlaced => "the record does not say when the profile was taken",
            Self::NotCovered => "the record has no counts for the whole window of the profile",
            Self::NoneSettled => "no request settled in the window of the profile",
        })
    }
}

/// How far a window may reach beyond the last second of the record that has counts.
const MARGIN_S: f64 = 1.0;

/// The requests of a window that ends at `until_s`, by the counts of a record up to
/// `recorded_until_s`.
pub(super) fn requests(
    settled: f64,
    until_s: f64,
    recorded_until_s: f64,
) -> Result<f64, NoRequests> {
    if until_s > recorded_until_s + MARGIN_S {
        Err(NoRequests::NotCovered)
    } else if settled < 1.0 {
        Err(NoRequests::NoneSettled)
    } else {
        Ok(settled)
    }
}

/// Did the process use all of the cores that it is allowed?
pub(super) fn capped(cpu_s: f64, took_s: f64, cores: f64) -> bool {
    cpu_s > CAPPED_ABOVE * took_s * cores
}

/// Do the samples account for the CPU time of the process?
pub(super) fn accounted(sampled_s: f64, process_s: f64) -> bool {
    (sampled_s - process_s).abs() <= ACCOUNTED_WITHIN * process_s
}

/// The figure of one function on one side.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Estimate {
    pub(super) value: f64,
    pub(super) observations: f64,
    variance: f64,
    degrees_of_freedom: Option<f64>,
}

/// What a function has in one window, and what the window is divided by.
#[derive(Clone, Copy, Debug)]
pub(super) struct InWindow {
    pub(super) value: f64,
    pub(super) variance: f64,
    pub(super) observations: f64,
    pub(super) divisor: f64,
}

impl Estimate {
    /// The value over all windows. Its variance is the larger one of two: that of independent
    /// samples, which the samples of one request are not, and where there are enough windows that
    /// between them.
    pub(super) fn of(windows: impl Iterator<Item = InWindow> + Clone) -> Self {
        let mut sum = InWindow {
            value: 0.0,
            variance: 0.0,
            observations: 0.0,
            divisor: 0.0,
        };
        for window in windows.clone() {
            sum.value += window.value;
            sum.variance += window.variance;
            sum.observations += window.observations;
            sum.divisor += window.divisor;
        }
        if sum.divisor <= 0.0 {
            return Self::default();
        }
        let poisson = sum.variance / sum.divisor.powi(2);
        let value = sum.value / sum.divisor;
        let within = between(windows).filter(|(variance, _)| *variance > poisson);
        let (variance, degrees_of_freedom) = match within {
            Some((variance, freedom)) => (variance, Some(freedom)),
            None => (poisson, None),
        };
        Self {
            value,
            observations: sum.observations,
            variance,
            degrees_of_freedom,
        }
    }
}

/// The variance of the mean of the windows, and its degrees of freedom.
fn between(windows: impl Iterator<Item = InWindow>) -> Option<(f64, f64)> {
    let values: Vec<f64> = windows.map(|w| w.value / w.divisor).collect();
    let n = values.len();
    if n < FEWEST_WINDOWS {
        return None;
    }
    let mean = values.iter().sum::<f64>() / n as f64;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    let freedom = n as f64 - 1.0;
    Some((squares / freedom / n as f64, freedom))
}

/// How far a function moved, and how sure that is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Distance {
    pub(super) difference: f64,
    /// Half of the 95 % interval; none where the noise is not known.
    pub(super) half: Option<f64>,
    /// Of a difference this large without a cause.
    p: f64,
    observations: f64,
}

impl Distance {
    /// From `base` to `new`. To the noise within the windows comes that from run to run, which is
    /// assumed as everywhere else in a report.
    pub(super) fn between(base: &Estimate, new: &Estimate) -> Self {
        let difference = new.value - base.value;
        let floor = [base, new].map(|side| (ASSUMED_NOISE * side.value).powi(2));
        let variance = base.variance + new.variance + floor.iter().sum::<f64>();
        let error = variance.sqrt();
        // Welch and Satterthwaite: only the windows' variances are estimates themselves.
        let parts = [base, new].map(|side| {
            let freedom = side.degrees_of_freedom?;
            Some(side.variance.powi(2) / freedom)
        });
        let freedom = parts.iter().flatten().sum::<f64>();
        let freedom = (freedom > 0.0).then(|| variance.powi(2) / freedom);
        let p = if error > 0.0 && error.is_finite() {
            two_sided_p(difference / error, freedom)
        } else {
            1.0
        };
        Self {
            difference,
            half: error
                .is_finite()
                .then(|| t_quantile(0.975, freedom) * error),
            p,
            observations: base.observations + new.observations,
        }
    }

    /// Its p value, for those that have enough observations to be judged.
    pub(super) fn testable(&self) -> Option<f64> {
        let enough = self.observations >= FEWEST_OBSERVATIONS;
        (enough && self.half.is_some()).then_some(self.p)
    }

    /// What it is; `adjusted` is its p value among all that were judged, `whole` the larger side.
    pub(super) fn verdict(&self, adjusted: Option<f64>, whole: f64) -> MoveVerdict {
        match adjusted {
            None if self.half.is_none() => MoveVerdict::NoiseUnknown,
            None => MoveVerdict::FewSamples,
            Some(p) if p > ALPHA => MoveVerdict::WithinNoise,
            Some(_) if self.difference.abs() < LEAST_SHARE * whole => MoveVerdict::Small,
            Some(_) if self.difference > 0.0 => MoveVerdict::Grew,
            Some(_) => MoveVerdict::Shrank,
        }
    }
}

/// What a difference comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MoveVerdict {
    /// It costs more.
    Grew,
    /// It costs less.
    Shrank,
    /// It moved, by less than matters.
    Small,
    /// Nothing but noise, as far as can be told.
    WithinNoise,
    /// Seen too seldom to tell.
    FewSamples,
    /// The profile does not say how many observations stand behind its values.
    NoiseUnknown,
}

impl MoveVerdict {
    /// Is it something to be told?
    pub fn is_finding(self) -> bool {
        matches!(self, Self::Grew | Self::Shrank)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(samples: f64, requests: f64) -> InWindow {
        InWindow {
            value: samples * 1e7,
            variance: samples * 1e14,
            observations: samples,
            divisor: requests,
        }
    }

    fn check(base: &[f64], new: &[f64], expected: MoveVerdict) {
        let [base, new] = [base, new].map(|windows| {
            let windows = windows.iter().map(|samples| window(*samples, 10_000.0));
            Estimate::of(windows)
        });
        let distance = Distance::between(&base, &new);
        // Of 1,500 samples.
        let whole = 1_500.0 * 1e7 / 10_000.0;
        let verdict = distance.verdict(distance.testable(), whole);
        assert_eq!(verdict, expected, "{base:?} {new:?}");
    }

    #[test]
    fn three_samples_are_no_finding() {
        check(&[0.0], &[3.0], MoveVerdict::FewSamples);
        check(&[4.0], &[7.0], MoveVerdict::FewSamples);
        check(&[40.0], &[43.0], MoveVerdict::WithinNoise);
        check(&[400.0], &[403.0], MoveVerdict::WithinNoise);
    }

    #[test]
    fn what_is_beyond_the_noise_is_a_move() {
        check(&[0.0], &[30.0], MoveVerdict::Grew);
        check(&[150.0], &[60.0], MoveVerdict::Shrank);
        // Four standard deviations of the samples, but not of the machine's moods.
        check(&[10_000.0], &[10_600.0], MoveVerdict::WithinNoise);
        check(&[10_000.0], &[12_000.0], MoveVerdict::Grew);
    }

    #[test]
    fn windows_that_disagree_are_noise() {
        check(&[40.0, 40.0, 40.0], &[80.0, 80.0, 80.0], MoveVerdict::Grew);
        check(
            &[40.0, 40.0, 40.0],
            &[5.0, 230.0, 5.0],
            MoveVerdict::WithinNoise,
        );
        // Two of them are too few to tell their spread.
        check(&[60.0, 60.0], &[5.0, 235.0], MoveVerdict::Grew);
    }

    #[test]
    fn a_move_that_does_not_matter_is_small() {
        check(&[0.0], &[30.0], MoveVerdict::Grew);
        let none = Estimate::of(std::iter::once(window(0.0, 10_000.0)));
        let some = Estimate::of(std::iter::once(window(30.0, 10_000.0)));
        let distance = Distance::between(&none, &some);
        let verdict = distance.verdict(distance.testable(), 1e9);
        assert_eq!(verdict, MoveVerdict::Small);
    }

    #[test]
    fn requests_are_refused_where_nobody_counted_them() {
        assert_eq!(requests(900.0, 30.0, 60.0), Ok(900.0));
        assert_eq!(requests(900.0, 61.1, 60.0), Err(NoRequests::NotCovered));
        assert_eq!(requests(0.0, 30.0, 60.0), Err(NoRequests::NoneSettled));
    }

    #[test]
    fn capped_is_above_95_percent_of_the_cores() {
        assert!(!capped(57.0, 30.0, 2.0));
        assert!(capped(57.1, 30.0, 2.0));
        assert!(accounted(9.6, 10.0) && accounted(10.4, 10.0));
        assert!(!accounted(9.4, 10.0));
    }
}
