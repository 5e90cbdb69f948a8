//! The cache of initialised users, when an operator has deleted rows.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;

use crate::app::Live;
use crate::failure::Code;
use crate::http::Problem;

/// Forgets all initialised users: those of this process, or with Redis those of all that share it.
pub(super) async fn clear(State(app): State<Live>) -> Response {
    let Some(cache) = &app.initialised else {
        return StatusCode::NO_CONTENT.into_response();
    };
    match cache.clear().await {
        Ok(()) => {
            tracing::info!("the cache of initialised users was cleared");
            StatusCode::NO_CONTENT.into_response()
        }
        Err(error) => Problem::new(Code::CacheFailed, error.to_string()).into_response(),
    }
}
