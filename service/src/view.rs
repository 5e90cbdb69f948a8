//! Challenges and goals as players see them: the catalogue with their own progress in it.

use std::collections::HashMap;

use serde::Serialize;

use crate::catalogue::{Challenge, Goal, Requirement, Reward};
use crate::instant::Instant;
use crate::progress::{Progress, RewardStatus, Status};

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
    assigned_at: Option<Instant>,
    expires_at: Option<Instant>,
    completed_at: Option<Instant>,
    claimed_at: Option<Instant>,
    // Of claimed goals only: every other goal of the long list is spared its bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    reward_status: Option<RewardStatus>,
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
            progress: row.map_or(0, |row| row.progress),
            status: row.map_or(Status::NotStarted, |row| row.status),
            is_active: row.is_some_and(|row| row.is_active),
            assigned_at: row.and_then(|row| row.assigned_at),
            expires_at: row.and_then(|row| row.expires_at),
            completed_at: row.and_then(|row| row.completed_at),
            claimed_at: row.and_then(|row| row.claimed_at),
            reward_status: row.and_then(Progress::reward_status),
        }
    }
}
