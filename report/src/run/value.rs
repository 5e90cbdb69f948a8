//! A response time, finite or not.

use schemars::JsonSchema;
use serde::Serialize;

use crate::statistics::Quantile;

/// A response time, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Value {
    /// It was measured.
    Finite {
        /// Microseconds.
        us: f64,
    },
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
            Self::Unbounded | Self::NotMeasured => None,
        }
    }
}

impl From<Quantile> for Value {
    fn from(quantile: Quantile) -> Self {
        match quantile {
            Quantile::At(us) => Self::Finite { us },
            Quantile::Unbounded => Self::Unbounded,
            Quantile::Empty => Self::NotMeasured,
        }
    }
}
