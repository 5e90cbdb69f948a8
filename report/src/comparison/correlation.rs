//! What changed in the same stage as a response time, in the same direction.
//!
//! Nothing here says that one is the cause of the other.

use schemars::JsonSchema;
use serde::Serialize;

use super::ActionComparison;
use super::resources::Resources;
use super::value::{Sides, Statistic};
use super::verdict;
use crate::profile::{Basis, ProfileReport};

/// Characters of a statement that are kept.
const LONGEST_TEXT: usize = 120;

/// A response time that changed, and what changed with it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Correlation {
    /// Slug of the stage.
    pub stage: String,
    /// Slug of the action whose p95 changed for certain.
    pub action: String,
    /// What changed with it.
    pub with: Correlated,
}

/// What changed with a response time.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Correlated {
    /// The function of a profile that moved farthest for certain.
    Function {
        /// Which process.
        component: String,
        /// `cpu`, `heap`.
        profile: String,
        /// Its name.
        function: String,
        /// For each request, by itself, in the unit of the profile.
        values: Sides<f64>,
    },
    /// The statement whose time for each request moved farthest.
    Statement {
        /// The database.
        source: String,
        /// Its text; of a long one the begin, which ends in `…`.
        text: String,
        /// Time for each request, microseconds.
        us_per_request: Sides<f64>,
    },
    /// The event that more, or fewer, connections wait for.
    Wait {
        /// The database.
        source: String,
        /// `LWLock:WALWrite`.
        event: String,
        /// Connections that wait for it, in the mean.
        connections: Sides<f64>,
    },
}

/// Of every action whose p95 changed for certain at most one of each kind.
pub(super) fn correlations(
    actions: &[ActionComparison],
    resources: &Resources,
    profiles: &[ProfileReport],
) -> Vec<Correlation> {
    let mut all = Vec::new();
    for row in actions {
        let Some(p95) = row.statistic(Statistic::P95) else {
            continue;
        };
        let sign = match p95.verdict {
            verdict if verdict.is_worse() => 1.0,
            verdict if verdict.is_better() => -1.0,
            _ => continue,
        };
        let found = [
            function(profiles, &row.stage, sign),
            statement(resources, &row.stage, sign),
            wait(resources, &row.stage, sign),
        ];
        all.extend(found.into_iter().flatten().map(|with| Correlation {
            stage: row.stage.clone(),
            action: row.action.clone(),
            with,
        }));
    }
    all
}

fn function(profiles: &[ProfileReport], stage: &str, sign: f64) -> Option<Correlated> {
    let here = profiles.iter().filter_map(|report| {
        let subject = report.subject.as_ref().filter(|s| s.stage == stage)?;
        Some((report, subject))
    });
    let mut moves = here
        .filter(|(report, _)| report.basis == Basis::PerRequest)
        .flat_map(|(report, subject)| report.findings().map(move |found| (subject, found)));
    let (subject, found) =
        moves.find(|(subject, found)| subject.kind == "cpu" && found.difference * sign > 0.0)?;
    Some(Correlated::Function {
        component: subject.component.clone(),
        profile: subject.kind.clone(),
        function: found.function.clone(),
        values: found.values,
    })
}

fn statement(resources: &Resources, stage: &str, sign: f64) -> Option<Correlated> {
    let here = resources.statements.iter().filter(|row| row.stage == stage);
    // They stand in the order of how far they moved.
    let (row, us) = here
        .filter_map(|row| {
            let us = Sides {
                a: row.sides.a?.us_per_request,
                b: row.sides.b?.us_per_request,
            };
            Some((row, us))
        })
        .find(|(_, us)| (us.b - us.a) * sign > 0.0)?;
    verdict::statement_moved(us).then(|| Correlated::Statement {
        source: row.source.clone(),
        text: begin(&row.text),
        us_per_request: us,
    })
}

/// A long text up to the last word that fits.
fn begin(text: &str) -> String {
    let Some((end, _)) = text.char_indices().nth(LONGEST_TEXT) else {
        return text.to_owned();
    };
    let kept = &text[..end];
    let words = kept.rfind(' ').map_or(kept, |space| &kept[..space]);
    format!("{words} …")
}

fn wait(resources: &Resources, stage: &str, sign: f64) -> Option<Correlated> {
    let here = resources.waits.iter().filter(|row| row.stage == stage);
    let moved = here.filter_map(|row| {
        let connections = Sides {
            a: row.sides.a?,
            b: row.sides.b?,
        };
        let moved = (connections.b - connections.a) * sign;
        verdict::is_long_wait(moved).then_some((row, connections, moved))
    });
    let (row, connections, _) = moved.max_by(|x, y| x.2.total_cmp(&y.2))?;
    Some(Correlated::Wait {
        source: row.source.clone(),
        event: row.event.clone(),
        connections,
    })
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_TEXT, begin};

    #[test]
    fn a_long_statement_ends_with_a_word_and_a_sign_that_it_goes_on() {
        let short = "select 1";
        assert_eq!(begin(short), short);
        let just = "x".repeat(LONGEST_TEXT);
        assert_eq!(begin(&just), just);
        let long = format!("insert into progress ({})", "created_at, ".repeat(20));
        let told = begin(&long);
        assert!(told.ends_with("created_at, …"), "{told}");
        assert!(told.chars().count() <= LONGEST_TEXT + 2, "{told}");
        let one_word = "ä".repeat(LONGEST_TEXT + 1);
        assert_eq!(begin(&one_word), format!("{just} …").replace('x', "ä"));
    }
}
