//! The noise floor: how much runs of the same thing differ though nothing changed.
//!
//! A run knows how its response times vary while it goes on. It does not know that the next run of the
//! same thing differs by more than that: another layout in memory, another neighbour on the machine.
//! Only runs of the same thing (A/A) show it, see Daly et al., ICPE 2020 (10.1145/3358960.3375791).
//!
//! The JSON form is [`Calibration`], see `report/schema/calibration.schema.json`.

mod fingerprint;
mod floor_use;
mod make;
mod sight;
mod text;

use std::collections::BTreeMap;

use brunt_record::Manifest;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use fingerprint::{Fingerprint, HostPrint, Mismatch};
pub use floor_use::{FloorUse, Refusal};
pub use make::{CalibrationError, spread};
pub use sight::{SIDES, Sight, predicted, sights};
pub use text::text;

use crate::comparison::{Noise, NoiseSource, Statistic};

/// Version of the JSON form of [`Calibration`].
pub const SCHEMA_VERSION: u32 = 1;
/// Fewer runs say too little about how they differ.
pub const FEWEST_RUNS: usize = 5;

/// The noise floor of one scenario on one machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Calibration {
    /// Version of this form: 1.
    pub schema: u32,
    /// When it was computed.
    #[schemars(with = "String")]
    pub made_at: Timestamp,
    /// From when on it is not used any more.
    #[schemars(with = "String")]
    pub expires_at: Timestamp,
    /// Which runs it is good for.
    pub fingerprint: Fingerprint,
    /// Names of the records that it rests on, in their order.
    pub records: Vec<String>,
    /// Records that could not be used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
    /// By judged stage, action (or session) and statistic, in the order of the plan.
    pub floors: Vec<Floor>,
    /// What has no floor, likewise: comparisons by this calibration do not judge it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<NoFloor>,
}

/// A statistic of an action that a run has no finite value of: failures reach into it, or too little
/// succeeded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NoFloor {
    /// Slug of the stage.
    pub stage: String,
    /// Slug of the action, or of the session.
    pub action: String,
    /// Which.
    pub statistic: Statistic,
}

/// A record that says nothing about the noise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LeftOut {
    /// Name of the record.
    pub record: String,
    /// Why, in words.
    pub why: String,
}

/// How much one statistic of one action differs from run to run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Floor {
    /// Slug of the stage.
    pub stage: String,
    /// Slug of the action, or of the session.
    pub action: String,
    /// Which.
    pub statistic: Statistic,
    /// `s_AA`, the standard deviation of ln(value) across the runs: 0.05 is 5 %.
    pub s_aa: f64,
    /// The geometric mean of the values, microseconds.
    pub mean_us: f64,
    /// How many runs have a value.
    pub runs: u32,
}

impl Floor {
    /// For a comparison.
    pub fn noise(&self) -> Noise {
        Noise {
            s_aa: self.s_aa,
            source: NoiseSource::Calibrated { runs: self.runs },
        }
    }
}

impl Calibration {
    /// Why it is not to be used at `now` for these runs; empty where it is.
    pub fn refusals<'a>(
        &self,
        now: Timestamp,
        runs: impl IntoIterator<Item = &'a Manifest>,
    ) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        if now >= self.expires_at {
            refusals.push(Refusal::Expired {
                at: self.expires_at,
            });
        }
        for run in runs {
            for mismatch in self.fingerprint.mismatches(&Fingerprint::of(run)) {
                let refusal = Refusal::Foreign { mismatch };
                if !refusals.contains(&refusal) {
                    refusals.push(refusal);
                }
            }
        }
        refusals
    }

    /// The floors by what they are of, for a comparison.
    pub fn by_statistic(&self) -> BTreeMap<(String, String, Statistic), Noise> {
        let floors = self.floors.iter();
        floors
            .map(|floor| {
                let of = (floor.stage.clone(), floor.action.clone(), floor.statistic);
                (of, floor.noise())
            })
            .collect()
    }
}
