//! Challenges and goals as players see them: the catalogue with their own progress in it.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::catalogue::{Challenge, Goal, Requirement, Reward};
use crate::instant::Instant;
use crate::progress::{Progress, Status};
use crate::rule::{Kind, Tally};
use crate::standing::is_locked;

/// All challenges of a player.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Challenges)]
pub struct ChallengesView<'a> {
    /// In the order of the catalogue.
    pub challenges: Vec<ChallengeView<'a>>,
}

/// A challenge with a player's progress.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Challenge)]
pub struct ChallengeView<'a> {
    /// Unique in the catalogue.
    pub(crate) challenge_id: &'a str,
    /// What players see.
    pub(crate) name: &'a str,
    /// What players see below the name.
    pub(crate) description: &'a str,
    /// In the order of the catalogue.
    pub(crate) goals: Vec<GoalView<'a>>,
}

/// A goal with a player's progress.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Goal)]
pub struct GoalView<'a> {
    /// Unique in the catalogue.
    pub(crate) goal_id: &'a str,
    /// The challenge that it belongs to.
    pub(crate) challenge_id: &'a str,
    /// What players see.
    pub(crate) name: &'a str,
    /// What players see below the name.
    pub(crate) description: &'a str,
    /// What has to be reached.
    pub(crate) requirement: &'a Requirement,
    /// What a claim grants.
    pub(crate) reward: &'a Reward,
    /// The goals that must be done before it; left out where there are none.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(crate) prerequisites: &'a [String],
    // Last: a pre-serialised catalogue is cut here.
    #[serde(flatten)]
    pub(crate) standing: Standing,
}

/// Where a player stands with a goal: all that differs from player to player.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    /// Whole units of the statistic.
    pub(crate) progress: i64,
    /// Where the player stands.
    pub(crate) status: Status,
    /// Only active goals progress.
    pub(crate) is_active: bool,
    /// Whether it waits for its prerequisites; absent where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) locked: Option<bool>,
    /// When the goal was last switched on; null if it never was.
    pub(crate) assigned_at: Option<Instant>,
    /// When the assignment ends; null if it does not.
    pub(crate) expires_at: Option<Instant>,
    /// When the target was reached; null before.
    pub(crate) completed_at: Option<Instant>,
    /// When the reward was granted; null before.
    pub(crate) claimed_at: Option<Instant>,
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
                    GoalView::new(challenge, goal, row_of(&goal.id), locked, now)
                })
                .filter(|goal| !active_only || goal.standing.can_progress())
                .collect()
        };
        Self {
            challenges: challenges
                .iter()
                .map(|challenge| ChallengeView::new(challenge, goals(challenge)))
                .collect(),
        }
    }
}

impl<'a> ChallengeView<'a> {
    /// A challenge with these of its goals.
    pub fn new(challenge: &'a Challenge, goals: Vec<GoalView<'a>>) -> Self {
        Self {
            challenge_id: &challenge.id,
            name: &challenge.name,
            description: &challenge.description,
            goals,
        }
    }
}

impl<'a> GoalView<'a> {
    /// A goal with the player's row, or as it is without one.
    pub fn new(
        challenge: &'a Challenge,
        goal: &'a Goal,
        row: Option<&Progress>,
        locked: bool,
        now: Instant,
    ) -> Self {
        let locked = (!goal.prerequisites.is_empty()).then_some(locked);
        Self {
            goal_id: &goal.id,
            challenge_id: &challenge.id,
            name: &goal.name,
            description: &goal.description,
            requirement: &goal.requirement,
            reward: &goal.reward,
            prerequisites: &goal.prerequisites,
            standing: Standing::new(goal.requirement.kind, row, locked, now),
        }
    }
}

impl Standing {
    /// Whether events count towards the goal.
    pub fn can_progress(&self) -> bool {
        self.is_active && self.locked != Some(true)
    }

    /// What the row says of a goal of this kind, or what is so without one; `locked` is absent
    /// without prerequisites.
    pub fn new(kind: Kind, row: Option<&Progress>, locked: Option<bool>, now: Instant) -> Self {
        let tally = row.map_or(Tally::START, Progress::tally);
        let tally = tally.seen_on(now.day(), kind);
        Self {
            progress: tally.progress,
            status: tally.status,
            is_active: row.is_some_and(|row| row.is_active),
            locked,
            assigned_at: row.and_then(|row| row.assigned_at),
            expires_at: row.and_then(|row| row.expires_at),
            completed_at: row.and_then(|row| row.completed_at),
            claimed_at: row.and_then(|row| row.claimed_at),
        }
    }
}
