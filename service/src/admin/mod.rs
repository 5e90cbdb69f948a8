//! What operators see, on an address of its own that players cannot reach.

mod faults;
mod outbox;
pub mod pprof_format;
mod profile;
mod source_path;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;
use crate::http::Problem;

/// Profiles of this process, and what operators look after.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/debug/pprof/profile", get(profile::profile))
        .route(
            "/debug/faults",
            get(faults::show).put(faults::set).delete(faults::clear),
        )
        .route("/debug/outbox", get(outbox::show))
        .route("/debug/outbox/retry", post(outbox::retry))
        .route("/healthz", get(async || "ok"))
        .with_state(app)
}

fn refused(detail: impl Into<String>) -> Problem {
    Problem::new(
        http::StatusCode::BAD_REQUEST,
        "bad_request",
        "The request cannot be read",
        detail,
    )
}
