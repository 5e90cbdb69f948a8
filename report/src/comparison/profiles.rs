//! The profiles of both runs, held against each other.

use schemars::JsonSchema;
use serde::Serialize;

use super::value::{Side, Sides};
use crate::profile::{ProfileReport, Subject, Taken};
use crate::run::Run;

/// Most functions and moves of one report that a comparison keeps.
const MOST_FUNCTIONS: usize = 50;

/// A profile that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DamagedProfile {
    /// Whose; absent where those of both runs do not go together.
    pub side: Option<Side>,
    /// Its file, or what it is of.
    pub file: String,
    /// Why not.
    pub reason: String,
}

/// Every subject of which both runs have profiles, and what stands in the way of others.
pub(super) fn profiles(runs: Sides<&Run>) -> (Vec<ProfileReport>, Vec<DamagedProfile>) {
    let mut reports = Vec::new();
    let mut damaged = Vec::new();
    for side in Side::BOTH {
        let files = &runs.get(side).profiles.damaged;
        damaged.extend(files.iter().map(|(file, reason)| DamagedProfile {
            side: Some(side),
            file: file.clone(),
            reason: reason.clone(),
        }));
    }
    for (subject, older) in &runs.a.profiles.taken {
        let Some(newer) = runs.b.profiles.taken.get(subject) else {
            continue;
        };
        match report(runs, subject, older, newer) {
            Ok(report) => reports.push(report.shortened(MOST_FUNCTIONS)),
            Err(error) => damaged.push(DamagedProfile {
                side: None,
                file: format!("{}-{}-{}", subject.component, subject.kind, subject.stage),
                reason: error.to_string(),
            }),
        }
    }
    (reports, damaged)
}

fn report(
    runs: Sides<&Run>,
    subject: &Subject,
    older: &[Taken],
    newer: &[Taken],
) -> Result<ProfileReport, crate::profile::ProfileError> {
    let name = |side: Side| {
        let phase = runs.get(side).manifest.phase.trim();
        format!("{side}: {phase}")
    };
    let (a, b) = (name(Side::A), name(Side::B));
    ProfileReport::of(
        Some(subject.clone()),
        (b.trim_end_matches(": "), newer),
        Some((a.trim_end_matches(": "), older)),
        None,
    )
}
