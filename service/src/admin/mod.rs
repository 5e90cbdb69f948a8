//! What operators see, on an address of its own that players cannot reach.

mod cache;
pub mod pprof_format;
mod profile;
mod source_path;

use axum::Router;
use axum::routing::{get, post};

use crate::app::Live;
use crate::http::health;
use crate::readiness::Readiness;

/// Profiles and health of this process, and what may be done to it.
pub fn router(app: Live, readiness: Readiness) -> Router {
    let state = Router::new()
        .route("/admin/cache/clear", post(cache::clear))
        .with_state(app);
    Router::from(health())
        .route("/debug/pprof/profile", get(profile::profile))
        .with_state(readiness)
        .merge(state)
}
