//! What is asked, in words of neither protocol, and how each says it.

use std::time::Duration;

use challenge_service::app::App;
use challenge_service::instant::Instant;
use challenge_service::operations::{self, RandomSelect};
use challenge_service::rule::Change;
use challenge_service::store::Assignment;
use serde_json::{Value, json};

use crate::support::advance::advance;

/// The goal that [`Given`] is about, with its challenge.
pub(crate) type Of = (&'static str, &'static str);

pub(crate) const BUILT_IN: Of = ("challenge-01", "goal-01-50");
pub(crate) const ROTATING: Of = ("season", "season-2");
pub(crate) const DAYS: Of = ("days", "wins-of-a-day");

/// What is so before a player asks.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Given {
    Nothing,
    Initialised,
    Active,
    /// With progress of yesterday, of a goal that goes by days.
    Yesterday,
    Completed,
    Claiming,
    Claimed,
}

/// What is asked for, in words of neither protocol.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ask {
    List { active_only: bool },
    Initialise,
    Activate(&'static str, &'static str, bool),
    Claim(&'static str, &'static str),
    Batch(&'static str, &'static [&'static str], bool),
    Random(&'static str, RandomSelect),
    Rotation(&'static str),
}

impl Ask {
    /// Method, path and body.
    pub(crate) fn rest(self) -> (&'static str, String, Option<Value>) {
        let base = "/challenge/v1/challenges";
        match self {
            Self::List { active_only } => {
                ("GET", format!("{base}?active_only={active_only}"), None)
            }
            Self::Initialise => ("POST", format!("{base}/initialize"), None),
            Self::Activate(challenge, goal, is_active) => (
                "PUT",
                format!("{base}/{challenge}/goals/{goal}/active"),
                Some(json!({ "isActive": is_active })),
            ),
            Self::Claim(challenge, goal) => (
                "POST",
                format!("{base}/{challenge}/goals/{goal}/claim"),
                None,
            ),
            Self::Batch(challenge, goals, replace_existing) => (
                "POST",
                format!("{base}/{challenge}/goals/batch-select"),
                Some(json!({ "goalIds": goals, "replaceExisting": replace_existing })),
            ),
            Self::Random(challenge, wanted) => (
                "POST",
                format!("{base}/{challenge}/goals/random-select"),
                Some(json!({
                    "count": wanted.count,
                    "replaceExisting": wanted.replace_existing,
                    "excludeActive": wanted.exclude_active,
                })),
            ),
            Self::Rotation(challenge) => ("GET", format!("{base}/{challenge}/rotation"), None),
        }
    }

    /// Method and message.
    pub(crate) fn grpc(self) -> (&'static str, Value) {
        match self {
            Self::List { active_only } => ("ListChallenges", json!({ "activeOnly": active_only })),
            Self::Initialise => ("InitializePlayer", json!({})),
            Self::Activate(challenge, goal, is_active) => (
                "SetGoalActive",
                json!({ "challengeId": challenge, "goalId": goal, "isActive": is_active }),
            ),
            Self::Claim(challenge, goal) => (
                "ClaimGoal",
                json!({ "challengeId": challenge, "goalId": goal }),
            ),
            Self::Batch(challenge, goals, replace_existing) => (
                "BatchSelectGoals",
                json!({
                    "challengeId": challenge,
                    "goalIds": goals,
                    "replaceExisting": replace_existing,
                }),
            ),
            Self::Random(challenge, wanted) => (
                "RandomSelectGoals",
                json!({
                    "challengeId": challenge,
                    "count": wanted.count,
                    "replaceExisting": wanted.replace_existing,
                    "excludeActive": wanted.exclude_active,
                }),
            ),
            Self::Rotation(challenge) => ("GetRotation", json!({ "challengeId": challenge })),
        }
    }
}

/// Makes it so, past both protocols.
pub(crate) async fn prepare(app: &App, user: &str, (challenge, goal_id): Of, given: Given) {
    let now = Instant::now();
    if matches!(given, Given::Initialised) {
        operations::initialise(app, user).await.unwrap();
    }
    if matches!(given, Given::Nothing | Given::Initialised) {
        return;
    }
    let goal = Assignment {
        goal_id: goal_id.into(),
        challenge_id: challenge.into(),
        is_active: true,
        expires_at: None,
    };
    app.store
        .set_active(user, "test", &goal, now)
        .await
        .unwrap();
    if matches!(given, Given::Active) {
        return;
    }
    if matches!(given, Given::Yesterday) {
        let yesterday = now.before(Duration::from_hours(24));
        let change = [(goal_id, Change::AddToday(2))];
        advance(&app.store, user, &change, 3, yesterday).await;
        return;
    }
    let reached = [(goal_id, Change::Set(100))];
    advance(&app.store, user, &reached, 100, now).await;
    if matches!(given, Given::Completed) {
        return;
    }
    let claim = app
        .store
        .begin_claim(user, goal_id, "key", now)
        .await
        .unwrap()
        .unwrap();
    if matches!(given, Given::Claimed) {
        app.store.finish_claim(&claim, now).await.unwrap().unwrap();
    }
}
