//! The committed JSON Schemas are those of the types.
//!
//! After a change of a type: `BRUNT_WRITE_SCHEMA=1 cargo test -p brunt-report --test schema`.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use brunt_record::{Manifest, Stated};
use brunt_report::audit::Audit;
use brunt_report::{
    Calibration, ComparisonOutput, GateOutcome, KneeOutput, ProfileOutput, SequenceOutput,
    StatedOutput, TrendOutput,
};
use schemars::{JsonSchema, schema_for};

fn check<T: JsonSchema>(file: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let generated = serde_json::to_string_pretty(&schema_for!(T)).unwrap() + "\n";
    if std::env::var_os("BRUNT_WRITE_SCHEMA").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &generated).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == generated,
        "{file} is not the schema of its type"
    );
}

#[test]
fn of_the_comparison() {
    check::<ComparisonOutput<'_>>("schema/comparison.schema.json");
}

#[test]
fn of_what_documents_state() {
    check::<StatedOutput<'_>>("schema/stated.schema.json");
}

#[test]
fn of_the_record_of_what_a_document_states() {
    check::<Stated>("../record/schema/stated.schema.json");
}

#[test]
fn of_the_gate() {
    check::<GateOutcome>("schema/gate.schema.json");
}

#[test]
fn of_the_knee() {
    check::<KneeOutput<'_>>("schema/knee.schema.json");
}

#[test]
fn of_the_profile() {
    check::<ProfileOutput<'_>>("schema/profile.schema.json");
}

#[test]
fn of_the_sequence() {
    check::<SequenceOutput<'_>>("schema/sequence.schema.json");
}

#[test]
fn of_the_trend() {
    check::<TrendOutput<'_>>("schema/trend.schema.json");
}

#[test]
fn of_the_calibration() {
    check::<Calibration>("schema/calibration.schema.json");
}

#[test]
fn of_the_audit() {
    check::<Audit>("schema/audit.schema.json");
}

#[test]
fn of_the_manifest() {
    check::<Manifest>("../record/schema/run.schema.json");
}
