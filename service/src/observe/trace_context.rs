//! The trace that a request belongs to (W3C Trace Context).

use http::{HeaderMap, Method};
use opentelemetry::propagation::{Extractor, TextMapPropagator as _};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use super::request_log::failed;
use crate::metrics::Outcome;

/// Makes the span that of a server, and a child of the span that `traceparent` names.
pub(super) fn join(span: &Span, method: &Method, route: &str, headers: &HeaderMap) {
    span.record("otel.kind", "server");
    span.record("otel.name", format_args!("{method} {route}"));
    if headers.contains_key("traceparent") {
        let parent = TraceContextPropagator::new().extract(&Headers(headers));
        // Fails where nobody makes traces, or this one is not made.
        let _ = span.set_parent(parent);
    }
}

/// Says what became of the request.
pub(super) fn end(span: &Span, outcome: Outcome) {
    span.record("outcome", outcome.text().as_ref());
    if failed(outcome) {
        span.record("otel.status_code", "ERROR");
    }
}

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(http::HeaderName::as_str).collect()
    }
}
