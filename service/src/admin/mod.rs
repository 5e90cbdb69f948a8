//! What operators see, on an address of its own that players cannot reach.

mod cache;
mod faults;
mod outbox;
pub mod pprof_format;
mod profile;
mod source_path;

use axum::Router;
use axum::extract::FromRef;
use axum::routing::{get, post};

use crate::app::Live;
use crate::failure::Code;
use crate::http::{Problem, health};
use crate::readiness::Readiness;

/// What operators' requests need.
#[derive(Debug, Clone)]
pub struct AdminState {
    /// The service itself.
    pub app: Live,
    /// What `/readyz` asks.
    pub readiness: Readiness,
}

impl FromRef<AdminState> for Live {
    fn from_ref(state: &AdminState) -> Self {
        state.app.clone()
    }
}

impl FromRef<AdminState> for Readiness {
    fn from_ref(state: &AdminState) -> Self {
        state.readiness.clone()
    }
}

/// Profiles and health of this process, what operators look after, and what may be done to it.
pub fn router(state: AdminState) -> Router {
    Router::from(health())
        .route("/debug/pprof/profile", get(profile::profile))
        .route("/admin/cache/clear", post(cache::clear))
        .route(
            "/debug/faults",
            get(faults::show).put(faults::set).delete(faults::clear),
        )
        .route("/debug/outbox", get(outbox::show))
        .route("/debug/outbox/retry", post(outbox::retry))
        .with_state(state)
}

fn refused(detail: impl Into<String>) -> Problem {
    Problem::new(Code::BadRequest, detail)
}
