//! What the mock tells its operator, on an address of its own: counts, and how it behaves.

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use serde_json::{Value, json};

use super::behaviour::{Behaviour, Change};
use super::platform::Platform;

pub(super) fn router(platform: Platform) -> Router {
    Router::new()
        .route("/counts", get(counts))
        .route("/counts/users/{user}", get(user))
        .route("/behaviour", get(behaviour).patch(change))
        .route("/healthz", get(async || "ok"))
        .with_state(platform)
}

async fn counts(State(platform): State<Platform>) -> Json<Value> {
    let state = platform.state();
    let ledger = &state.ledger;
    let (remembered, capacity) = ledger.remembered();
    Json(json!({
        "totals": ledger.totals,
        "window": {
            "grants": remembered,
            "capacity": capacity,
            "grantedAgain": ledger.granted_again(),
            "byReward": ledger.by_reward(),
        },
    }))
}

async fn user(State(platform): State<Platform>, Path(user): Path<String>) -> Json<Value> {
    let state = platform.state();
    Json(json!({ "userId": user, "grants": state.ledger.of_user(&user) }))
}

async fn behaviour(State(platform): State<Platform>) -> Json<Behaviour> {
    Json(platform.state().behaviour.clone())
}

async fn change(
    State(platform): State<Platform>,
    change: Result<Json<Change>, JsonRejection>,
) -> Response {
    let refused = |error: String| {
        let error = Json(json!({ "error": error }));
        (StatusCode::BAD_REQUEST, error).into_response()
    };
    let Json(change) = match change {
        Ok(change) => change,
        Err(error) => return refused(error.body_text()),
    };
    let mut state = platform.state();
    let changed = state.behaviour.changed(&change);
    if let Err(error) = changed.check() {
        return refused(error);
    }
    tracing::info!(?changed, "the mock behaves otherwise now");
    state.behaviour = changed.clone();
    Json(changed).into_response()
}
