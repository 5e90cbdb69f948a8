//! Turns requests away that find no place.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::problem::Problem;
use crate::app::Live;

/// Holds a place until the response is ready to be sent.
pub(super) async fn admitted(State(app): State<Live>, request: Request, next: Next) -> Response {
    match app.admission.enter() {
        Ok(_place) => next.run(request).await,
        Err(failure) => Problem::from(failure).into_response(),
    }
}
