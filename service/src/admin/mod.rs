//! What operators see, on an address of its own that players cannot reach.

pub mod pprof_format;
mod profile;
mod source_path;

use axum::Router;
use axum::routing::get;

use crate::http::health;
use crate::readiness::Readiness;

/// Profiles and health of this process.
pub fn router(readiness: Readiness) -> Router {
    Router::from(health())
        .route("/debug/pprof/profile", get(profile::profile))
        .with_state(readiness)
}
