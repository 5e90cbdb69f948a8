//! What players see, as messages.

use super::challenge_v1::{
    Assignment, Challenge, GetRotationResponse, Goal, GoalKind, GoalStatus,
    InitializePlayerResponse, ListChallengesResponse, Requirement, Reward, RewardType,
    RotationKind, RotationWindow, SelectGoalsResponse,
};
use crate::catalogue::{self, RewardKind};
use crate::instant::Instant;
use crate::operations::{self, AssignmentView, Initialised, RotationView, Selected};
use crate::progress::Status;
use crate::rotation::Window;
use crate::rule::Kind;
use crate::view::{ChallengeView, ChallengesView, GoalView};

impl From<ChallengesView<'_>> for ListChallengesResponse {
    fn from(view: ChallengesView<'_>) -> Self {
        Self {
            challenges: view.challenges.into_iter().map(Challenge::from).collect(),
        }
    }
}

impl From<Initialised<'_>> for InitializePlayerResponse {
    fn from(initialised: Initialised<'_>) -> Self {
        Self {
            assigned: initialised.assigned,
            already_initialized: initialised.already_initialized,
            goals: initialised.goals.into_iter().map(Goal::from).collect(),
        }
    }
}

impl From<Selected<'_>> for SelectGoalsResponse {
    fn from(selected: Selected<'_>) -> Self {
        Self {
            selected: selected.selected.into_iter().map(Goal::from).collect(),
            deactivated: selected.deactivated,
        }
    }
}

impl From<RotationView<'_>> for GetRotationResponse {
    fn from(view: RotationView<'_>) -> Self {
        let assignments = view.assignments.into_iter();
        Self {
            challenge_id: view.challenge_id.to_owned(),
            kind: RotationKind::from(view.kind).into(),
            window: view.window.map(RotationWindow::from),
            next_rotation_at: view.next_rotation_at.map(timestamp),
            assignments: assignments.map(Assignment::from).collect(),
        }
    }
}

impl From<Window> for RotationWindow {
    fn from(window: Window) -> Self {
        Self {
            starts_at: window.starts_at.map(timestamp),
            ends_at: window.ends_at.map(timestamp),
        }
    }
}

impl From<AssignmentView<'_>> for Assignment {
    fn from(view: AssignmentView<'_>) -> Self {
        Self {
            goal_id: view.goal_id.to_owned(),
            assigned_at: view.assigned_at.map(timestamp),
            expires_at: view.expires_at.map(timestamp),
        }
    }
}

impl From<operations::RotationKind> for RotationKind {
    fn from(kind: operations::RotationKind) -> Self {
        match kind {
            operations::RotationKind::Never => Self::Never,
            operations::RotationKind::Daily => Self::Daily,
            operations::RotationKind::Weekly => Self::Weekly,
            operations::RotationKind::Schedule => Self::Schedule,
        }
    }
}

impl From<ChallengeView<'_>> for Challenge {
    fn from(view: ChallengeView<'_>) -> Self {
        Self {
            challenge_id: view.challenge_id.to_owned(),
            name: view.name.to_owned(),
            description: view.description.to_owned(),
            goals: view.goals.into_iter().map(Goal::from).collect(),
        }
    }
}

impl From<GoalView<'_>> for Goal {
    fn from(view: GoalView<'_>) -> Self {
        let standing = view.standing;
        Self {
            goal_id: view.goal_id.to_owned(),
            challenge_id: view.challenge_id.to_owned(),
            name: view.name.to_owned(),
            description: view.description.to_owned(),
            requirement: Some(view.requirement.into()),
            reward: Some(view.reward.into()),
            prerequisites: view.prerequisites.to_vec(),
            progress: standing.progress,
            status: GoalStatus::from(standing.status).into(),
            is_active: standing.is_active,
            locked: standing.locked,
            assigned_at: standing.assigned_at.map(timestamp),
            expires_at: standing.expires_at.map(timestamp),
            completed_at: standing.completed_at.map(timestamp),
            claimed_at: standing.claimed_at.map(timestamp),
        }
    }
}

impl From<&catalogue::Requirement> for Requirement {
    fn from(requirement: &catalogue::Requirement) -> Self {
        Self {
            stat_code: requirement.stat_code.clone(),
            kind: GoalKind::from(requirement.kind).into(),
            target: requirement.target,
        }
    }
}

impl From<&catalogue::Reward> for Reward {
    fn from(reward: &catalogue::Reward) -> Self {
        Self {
            reward_id: reward.reward_id.clone(),
            r#type: RewardType::from(reward.kind).into(),
            quantity: reward.quantity,
        }
    }
}

impl From<Kind> for GoalKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Absolute => Self::Absolute,
            Kind::Increment => Self::Increment,
            Kind::IncrementOnceADay => Self::IncrementOnceADay,
            Kind::Daily => Self::Daily,
        }
    }
}

impl From<Status> for GoalStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::NotStarted => Self::NotStarted,
            Status::InProgress => Self::InProgress,
            Status::Completed => Self::Completed,
            Status::Claiming => Self::Claiming,
            Status::Claimed => Self::Claimed,
        }
    }
}

impl From<RewardKind> for RewardType {
    fn from(kind: RewardKind) -> Self {
        match kind {
            RewardKind::Item => Self::Item,
            RewardKind::Wallet => Self::Wallet,
        }
    }
}

fn timestamp(instant: Instant) -> prost_types::Timestamp {
    let micros = instant.as_micros();
    prost_types::Timestamp {
        seconds: micros.div_euclid(1_000_000),
        nanos: (micros.rem_euclid(1_000_000) * 1_000) as i32,
    }
}
