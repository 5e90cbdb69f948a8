//! Counts and times every call.

use std::time::Instant;

use http::{Method, StatusCode};
use tonic::{Response, Status};

use crate::failure::Failure;
use crate::metrics::Metrics;

/// Carries a call out and records it, under the status that REST would report for its outcome.
pub(super) async fn metered<T>(
    metrics: &Metrics,
    route: &str,
    call: impl Future<Output = Result<T, Failure>>,
) -> Result<Response<T>, Status> {
    let start = Instant::now();
    let outcome = call.await;
    let status = outcome
        .as_ref()
        .map_or_else(|failure| failure.code.http(), |_| StatusCode::OK);
    metrics.record(route, &Method::POST, status, start.elapsed());
    outcome.map(Response::new).map_err(Status::from)
}
