//! Which noise floor a comparison stands on, and why not another.

use std::fmt;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::fingerprint::Mismatch;

/// Which noise floor a comparison stands on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "floor", rename_all = "kebab-case")]
pub enum FloorUse {
    /// An assumed one: there is no calibration.
    #[default]
    Assumed,
    /// A calibrated one; what the calibration has no value of is not judged.
    Calibrated {
        /// Where it was read from, as the caller spelled it.
        file: String,
        /// How many runs it rests on.
        runs: u32,
        /// When it was computed.
        #[schemars(with = "String")]
        made_at: Timestamp,
        /// Until when it is used.
        #[schemars(with = "String")]
        expires_at: Timestamp,
    },
    /// An assumed one: the calibration is not for these runs.
    Refused {
        /// Where it was read from, as the caller spelled it.
        file: String,
        /// Why.
        why: Vec<Refusal>,
    },
    /// None: the runs were made in pairs, which show how sure their differences are.
    Paired {
        /// How many.
        pairs: u32,
    },
}

/// Why a calibration is not used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "why", rename_all = "kebab-case")]
pub enum Refusal {
    /// It is too old.
    Expired {
        /// Since when.
        #[schemars(with = "String")]
        at: Timestamp,
    },
    /// It is of something else.
    Foreign {
        /// What differs.
        mismatch: Mismatch,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expired { at } => write!(f, "it expired on {}", at.strftime("%Y-%m-%d")),
            Self::Foreign { mismatch } => write!(
                f,
                "{}: calibrated with {}, the run has {}",
                mismatch.what, mismatch.calibrated, mismatch.run
            ),
        }
    }
}

impl fmt::Display for FloorUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Assumed => f.write_str("assumed, not calibrated"),
            Self::Calibrated {
                file,
                runs,
                expires_at,
                ..
            } => write!(
                f,
                "calibrated over {runs} runs of the same thing ({file}, until {})",
                expires_at.strftime("%Y-%m-%d")
            ),
            Self::Refused { file, why } => {
                let why: Vec<String> = why.iter().map(ToString::to_string).collect();
                write!(f, "assumed: {file} is not used, because {}", why.join("; "))
            }
            Self::Paired { pairs } => write!(f, "not needed: {pairs} pairs of runs show it"),
        }
    }
}
