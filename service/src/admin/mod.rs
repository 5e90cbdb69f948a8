//! What operators see, on an address of its own that players cannot reach.

mod outbox;
pub mod pprof_format;
mod profile;
mod source_path;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

/// Profiles of this process, and what operators look after.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/debug/pprof/profile", get(profile::profile))
        .route("/debug/outbox", get(outbox::show))
        .route("/debug/outbox/retry", post(outbox::retry))
        .route("/healthz", get(async || "ok"))
        .with_state(app)
}
