//! What the callers of a run share, on whichever thread they send.

use super::code::Actions;
use super::cookies::Jars;
use super::login::Logins;
use super::proto::Protos;

/// What the callers of a run share.
pub(crate) struct Common {
    /// The id of the run.
    pub(super) run: String,
    pub(super) protos: Option<Protos>,
    pub(super) jars: Jars,
    pub(super) logins: Logins,
    pub(super) actions: Actions,
}

impl Common {
    /// Nobody has logged in yet, and no user has a cookie.
    pub(crate) fn new(run: &str, protos: Option<Protos>) -> Self {
        Self {
            run: run.to_owned(),
            protos,
            jars: Jars::default(),
            logins: Logins::default(),
            actions: Actions::new(),
        }
    }

    /// The same, with the functions of the program.
    pub(crate) fn with(self, actions: &Actions) -> Self {
        let actions = actions.clone();
        Self { actions, ..self }
    }
}
