//! Challenges and goals as players see them: the catalogue with their own progress in it.

use std::collections::HashMap;

use serde::Serialize;

use crate::catalogue::{Challenge, Goal, Requirement, Reward};
use crate::instant::Instant;
use crate::progress::{Progress, Status};
use crate::standing::is_locked;

/// All challenges of a player.
#[derive(Debug, Serialize)]
pub struct ChallengesView<'a> {
    /// In the order of the catalogue.
    pub challenges: Vec<ChallengeView<'a>>,
}

/// A challenge with a player's progress.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChallengeView<'a> {
    challenge_id: &'a str,
    name: &'a str,
    description: &'a str,
    goals: Vec<GoalView<'a>>,
}

/// A goal with a player's progress.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GoalView<'a> {
    goal_id: &'a str,
    challenge_id: &'a str,
    name: &'a str,
    description: &'a str,
    requirement: &'a Requirement,
    reward: &'a Reward,
    progress: i64,
    status: Status,
    is_active: bool,
    /// The goals that must be done before it; left out where there are none.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    prerequisites: &'a [String],
    /// Whether it waits for its prerequisites; absent where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    locked: Option<bool>,
    assigned_at: Option<Instant>,
    expires_at: Option<Instant>,
    completed_at: Option<Instant>,
    claimed_at: Option<Instant>,
}

impl<'a> ChallengesView<'a> {
    /// Every challenge with the player's rows filled in; with `active_only`, only those that
    /// are active and not locked.
    ///
    /// Takes rows [as of](crate::standing::as_of) `now`, as does [`GoalView::new`].
    pub fn new(
        challenges: &'a [Challenge],
        rows: &[Progress],
        active_only: bool,
        now: Instant,
    ) -> Self {
        let rows: HashMap<&str, &Progress> =
            rows.iter().map(|row| (row.goal_id.as_str(), row)).collect();
        let row_of = |id: &str| rows.get(id).copied();
        let goals = |challenge: &'a Challenge| {
            challenge
                .goals
                .iter()
                .map(|goal| {
                    let locked = is_locked(goal, row_of, now);
                    GoalView::new(challenge, goal, row_of(&goal.id), locked)
                })
                .filter(|goal| !active_only || goal.can_progress())
                .collect()
        };
        Self {
            challenges: challenges
                .iter()
                .map(|challenge| ChallengeView {
                    challenge_id: &challenge.id,
                    name: &challenge.name,
                    description: &challenge.description,
                    goals: goals(challenge),
                })
                .collect(),
        }
    }
}

impl<'a> GoalView<'a> {
    /// Whether events count towards it.
    fn can_progress(&self) -> bool {
        self.is_active && self.locked != Some(true)
    }

    /// A goal with the player's row, or as it is without one.
    pub fn new(
        challenge: &'a Challenge,
        goal: &'a Goal,
        row: Option<&Progress>,
        locked: bool,
    ) -> Self {
        Self {
            goal_id: &goal.id,
            challenge_id: &challenge.id,
            name: &goal.name,
            description: &goal.description,
            requirement: &goal.requirement,
            reward: &goal.reward,
            progress: row.map_or(0, |row| row.progress),
            status: row.map_or(Status::NotStarted, |row| row.status),
            is_active: row.is_some_and(|row| row.is_active),
            prerequisites: &goal.prerequisites,
            locked: (!goal.prerequisites.is_empty()).then_some(locked),
            assigned_at: row.and_then(|row| row.assigned_at),
            expires_at: row.and_then(|row| row.expires_at),
            completed_at: row.and_then(|row| row.completed_at),
            claimed_at: row.and_then(|row| row.claimed_at),
        }
    }
}
