//! What is made of rules that the runs cannot tell.

use schemars::JsonSchema;
use serde::Serialize;

use super::outcome::RuleOutcome;

/// What a rule counts as that the runs cannot tell. One that may not be judged is never a pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Inconclusive {
    /// Neither passed nor failed.
    #[default]
    NoVerdict,
    /// Passed.
    Pass,
    /// Failed.
    Fail,
}

impl Inconclusive {
    /// By its name in a file of rules.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "no-verdict" => Some(Self::NoVerdict),
            "pass" => Some(Self::Pass),
            "fail" => Some(Self::Fail),
            _ => None,
        }
    }

    /// What a rule of this outcome counts as.
    pub(super) fn count(self, outcome: RuleOutcome) -> RuleOutcome {
        match (outcome, self) {
            (RuleOutcome::Inconclusive, Self::Pass) => RuleOutcome::Passed,
            (RuleOutcome::Inconclusive, Self::Fail) => RuleOutcome::Failed,
            _ => outcome,
        }
    }
}
