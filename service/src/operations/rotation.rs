//! When the goals of a challenge rotate, and when those of a player expire.

use serde::Serialize;
use utoipa::ToSchema;

use super::{OperationError, find_challenge};
use crate::app::App;
use crate::instant::Instant;
use crate::rotation::{Rotation, Window};
use crate::standing::as_of;

/// The rotation of a challenge, as one player sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RotationStatus)]
pub struct RotationView<'a> {
    /// The challenge.
    pub challenge_id: &'a str,
    /// How it rotates.
    pub kind: RotationKind,
    /// The window of now; absent where the challenge never rotates.
    pub window: Option<Window>,
    /// When the next window begins; absent where none does.
    pub next_rotation_at: Option<Instant>,
    /// The goals of the challenge that are assigned to the player, in the order of the catalogue.
    pub assignments: Vec<AssignmentView<'a>>,
}

/// How a challenge rotates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RotationKind {
    /// Not at all.
    Never,
    /// At a time of day.
    Daily,
    /// On a day of the week.
    Weekly,
    /// At instants that the catalogue names.
    Schedule,
}

/// One goal that is assigned to a player.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Assignment)]
pub struct AssignmentView<'a> {
    /// The goal.
    pub goal_id: &'a str,
    /// Since when it is active.
    pub assigned_at: Option<Instant>,
    /// When it ends; absent where it does not.
    pub expires_at: Option<Instant>,
}

/// Where the rotation of a challenge stands.
pub async fn rotation<'a>(
    app: &'a App,
    user: &str,
    challenge_id: &str,
) -> Result<RotationView<'a>, OperationError> {
    let challenge = find_challenge(app, challenge_id)?;
    let now = Instant::now();
    let rows = as_of(app.store.rows_of_user(user).await?, now);
    let assignments = challenge
        .goals
        .iter()
        .filter_map(|goal| {
            rows.iter()
                .find(|row| row.goal_id == goal.id && row.is_active)
                .map(|row| (goal, row))
        })
        .map(|(goal, row)| AssignmentView {
            goal_id: &goal.id,
            assigned_at: row.assigned_at,
            expires_at: row.expires_at,
        })
        .collect();
    let window = challenge
        .rotation
        .as_ref()
        .map(|rotation| rotation.window(now));
    Ok(RotationView {
        challenge_id: &challenge.id,
        kind: challenge.rotation.as_ref().into(),
        window,
        next_rotation_at: window.and_then(|window| window.ends_at),
        assignments,
    })
}

impl From<Option<&Rotation>> for RotationKind {
    fn from(rotation: Option<&Rotation>) -> Self {
        match rotation {
            None => Self::Never,
            Some(Rotation::Daily { .. }) => Self::Daily,
            Some(Rotation::Weekly { .. }) => Self::Weekly,
            Some(Rotation::Schedule(_)) => Self::Schedule,
        }
    }
}
