//! What the index in a mix stands for.

use super::{Action, Scenario, Session, Stage, UserPick};

/// What an arrival is: one request, or a session of several.
#[derive(Clone, Copy, Debug)]
pub enum Arriving<'a> {
    /// One request.
    Action(&'a Action),
    /// Several, one after the other.
    Session(&'a Session),
}

impl Scenario {
    /// What the index in a mix stands for: actions come first, then sessions.
    pub fn arriving(&self, index: usize) -> Arriving<'_> {
        match self.actions.get(index) {
            Some(action) => Arriving::Action(action),
            None => Arriving::Session(&self.sessions[index - self.actions.len()]),
        }
    }

    /// Indices of the actions that `stage` sends, by themselves or in sessions, in their order.
    pub fn sent_in(&self, stage: &Stage) -> Vec<usize> {
        let mixes = stage.streams.iter().flat_map(|stream| &stream.mix);
        let mut actions: Vec<usize> = mixes
            .flat_map(|(index, _)| match self.arriving(*index) {
                Arriving::Action(_) => vec![*index],
                Arriving::Session(session) => session.actions(),
            })
            .collect();
        actions.sort_unstable();
        actions.dedup();
        actions
    }
}

impl<'a> Arriving<'a> {
    /// Slug.
    pub fn name(self) -> &'a str {
        match self {
            Self::Action(action) => &action.name,
            Self::Session(session) => &session.name,
        }
    }

    /// Which user its requests take.
    pub(crate) fn user(self) -> UserPick {
        match self {
            Self::Action(action) => action.user,
            Self::Session(session) => session.user,
        }
    }

    /// `action` or `session`.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::Action(_) => "action",
            Self::Session(_) => "session",
        }
    }

    /// Do its requests, which are among `actions`, take values from the data set of this name?
    pub(crate) fn takes_from(self, set: &str, actions: &[Action]) -> bool {
        match self {
            Self::Action(action) => action.takes_from(set),
            Self::Session(session) => {
                let mut indices = session.actions().into_iter();
                indices.any(|index| actions[index].takes_from(set))
            }
        }
    }
}
