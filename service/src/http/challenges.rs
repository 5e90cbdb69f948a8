//! Challenges and goals of a player.

use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde::Deserialize;

use super::HttpState;
use super::player::Player;
use super::problem::Problem;
use crate::app::App;
use crate::operations::{self, BatchSelect, RandomSelect};

pub(super) fn router() -> Router<HttpState> {
    Router::new()
        .route("/v1/challenges", get(list))
        .route("/v1/challenges/initialize", post(initialize))
        .route(
            "/v1/challenges/{challenge}/goals/{goal}/active",
            put(set_active),
        )
        .route("/v1/challenges/{challenge}/goals/{goal}/claim", post(claim))
        .route(
            "/v1/challenges/{challenge}/goals/batch-select",
            post(batch_select),
        )
        .route(
            "/v1/challenges/{challenge}/goals/random-select",
            post(random_select),
        )
        .route("/v1/challenges/{challenge}/rotation", get(rotation))
}

#[derive(Deserialize)]
struct ListQuery {
    #[serde(default)]
    active_only: bool,
}

async fn list(
    State(app): State<App>,
    Player(user): Player,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(query) = query.map_err(|error| Problem::bad_request(error.body_text()))?;
    let view = operations::list(&app, &user, query.active_only).await?;
    Ok(Json(view).into_response())
}

async fn initialize(State(app): State<App>, Player(user): Player) -> Result<Response, Problem> {
    let initialised = operations::initialise(&app, &user).await?;
    Ok(Json(initialised).into_response())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SetActiveBody {
    is_active: bool,
}

async fn set_active(
    State(app): State<App>,
    Player(user): Player,
    Path((challenge, goal)): Path<(String, String)>,
    body: Result<Json<SetActiveBody>, JsonRejection>,
) -> Result<Response, Problem> {
    let Json(body) = body.map_err(|error| Problem::bad_request(error.body_text()))?;
    let view = operations::activate(&app, &user, &challenge, &goal, body.is_active).await?;
    Ok(Json(view).into_response())
}

async fn claim(
    State(app): State<App>,
    Player(user): Player,
    Path((challenge, goal)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let view = operations::claim(&app, &user, &challenge, &goal).await?;
    Ok(Json(view).into_response())
}

async fn batch_select(
    State(app): State<App>,
    Player(user): Player,
    Path(challenge): Path<String>,
    body: Result<Json<BatchSelect>, JsonRejection>,
) -> Result<Response, Problem> {
    let Json(batch) = body.map_err(|error| Problem::bad_request(error.body_text()))?;
    let selected = operations::batch_select(&app, &user, &challenge, &batch).await?;
    Ok(Json(selected).into_response())
}

async fn random_select(
    State(app): State<App>,
    Player(user): Player,
    Path(challenge): Path<String>,
    body: Result<Json<RandomSelect>, JsonRejection>,
) -> Result<Response, Problem> {
    let Json(wanted) = body.map_err(|error| Problem::bad_request(error.body_text()))?;
    let selected = operations::random_select(&app, &user, &challenge, wanted).await?;
    Ok(Json(selected).into_response())
}

async fn rotation(
    State(app): State<App>,
    Player(user): Player,
    Path(challenge): Path<String>,
) -> Result<Response, Problem> {
    let view = operations::rotation(&app, &user, &challenge).await?;
    Ok(Json(view).into_response())
}
