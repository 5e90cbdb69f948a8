//! A response time, finite or not.

use brunt_record::LONGEST_LATENCY_US;
use schemars::JsonSchema;
use serde::Serialize;

use crate::statistics::{Quantile, is_beyond};

/// A response time, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Value {
    /// It was measured.
    Finite {
        /// Microseconds.
        us: f64,
    },
    /// It is 120 s or more, which is as long as records tell apart: no figure.
    Beyond,
    /// Failed and unsent arrivals reach into the quantile: it is above every success.
    Unbounded,
    /// There was nothing to measure it on.
    NotMeasured,
}

impl Value {
    /// Microseconds, where the value is finite.
    pub fn us(self) -> Option<f64> {
        match self {
            Self::Finite { us } => Some(us),
            Self::Beyond | Self::Unbounded | Self::NotMeasured => None,
        }
    }

    /// The least that it can be, microseconds: infinite where it is unbounded.
    pub fn least_us(self) -> Option<f64> {
        match self {
            Self::Finite { us } => Some(us),
            Self::Beyond => Some(LONGEST_LATENCY_US as f64),
            Self::Unbounded => Some(f64::INFINITY),
            Self::NotMeasured => None,
        }
    }

    /// A time from a histogram, microseconds.
    pub(crate) fn of_histogram(us: u64) -> Self {
        if is_beyond(us) {
            Self::Beyond
        } else {
            Self::Finite { us: us as f64 }
        }
    }
}

impl From<Quantile> for Value {
    fn from(quantile: Quantile) -> Self {
        match quantile {
            Quantile::At(us) => Self::Finite { us },
            Quantile::Beyond => Self::Beyond,
            Quantile::Unbounded => Self::Unbounded,
            Quantile::Empty => Self::NotMeasured,
        }
    }
}
