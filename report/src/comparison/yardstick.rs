//! What a difference is held against: a noise floor, or what the pairs of runs show themselves.

use super::change::{Noise, NoiseSource};
use super::estimate::Estimate;
use super::value::Sides;
use crate::statistics::{Difference, NoiseFloor, RunMean, difference, paired_difference};

/// How sure a difference is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Yardstick {
    /// No surer than this floor lets it be.
    Floor(Noise),
    /// Nobody knows: the calibration has no floor of it.
    Unknown,
    /// As sure as the differences of the pairs agree, however the runs vary within.
    Pairs,
}

impl Yardstick {
    /// The estimates as a verdict on their change sees them: pairs need no interval within a run.
    pub(super) fn seen(self, estimates: &Sides<Estimate>) -> Sides<Estimate> {
        estimates.as_ref().map(|estimate| Estimate {
            no_interval: estimate.no_interval.filter(|_| self != Self::Pairs),
            ..estimate.clone()
        })
    }

    /// The difference of both sides, and the noise that it stands on; none where a side has no run
    /// with a value, or, but for pairs, one without an interval.
    pub(super) fn measure(self, runs: &Sides<Vec<RunMean>>) -> Option<(Difference, Noise)> {
        match self {
            Self::Floor(noise) => {
                let found = difference(&runs.a, &runs.b, noise.floor())?;
                Some((found, noise))
            }
            Self::Unknown => None,
            Self::Pairs => {
                let found = paired_difference(&runs.a, &runs.b)?;
                let pairs = runs.a.len();
                let noise = Noise {
                    s_aa: found.standard_error * (pairs as f64 / 2.0).sqrt(),
                    source: NoiseSource::Paired {
                        pairs: pairs as u32,
                    },
                };
                Some((found, noise))
            }
        }
    }
}

impl Noise {
    /// For the statistics.
    pub(crate) fn floor(self) -> NoiseFloor {
        NoiseFloor {
            s_aa: self.s_aa,
            degrees_of_freedom: match self.source {
                // Assumed, and so known exactly: the normal quantile.
                NoiseSource::Assumed => None,
                NoiseSource::Calibrated { runs: n } | NoiseSource::Paired { pairs: n } => {
                    Some(f64::from(n.max(2)) - 1.0)
                }
            },
        }
    }
}
