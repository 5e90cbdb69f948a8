//! Every decision about a search: what a step came to, and what all of them do.

use super::bracket::Bracket;
use super::search::{Ending, Outcome};
use crate::comparison::verdict;
use crate::comparison::{RunState, Target, TargetResult, TargetVerdict};

use schemars::JsonSchema;
use serde::Serialize;

/// What a search found. Decided in `knee/verdict.rs` only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Conclusion {
    /// The knee lies between two rates, of which the lower one passed twice.
    Found,
    /// A rate passed and one failed; the lower one did not pass a second time.
    NotConfirmed,
    /// The service carries some rate, and how much more was not found.
    AtLeast,
    /// No rate that was tried passed.
    NonePassed,
    /// Nothing could be judged.
    NothingJudged,
}

/// What is known of a step before it is judged.
pub(super) struct Evidence<'a> {
    /// Can the record be trusted?
    pub(super) state: RunState,
    /// Did a threshold of the scenario end the step?
    pub(super) aborted: bool,
    /// Could the service not carry the rate?
    pub(super) overloaded: bool,
    /// The targets of the stage.
    pub(super) targets: &'a [(Target, &'a TargetResult)],
}

/// What a step came to.
pub(super) fn outcome(evidence: &Evidence<'_>) -> Outcome {
    let any = |wanted: fn(TargetVerdict) -> bool| {
        evidence
            .targets
            .iter()
            .any(|(_, result)| wanted(result.verdict))
    };
    if evidence.aborted {
        // Whoever sets a threshold has said that a service beyond it carries too much.
        Outcome::Failed
    } else if evidence.state == RunState::Invalid {
        Outcome::Invalid
    } else if evidence.overloaded || any(|verdict| verdict == TargetVerdict::Missed) {
        Outcome::Failed
    } else if any(|verdict| verdict != TargetVerdict::Met) {
        Outcome::Inconclusive
    } else {
        Outcome::Passed
    }
}

/// Was less answered than a service that carries its load answers?
pub(super) fn too_little_answered(answered: Option<f64>) -> bool {
    answered.is_some_and(verdict::too_little_answered)
}

/// What the steps together say.
pub(super) fn conclusion(bracket: &Bracket) -> Conclusion {
    match (bracket.low, bracket.high) {
        (Some(_), Some(_)) if bracket.confirmed => Conclusion::Found,
        (Some(_), Some(_)) => Conclusion::NotConfirmed,
        (Some(_), None) => Conclusion::AtLeast,
        (None, Some(_)) => Conclusion::NonePassed,
        (None, None) => Conclusion::NothingJudged,
    }
}

/// Is the interval as narrow as was asked for?
pub(super) fn narrow(bracket: &Bracket, ending: Ending, precision: f64) -> bool {
    let ends = bracket.low.zip(bracket.high);
    ending == Ending::Narrowed && ends.is_some_and(|(low, high)| high <= low * (1.0 + precision))
}
