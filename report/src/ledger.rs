//! The claim ledger: every sentence that a report makes of the runs, with the values that it used.
//!
//! It stands in the JSON output beside the values, so that a reader, or a test, can hold any sentence
//! against what it was made from.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::comparison::Comparison;
use crate::document::{Document, build};
use crate::knee::Knee;
use crate::profile::ProfileReport;
use crate::sequence::Sequence;
use crate::stated::StatedComparison;
use crate::trend::Trend;

/// One sentence, or a few that belong together, and what they were made from.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Claim {
    /// The id of the section that it stands in.
    pub section: String,
    /// As the report has it.
    pub sentence: String,
    /// Numbers and words that it used, by where they stand in this JSON (RFC 6901); an empty list is
    /// that nothing of its kind was found.
    pub values: BTreeMap<String, Value>,
}

/// The JSON output of a report: the numbers, and the ledger of what the report says of them.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "{T}Output")]
pub struct Output<'n, T> {
    /// The numbers.
    #[serde(flatten)]
    pub numbers: &'n T,
    /// What the report says of them, sentence by sentence.
    pub ledger: Vec<Claim>,
}

/// That of a comparison.
pub type ComparisonOutput<'c> = Output<'c, Comparison>;
/// That of runs in a row.
pub type SequenceOutput<'s> = Output<'s, Sequence>;
/// That of what documents state.
pub type StatedOutput<'c> = Output<'c, StatedComparison>;
/// That of many runs.
pub type TrendOutput<'t> = Output<'t, Trend>;
/// That of a search for the knee.
pub type KneeOutput<'k> = Output<'k, Knee>;
/// That of profiles.
pub type ProfileOutput<'p> = Output<'p, ProfileReport>;

impl<'c> ComparisonOutput<'c> {
    /// Of `comparison`, with the sentences of its report.
    pub fn of(comparison: &'c Comparison) -> Result<Self, serde_json::Error> {
        Self::with(comparison, &build(comparison))
    }
}

impl<'n, T: Serialize> Output<'n, T> {
    /// Of `numbers`, and of the report that was made from them.
    pub fn with(numbers: &'n T, document: &Document) -> Result<Self, serde_json::Error> {
        Ok(Self {
            ledger: ledger(document, &serde_json::to_value(numbers)?),
            numbers,
        })
    }
}

/// The claims of `document`, which was built from what `json` holds.
fn ledger(document: &Document, json: &Value) -> Vec<Claim> {
    let claims = document.claims();
    claims
        .map(|(section, claim)| {
            let mut values = BTreeMap::new();
            for pointer in &claim.pointers {
                if let Some(value) = json.pointer(pointer) {
                    leaves(value, pointer, &mut values);
                }
            }
            Claim {
                section: section.to_owned(),
                sentence: claim.sentence.clone(),
                values,
            }
        })
        .collect()
}

fn leaves(value: &Value, at: &str, into: &mut BTreeMap<String, Value>) {
    match value {
        Value::Null => {}
        Value::Array(items) if !items.is_empty() => {
            for (i, item) in items.iter().enumerate() {
                leaves(item, &format!("{at}/{i}"), into);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                leaves(field, &format!("{at}/{name}"), into);
            }
        }
        leaf => {
            into.insert(at.to_owned(), leaf.clone());
        }
    }
}
