//! What operators see, on an address of its own that players cannot reach.

mod cache;
pub mod pprof_format;
mod profile;
mod source_path;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

/// Profiles of this process, and what may be done to it.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/debug/pprof/profile", get(profile::profile))
        .route("/healthz", get(async || "ok"))
        .route("/admin/cache/clear", post(cache::clear))
        .with_state(app)
}
