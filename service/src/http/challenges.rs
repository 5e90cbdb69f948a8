//! Challenges and goals of a player.

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::HttpState;
use super::input::{Json, Path, Query, flag};
use super::player::Player;
use super::problem::{Problem, Problems};
use crate::app::App;
use crate::failure::Code;
use crate::operations::{self, BatchSelect, Initialised, RandomSelect, RotationView, Selected};
use crate::view::{ChallengesView, GoalView};

pub(super) fn router() -> OpenApiRouter<HttpState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(initialize))
        .routes(routes!(set_active))
        .routes(routes!(claim))
        .routes(routes!(batch_select))
        .routes(routes!(random_select))
        .routes(routes!(rotation))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Only goals that are active; without a value it says yes.
    #[serde(default, deserialize_with = "flag")]
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
    State(app): State<App>,
    Player(user): Player,
    Query(query): Query<ListQuery>,
) -> Result<Response, Problem> {
    let listing = operations::list(&app, &user, query.active_only).await?;
    let json = listing.json(&app.content);
    let json = json.map_err(|error| Problem::new(Code::Internal, error.to_string()))?;
    let kind = [(header::CONTENT_TYPE, "application/json")];
    Ok((kind, Body::new(json)).into_response())
}

/// Gives the player the goals that everybody starts with.
#[utoipa::path(
    post,
    path = "/v1/challenges/initialize",
    tag = "challenges",
    responses((status = 200, description = "What the player starts with", body = Initialised), Problems)
)]
async fn initialize(State(app): State<App>, Player(user): Player) -> Result<Response, Problem> {
    let initialised = operations::initialise(&app, &user).await?;
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
    State(app): State<App>,
    Player(user): Player,
    Path((challenge, goal)): Path<(String, String)>,
    Json(body): Json<SetActiveBody>,
) -> Result<Response, Problem> {
    let view = operations::activate(&app, &user, &challenge, &goal, body.is_active).await?;
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
    State(app): State<App>,
    Player(user): Player,
    Path((challenge, goal)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let view = operations::claim(&app, &user, &challenge, &goal).await?;
    Ok(axum::Json(view).into_response())
}

/// Gives the player the goals that they chose, all of them or none.
#[utoipa::path(
    post,
    path = "/v1/challenges/{challenge}/goals/batch-select",
    tag = "challenges",
    params(("challenge" = String, Path, description = "Id of the challenge")),
    request_body = BatchSelect,
    responses((status = 200, description = "What was selected", body = Selected), Problems)
)]
async fn batch_select(
    State(app): State<App>,
    Player(user): Player,
    Path(challenge): Path<String>,
    Json(batch): Json<BatchSelect>,
) -> Result<Response, Problem> {
    let selected = operations::batch_select(&app, &user, &challenge, &batch).await?;
    Ok(axum::Json(selected).into_response())
}

/// Gives the player goals by lot.
#[utoipa::path(
    post,
    path = "/v1/challenges/{challenge}/goals/random-select",
    tag = "challenges",
    params(("challenge" = String, Path, description = "Id of the challenge")),
    request_body = RandomSelect,
    responses((status = 200, description = "What was selected", body = Selected), Problems)
)]
async fn random_select(
    State(app): State<App>,
    Player(user): Player,
    Path(challenge): Path<String>,
    Json(wanted): Json<RandomSelect>,
) -> Result<Response, Problem> {
    let selected = operations::random_select(&app, &user, &challenge, wanted).await?;
    Ok(axum::Json(selected).into_response())
}

/// When the goals of the challenge rotate, and when those of the player expire.
#[utoipa::path(
    get,
    path = "/v1/challenges/{challenge}/rotation",
    tag = "challenges",
    params(("challenge" = String, Path, description = "Id of the challenge")),
    responses((status = 200, description = "Where the rotation stands", body = RotationView), Problems)
)]
async fn rotation(
    State(app): State<App>,
    Player(user): Player,
    Path(challenge): Path<String>,
) -> Result<Response, Problem> {
    let view = operations::rotation(&app, &user, &challenge).await?;
    Ok(axum::Json(view).into_response())
}
