//! Challenges and goals of a player.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::HttpState;
use super::input::{Json, Path, Query};
use super::player::Player;
use super::problem::{Problem, Problems};
use crate::operations::{self, Initialised};
use crate::view::{ChallengesView, GoalView};

pub(super) fn router() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(initialize))
        .routes(routes!(set_active))
        .routes(routes!(claim))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Only goals that are active.
    #[serde(default)]
    active_only: bool,
}

/// All challenges, with the player's progress.
#[utoipa::path(
    get,
    path = "/v1/challenges",
    tag = "challenges",
    params(ListQuery),
    responses((status = 200, description = "In the order of the catalogue", body = ChallengesView), Problems)
)]
async fn list(
    State(state): State<HttpState>,
    Player(user): Player,
    Query(query): Query<ListQuery>,
) -> Result<Response, Problem> {
    let view = operations::list(&state.app, &user, query.active_only).await?;
    Ok(axum::Json(view).into_response())
}

/// Gives the player the goals that everybody starts with.
#[utoipa::path(
    post,
    path = "/v1/challenges/initialize",
    tag = "challenges",
    responses((status = 200, description = "What the player starts with", body = Initialised), Problems)
)]
async fn initialize(
    State(state): State<HttpState>,
    Player(user): Player,
) -> Result<Response, Problem> {
    let initialised = operations::initialise(&state.app, &user).await?;
    Ok(axum::Json(initialised).into_response())
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SetActive)]
struct SetActiveBody {
    /// Whether the goal progresses from now on.
    is_active: bool,
}

/// Switches a goal on or off.
#[utoipa::path(
    put,
    path = "/v1/challenges/{challenge}/goals/{goal}/active",
    tag = "challenges",
    params(
        ("challenge" = String, Path, description = "Id of the challenge"),
        ("goal" = String, Path, description = "Id of the goal"),
    ),
    request_body = SetActiveBody,
    responses((status = 200, description = "The goal as it is now", body = GoalView), Problems)
)]
async fn set_active(
    State(state): State<HttpState>,
    Player(user): Player,
    Path((challenge, goal)): Path<(String, String)>,
    Json(body): Json<SetActiveBody>,
) -> Result<Response, Problem> {
    let view = operations::activate(&state.app, &user, &challenge, &goal, body.is_active).await?;
    Ok(axum::Json(view).into_response())
}

/// Grants the reward of a completed goal, once.
#[utoipa::path(
    post,
    path = "/v1/challenges/{challenge}/goals/{goal}/claim",
    tag = "challenges",
    params(
        ("challenge" = String, Path, description = "Id of the challenge"),
        ("goal" = String, Path, description = "Id of the goal"),
    ),
    responses((status = 200, description = "The goal, claimed", body = GoalView), Problems)
)]
async fn claim(
    State(state): State<HttpState>,
    Player(user): Player,
    Path((challenge, goal)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let view = operations::claim(&state.app, &user, &challenge, &goal).await?;
    Ok(axum::Json(view).into_response())
}
