//! Challenges and goals as players see them: the catalogue with their own progress in it.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::catalogue::{Challenge, Goal, Requirement, Reward};
use crate::instant::Instant;
use crate::progress::{Progress, Status};

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
    pub(crate) challenge_id: &'a str,
    pub(crate) name: &'a str,
    pub(crate) description: &'a str,
    pub(crate) goals: Vec<GoalView<'a>>,
}

/// A goal with a player's progress.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Goal)]
pub struct GoalView<'a> {
    pub(crate) goal_id: &'a str,
    pub(crate) challenge_id: &'a str,
    pub(crate) name: &'a str,
    pub(crate) description: &'a str,
    pub(crate) requirement: &'a Requirement,
    pub(crate) reward: &'a Reward,
    // Last: the pre-serialised catalogue ends here.
    #[serde(flatten)]
    pub(crate) standing: Standing,
}

/// Where a player stands with a goal: all that differs from player to player.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    pub(crate) progress: i64,
    pub(crate) status: Status,
    pub(crate) is_active: bool,
    pub(crate) assigned_at: Option<Instant>,
    pub(crate) expires_at: Option<Instant>,
    pub(crate) completed_at: Option<Instant>,
    pub(crate) claimed_at: Option<Instant>,
}

impl<'a> ChallengesView<'a> {
    /// Every challenge with the player's rows filled in; with `active_only`, only active goals.
    pub fn new(challenges: &'a [Challenge], rows: &[Progress], active_only: bool) -> Self {
        let rows: HashMap<&str, &Progress> =
            rows.iter().map(|row| (row.goal_id.as_str(), row)).collect();
        let goals = |challenge: &'a Challenge| {
            challenge
                .goals
                .iter()
                .map(|goal| (goal, rows.get(goal.id.as_str()).copied()))
                .filter(|(_, row)| !active_only || row.is_some_and(|row| row.is_active))
                .map(|(goal, row)| GoalView::new(challenge, goal, row))
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
    /// A goal with the player's row, or as it is without one.
    pub fn new(challenge: &'a Challenge, goal: &'a Goal, row: Option<&Progress>) -> Self {
        Self {
            goal_id: &goal.id,
            challenge_id: &challenge.id,
            name: &goal.name,
            description: &goal.description,
            requirement: &goal.requirement,
            reward: &goal.reward,
            standing: Standing::new(row),
        }
    }
}

impl Standing {
    /// What the row says, or what is so without one.
    pub fn new(row: Option<&Progress>) -> Self {
        Self {
            progress: row.map_or(0, |row| row.progress),
            status: row.map_or(Status::NotStarted, |row| row.status),
            is_active: row.is_some_and(|row| row.is_active),
            assigned_at: row.and_then(|row| row.assigned_at),
            expires_at: row.and_then(|row| row.expires_at),
            completed_at: row.and_then(|row| row.completed_at),
            claimed_at: row.and_then(|row| row.claimed_at),
        }
    }
}
