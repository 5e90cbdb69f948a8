//! What of an action can never be sent, found before anything is.

use crate::scenario::{Action, Mistake};

/// What does not fit, and what to write instead; neither quotes what is taken from elsewhere.
pub(super) struct Unfit {
    /// The setting of the action.
    pub(super) setting: &'static str,
    pub(super) what: String,
    pub(super) hint: String,
}

impl Unfit {
    /// The mistake that it is in the scenario of `action`.
    pub(super) fn in_action(self, action: &Action) -> Mistake {
        let what = format!("action {:?}: {}", action.name, self.what);
        Mistake::at(action.lines.of(self.setting), what, self.hint)
    }
}
