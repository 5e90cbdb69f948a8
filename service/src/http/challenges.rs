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
use crate::operations;

pub(super) fn router() -> Router<HttpState> {
    Router::new()
        .route("/v1/challenges", get(list))
        .route("/v1/challenges/initialize", post(initialize))
        .route(
            "/v1/challenges/{challenge}/goals/{goal}/active",
            put(set_active),
        )
        .route("/v1/challenges/{challenge}/goals/{goal}/claim", post(claim))
}

#[derive(Deserialize)]
struct ListQuery {
    #[serde(default)]
    active_only: bool,
}

async fn list(
    State(state): State<HttpState>,
    Player(user): Player,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(query) = query.map_err(|error| Problem::bad_request(error.body_text()))?;
    let view = operations::list(&state.app, &user, query.active_only).await?;
    Ok(Json(view).into_response())
}

async fn initialize(
    State(state): State<HttpState>,
    Player(user): Player,
) -> Result<Response, Problem> {
    let initialised = operations::initialise(&state.app, &user).await?;
    Ok(Json(initialised).into_response())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SetActiveBody {
    is_active: bool,
}

async fn set_active(
    State(state): State<HttpState>,
    Player(user): Player,
    Path((challenge, goal)): Path<(String, String)>,
    body: Result<Json<SetActiveBody>, JsonRejection>,
) -> Result<Response, Problem> {
    let Json(body) = body.map_err(|error| Problem::bad_request(error.body_text()))?;
    let view = operations::activate(&state.app, &user, &challenge, &goal, body.is_active).await?;
    Ok(Json(view).into_response())
}

async fn claim(
    State(state): State<HttpState>,
    Player(user): Player,
    Path((challenge, goal)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let view = operations::claim(&state.app, &user, &challenge, &goal).await?;
    Ok(Json(view).into_response())
}
