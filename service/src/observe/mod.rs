//! Every request, whatever protocol it comes by, from its arrival to its outcome: it gets an id, is
//! counted, and has a line in the log where that is wanted.

mod request_id;
mod request_log;
mod trace_context;

use std::fmt::Display;
use std::time::Duration;

use http::{HeaderMap, Method};
use tracing::Span;
use tracing::field::Empty;

use crate::metrics::{InProgress, Metrics, Outcome};
use crate::telemetry;
use request_id::RequestId;
pub use request_log::RequestLog;

/// Watches the requests of a process; cheap to clone.
#[derive(Debug, Clone)]
pub struct Observer {
    metrics: Metrics,
    log: RequestLog,
}

/// A request that is being watched. Dropped before its [end](Self::end), its caller hung up.
#[derive(Debug)]
pub(crate) struct Observed {
    observer: Observer,
    // Taken when it ends.
    in_progress: Option<InProgress>,
    id: RequestId,
    span: Span,
}

impl Observer {
    /// Counts in these metrics and writes to this log.
    pub fn new(metrics: Metrics, log: RequestLog) -> Self {
        Self { metrics, log }
    }

    /// A REST request arrives. Its route is not its path, which holds ids.
    pub(crate) fn rest(&self, method: &Method, route: &str, headers: &HeaderMap) -> Observed {
        let in_progress = self.metrics.requests().begin_rest(method, route);
        self.observe(in_progress, method, route, headers)
    }

    /// A gRPC call arrives.
    pub(crate) fn grpc(&self, method: &Method, path: &str, headers: &HeaderMap) -> Observed {
        let in_progress = self.metrics.requests().begin_grpc(path);
        self.observe(in_progress, method, path, headers)
    }

    fn observe(
        &self,
        in_progress: InProgress,
        method: &Method,
        route: &str,
        headers: &HeaderMap,
    ) -> Observed {
        let id = RequestId::of(headers);
        // An error: whatever lines RUST_LOG leaves, they have the id.
        let span = tracing::error_span!(
            "request",
            request_id = id.as_str(),
            %method,
            route,
            error = Empty,
            outcome = Empty,
            otel.name = Empty,
            otel.kind = Empty,
            otel.status_code = Empty,
        );
        if telemetry::traces_are_on() {
            trace_context::join(&span, method, route, headers);
        }
        Observed {
            observer: self.clone(),
            in_progress: Some(in_progress),
            id,
            span,
        }
    }
}

/// Has the line of the request that is being answered say what failed, which its caller is not told: a
/// line more for each would be without bound. Where nobody watches, as on the admin address, it is a line.
pub(crate) fn note_error(error: &dyn Display) {
    let span = Span::current();
    if span.has_field("error") {
        span.record("error", tracing::field::display(error));
    } else {
        tracing::error!(%error, "a request failed");
    }
}

impl Observed {
    /// The span that its work belongs in.
    pub(crate) fn span(&self) -> &Span {
        &self.span
    }

    /// Puts its id into the headers of its response.
    pub(crate) fn label(&self, headers: &mut HeaderMap) {
        self.id.put(headers);
    }

    /// A gRPC call had a method to answer it, so its path may be counted by name.
    pub(crate) fn answered_grpc(&mut self, path: &str) {
        if let Some(call) = &mut self.in_progress {
            self.observer.metrics.requests().answered_grpc(call, path);
        }
    }

    /// Counts it, and logs it where that is wanted.
    pub(crate) fn end(mut self, outcome: Outcome) {
        self.settle(outcome);
    }

    fn settle(&mut self, outcome: Outcome) {
        let Some(in_progress) = self.in_progress.take() else {
            return;
        };
        let took: Duration = in_progress.end(outcome);
        if telemetry::traces_are_on() {
            trace_context::end(&self.span, outcome);
        }
        self.span
            .in_scope(|| self.observer.log.write(outcome, took));
    }
}

impl Drop for Observed {
    fn drop(&mut self) {
        self.settle(Outcome::HungUp);
    }
}
