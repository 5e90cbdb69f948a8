//! What an event does to the goals of a player, and which events can be applied together.

use std::collections::HashMap;

use crate::event_key::EventKey;
use crate::instant::Instant;
use crate::rule::Change;

/// What one event does to the goals of a player.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// The player.
    pub user_id: String,
    /// Under which the event is remembered; absent for one without an id, which always counts.
    pub key: Option<EventKey>,
    /// When the event came: says which day it belongs to.
    pub came_at: Instant,
    /// What it does to the goals that listen to it, each goal once.
    pub goals: Vec<Advance>,
}

/// What one event does to one goal of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advance {
    /// The goal.
    pub goal_id: String,
    /// What becomes of its progress.
    pub change: Change,
    /// Where it is completed.
    pub target: i64,
}

/// Parts a batch into rounds with one event a player, the first event of each in the first round.
///
/// One statement writes each row once, and what two changes do together, held within bounds after
/// each of them, is no change of the same kind: the events of a player come one after the other.
pub(super) fn rounds(effects: &[Effect]) -> Vec<Vec<usize>> {
    let mut events_of = HashMap::<&str, usize>::with_capacity(effects.len());
    let mut rounds = Vec::<Vec<usize>>::new();
    for (position, effect) in effects.iter().enumerate() {
        let before = events_of.entry(&effect.user_id).or_default();
        match rounds.get_mut(*before) {
            Some(round) => round.push(position),
            None => rounds.push(vec![position]),
        }
        *before += 1;
    }
    rounds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_of_a_player_keep_their_order() {
        let check = |users: &[&str], expected: &[&[usize]]| {
            let effects: Vec<_> = users
                .iter()
                .map(|user| Effect {
                    user_id: (*user).to_owned(),
                    key: None,
                    came_at: Instant::now(),
                    goals: Vec::new(),
                })
                .collect();
            assert_eq!(rounds(&effects), expected, "{users:?}");
        };
        check(&[], &[]);
        check(&["ann"], &[&[0]]);
        check(&["ann", "bob"], &[&[0, 1]]);
        check(
            &["ann", "ann", "bob", "ann", "bob", "cid"],
            &[&[0, 2, 5], &[1, 4], &[3]],
        );
    }
}
