//! What takes users and rows one after the other: actions, and sessions as a whole.

use std::ops::Range;

use super::super::mistake::Mistakes;
use super::super::{Action, Stage, UserPick, Users};
use super::action::Placed;
use super::session::PlacedSession;

/// What a mix names, and takes users and rows by its number.
pub(super) struct Taker<'a> {
    /// `action` or `session`.
    pub(super) kind: &'static str,
    pub(super) name: &'a str,
    pub(super) span: &'a Range<usize>,
    takes_each_user: bool,
    /// What its requests are made of.
    pub(super) actions: Vec<&'a Action>,
}

impl<'a> Taker<'a> {
    /// In the order of their indices in a mix.
    pub(super) fn all(actions: &'a [Placed], sessions: &'a [PlacedSession]) -> Vec<Self> {
        let single = actions.iter().map(|placed| Self {
            kind: "action",
            name: &placed.action.name,
            span: &placed.span,
            takes_each_user: placed.takes_each_user,
            actions: vec![&placed.action],
        });
        let several = sessions.iter().map(|placed| {
            let indices = placed.session.actions().into_iter();
            Self {
                kind: "session",
                name: &placed.session.name,
                span: &placed.span,
                takes_each_user: placed.session.user == UserPick::Each,
                actions: indices.map(|index| &actions[index].action).collect(),
            }
        });
        single.chain(several).collect()
    }
}

/// Are there users enough for everything that takes each of them once?
pub(super) fn check_each_user_once(
    takers: &[Taker<'_>],
    stages: &[Stage],
    users: Option<&Users>,
    seed: u64,
    mistakes: &mut Mistakes<'_>,
) {
    let Some(users) = users else { return };
    for (index, taker) in takers.iter().enumerate() {
        if !taker.takes_each_user {
            continue;
        }
        let Taker { kind, name, .. } = taker;
        let Some(arrivals) = crate::plan::arrivals_of(stages, index, seed) else {
            mistakes.add(
                taker.span,
                format!(
                    "{kind} {name:?} takes each user once, and a stream of users sends it: how often \
                     is not known"
                ),
                "send it at a rate, or write user = \"any\"",
            );
            continue;
        };
        if arrivals > users.count {
            mistakes.add(
                taker.span,
                format!(
                    "{kind} {name:?} takes each user once, has {arrivals} arrivals and {} users",
                    users.count
                ),
                format!("set users.count to {arrivals}, or user = \"any\""),
            );
        }
    }
}
