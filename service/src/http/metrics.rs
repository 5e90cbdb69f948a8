//! The metrics, for a scraper.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;

use super::HttpState;
use super::problem::Problem;
use crate::failure::Code;

/// All metrics, the gauges read now.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "about",
    security(()),
    responses((status = 200, description = "OpenMetrics text", body = String, content_type = "application/openmetrics-text"))
)]
pub(super) async fn scrape(State(state): State<HttpState>) -> Response {
    match state.app.metrics.text() {
        Ok(text) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, kind)], text).into_response()
        }
        Err(error) => Problem::new(Code::Internal, error.to_string()).into_response(),
    }
}
