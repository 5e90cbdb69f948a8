//! Watches every request.

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;

use crate::metrics::Outcome;
use crate::observe::Observer;

/// Watches the request under the route that matched: paths hold ids, and would be without number.
pub(super) async fn observed(
    State(observer): State<Observer>,
    request: Request,
    next: Next,
) -> Response {
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or("(none)", MatchedPath::as_str);
    let watched = observer.rest(request.method(), route, request.headers());
    let span = watched.span().clone();
    let mut response = next.run(request).instrument(span).await;
    watched.label(response.headers_mut());
    watched.end(Outcome::Rest(response.status()));
    response
}
