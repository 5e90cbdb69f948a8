//! What operators see, on an address of its own that players cannot reach.

pub mod pprof_format;
mod profile;
mod source_path;

use axum::Router;
use axum::routing::get;

/// Profiles of this process.
pub fn router() -> Router {
    Router::new()
        .route("/debug/pprof/profile", get(profile::profile))
        .route("/healthz", get(async || "ok"))
}
