//! What the two runs and their parts are called throughout a document.

use std::collections::BTreeSet;

use crate::comparison::{Comparison, RunSummary, Side, Sides};

/// The names of the runs.
#[derive(Clone, Debug)]
pub(super) struct Names {
    short: Sides<String>,
    heading: Sides<String>,
}

impl Names {
    pub(super) fn of(runs: &Sides<RunSummary>) -> Self {
        Self::called(runs.as_ref().map(|run| &*run.phase))
    }

    /// Of runs of these phases.
    pub(super) fn called(phases: Sides<&str>) -> Self {
        let (a, b) = (phases.a.trim(), phases.b.trim());
        if a.is_empty() || b.is_empty() || a == b {
            let called = |side, phase: &str| {
                if phase.is_empty() {
                    format!("run {side}")
                } else {
                    format!("run {side} ({phase})")
                }
            };
            let short = Sides {
                a: called(Side::A, a),
                b: called(Side::B, b),
            };
            return Self {
                heading: short.clone(),
                short,
            };
        }
        Self {
            short: Sides {
                a: a.to_owned(),
                b: b.to_owned(),
            },
            heading: Sides {
                a: format!("A: {a}"),
                b: format!("B: {b}"),
            },
        }
    }

    /// In a sentence: `phase9`, or `run B (phase9)` where both have the same phase.
    pub(super) fn short(&self, side: Side) -> &str {
        self.short.get(side)
    }

    /// Over a column: `B: phase9`.
    pub(super) fn heading(&self, side: Side) -> &str {
        self.heading.get(side)
    }
}

/// `gameplay / claim`, and of a session `gameplay / session player`.
pub(super) fn row_name(comparison: &Comparison, stage: &str, name: &str) -> String {
    if comparison.is_session(name) {
        format!("{stage} / session {name}")
    } else {
        format!("{stage} / {name}")
    }
}

/// The id of the section about an action.
pub(super) fn action_id(stage: &str, action: &str) -> String {
    slug(&format!("action-{stage}-{action}"))
}

/// Only what an id and a link may hold.
pub(super) fn slug(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            'a'..='z' | '0'..='9' => c,
            'A'..='Z' => c.to_ascii_lowercase(),
            _ => '-',
        })
        .collect()
}

/// Makes `id` unique among those that were given out.
pub(super) fn unique(id: &str, taken: &mut BTreeSet<String>) -> String {
    let mut unique = id.to_owned();
    let mut n = 2;
    while !taken.insert(unique.clone()) {
        unique = format!("{id}-{n}");
        n += 1;
    }
    unique
}
