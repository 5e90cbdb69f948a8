//! Between which rates the knee lies, as far as the steps tell.

use schemars::JsonSchema;
use serde::Serialize;

use super::rung::{Rung, Standing, highest_passed, rungs, upper_end};
use super::search::Trial;

/// Where the knee lies, in multiples of the planned rates.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Bracket {
    /// The highest rate that passed and was confirmed; where none was, the highest that passed.
    /// Every rate below it that was tried passed. Absent where none did.
    pub low: Option<f64>,
    /// Did the lower end pass in two steps?
    pub confirmed: bool,
    /// The lowest rate that failed, of those above every rate that ever passed. Absent where none
    /// failed.
    pub high: Option<f64>,
    /// Did two steps fail at the upper end?
    pub high_confirmed: bool,
    /// Did no step at the upper end fail, but however long they were none could be shown to pass?
    pub high_not_shown: bool,
    /// Steps that contradict each other; they widen the interval.
    pub contradictions: Vec<Contradiction>,
}

/// A rate passed although this or a lower one failed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Contradiction {
    /// The rate that passed, a multiple of the planned one.
    pub passed: f64,
    /// The lowest rate that failed, no higher than that.
    pub failed: f64,
}

impl Bracket {
    /// What `trials` tell.
    pub fn of(trials: &[Trial]) -> Self {
        let rungs = rungs(trials);
        let below: Vec<&Rung> = match highest_passed(&rungs) {
            Some(highest) => rungs.iter().filter(|r| r.scale <= highest.scale).collect(),
            None => Vec::new(),
        };
        let standing = |wanted| below.iter().rev().find(move |r| r.standing() == wanted);
        let low = standing(Standing::Confirmed).or_else(|| standing(Standing::Passed));
        let high = upper_end(&rungs);
        Self {
            low: low.map(|rung| rung.scale),
            confirmed: low.is_some_and(|rung| rung.standing() == Standing::Confirmed),
            high: high.map(|rung| rung.scale),
            high_confirmed: high.is_some_and(|rung| rung.failed > 1),
            high_not_shown: high.is_some_and(|rung| rung.standing() == Standing::NotShown),
            contradictions: contradictions(&rungs),
        }
    }
}

fn contradictions(rungs: &[Rung]) -> Vec<Contradiction> {
    let Some(lowest) = rungs.iter().find(|rung| rung.failed > 0) else {
        return Vec::new();
    };
    let above = rungs.iter().filter(|rung| rung.scale >= lowest.scale);
    above
        .filter(|rung| rung.passed > 0)
        .map(|rung| Contradiction {
            passed: rung.scale,
            failed: lowest.scale,
        })
        .collect()
}
