//! What is wrong with a record that could be read: damage and sums that disagree.

use std::collections::BTreeMap;
use std::fmt;

use crate::counts::CountsRow;
use crate::manifest::ActionTotals;

/// One thing that makes a record untrustworthy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The run was cut short: there is no `run.json`.
    Incomplete,
    /// A file is not the one that was written.
    Digest {
        /// Path inside the record.
        file: String,
    },
    /// A file that the manifest names is not there.
    Missing {
        /// Path inside the record.
        file: String,
    },
    /// The sums of an action do not agree.
    Sums {
        /// Slug of the stage.
        stage: String,
        /// Slug of the action, or of the session.
        action: String,
        /// Which sums, with both figures.
        what: String,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Incomplete => write!(
                f,
                "the generator was stopped before it could finish the record"
            ),
            Self::Digest { file } => write!(f, "{file} is not the file that was written"),
            Self::Missing { file } => write!(f, "{file} is missing"),
            Self::Sums {
                stage,
                action,
                what,
            } => write!(f, "{stage}/{action}: {what}"),
        }
    }
}

/// Checks that every row of `file` and the manifest's totals add up.
pub(crate) fn sums(
    file: &str,
    stated: &[ActionTotals],
    rows: &[CountsRow],
    finished: bool,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut totals: BTreeMap<(&str, &str), CountsRow> = BTreeMap::new();
    for row in rows {
        let sum = totals.entry((&row.stage, &row.action)).or_default();
        sum.offered += row.offered;
        sum.sent += row.sent;
        sum.ok += row.ok;
        sum.failed += row.failed;
        sum.unsent += row.unsent;
        sum.failures.add(&row.failures);
        let mut wrong = |what: String| {
            problems.push(Problem::Sums {
                stage: row.stage.clone(),
                action: row.action.clone(),
                what: format!("second {}: {what}", row.second),
            });
        };
        if row.failures.total() != row.failed {
            wrong(format!(
                "{} failed, {} by kind",
                row.failed,
                row.failures.total()
            ));
        }
        if sum.offered != sum.settled() + row.open {
            wrong(format!(
                "{} offered so far, {} ok + {} failed + {} unsent + {} open",
                sum.offered, sum.ok, sum.failed, sum.unsent, row.open
            ));
        }
    }
    if !finished {
        return problems;
    }
    for total in stated {
        let ActionTotals {
            stage,
            action,
            offered,
            ok,
            failed,
            unsent,
            failures,
        } = total;
        let sum = totals
            .remove(&(stage.as_str(), action.as_str()))
            .unwrap_or_default();
        let counted = (sum.offered, sum.ok, sum.failed, sum.unsent);
        let stated = (*offered, *ok, *failed, *unsent);
        let mut wrong = |what: String| {
            problems.push(Problem::Sums {
                stage: stage.clone(),
                action: action.clone(),
                what,
            });
        };
        if counted != stated || sum.failures.0 != *failures {
            wrong(format!(
                "run.json states (offered, ok, failed, unsent) {stated:?}, {file} sums to {counted:?}"
            ));
        }
        if *offered != ok + failed + unsent {
            wrong(format!(
                "{offered} offered, {ok} ok + {failed} failed + {unsent} unsent"
            ));
        }
        if sum.sent != ok + failed {
            wrong(format!("{} sent, {ok} ok + {failed} failed", sum.sent));
        }
    }
    for ((stage, action), _) in totals {
        problems.push(Problem::Sums {
            stage: stage.to_owned(),
            action: action.to_owned(),
            what: format!("in {file}, not in run.json"),
        });
    }
    problems
}
