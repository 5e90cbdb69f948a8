//! What operators see, on an address of its own that players cannot reach.

mod binaries;
mod cache;
mod contention;
mod faults;
#[cfg_attr(not(heap_profiles), path = "no_heap.rs")]
mod heap;
#[cfg(heap_profiles)]
mod heap_dump;
mod index;
mod left_out;
mod outbox;
mod pprof_build;
pub mod pprof_format;
mod profile;
mod profiler;
mod source_path;
mod symbols;
mod tasks;
#[cfg(tokio_unstable)]
mod tokio_unstable;

use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::FromRef;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::header;

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
        .route("/debug/pprof/", get(index::index))
        .route("/debug/pprof/profile", get(profile::profile))
        .route("/debug/pprof/heap", get(heap::heap))
        .route("/debug/pprof/contention", get(contention::contention))
        .route("/debug/pprof/tasks", get(tasks::tasks))
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

/// A profile could not be made.
fn failed(error: &dyn std::error::Error) -> Problem {
    Problem::new(Code::ProfileFailed, error.to_string())
}

/// Waits so many seconds, or until the process is told to stop; returns how long that was.
async fn look_on(readiness: &Readiness, seconds: u64) -> Duration {
    let begin = Instant::now();
    tokio::select! {
        () = tokio::time::sleep(Duration::from_secs(seconds)) => {}
        // It would hold the shutdown up.
        () = readiness.stop.cancelled() => {}
    }
    begin.elapsed()
}

/// A profile for `go tool pprof` and others.
fn profile_answer(name: &str, body: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}.pb.gz\"");
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (headers, body).into_response()
}
