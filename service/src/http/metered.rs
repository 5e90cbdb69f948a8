//! Counts and times every request.

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::metrics::{Metrics, Outcome};

/// Records the request under the route that matched: paths hold ids, and would be without number.
pub(super) async fn metered(
    State(metrics): State<Metrics>,
    request: Request,
    next: Next,
) -> Response {
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or("(none)", MatchedPath::as_str);
    let in_progress = metrics.requests().begin_rest(request.method(), route);
    let response = next.run(request).await;
    in_progress.end(Outcome::Rest(response.status()));
    response
}
