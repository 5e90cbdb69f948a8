//! The metrics, for a scraper.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};

use super::HttpState;
use super::problem::Problem;

/// Renders the metrics.
pub(super) async fn scrape(State(state): State<HttpState>) -> Response {
    match state.metrics.text(&state.app.now()) {
        Ok(text) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, kind)], text).into_response()
        }
        Err(error) => Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "The service failed",
            error.to_string(),
        )
        .into_response(),
    }
}
