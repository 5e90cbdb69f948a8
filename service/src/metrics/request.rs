//! Rate, errors and duration of every endpoint, REST and gRPC.
//!
//! The labels of an endpoint are made when it is first asked for. From then on a request finds them
//! by its route, and counting it allocates nothing.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use http::{Method, StatusCode};
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use tonic::Code;

use super::bounds;
use crate::contention;

/// How a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Protocol {
    Rest,
    Grpc,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Outcome {
    Rest(StatusCode),
    Grpc(Code),
    /// The caller went away before there was an answer.
    HungUp,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EndpointLabels {
    protocol: Protocol,
    route: Arc<str>,
    method: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabels {
    #[prometheus(flatten)]
    endpoint: EndpointLabels,
    status: Outcome,
}

/// The requests of a process.
#[derive(Debug)]
pub(crate) struct RequestMetrics {
    answered: Family<OutcomeLabels, Counter>,
    durations: Family<EndpointLabels, Histogram, fn() -> Histogram>,
    in_progress: Family<EndpointLabels, Gauge>,
    endpoints: RwLock<Endpoints>,
}

/// By protocol, method and route.
type Endpoints = HashMap<(Protocol, &'static str), HashMap<Arc<str>, Arc<Endpoint>>>;

/// One endpoint with its metrics.
#[derive(Debug)]
pub(crate) struct Endpoint {
    labels: EndpointLabels,
    answered: Family<OutcomeLabels, Counter>,
    duration: Histogram,
    in_progress: Gauge,
}

/// A request from its arrival to its outcome.
#[derive(Debug)]
pub(crate) struct InProgress {
    endpoint: Arc<Endpoint>,
    start: Instant,
    ended: bool,
}

impl RequestMetrics {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let new_histogram: fn() -> Histogram = bounds::seconds;
        let metrics = Self {
            answered: Family::default(),
            durations: Family::new_with_constructor(new_histogram),
            in_progress: Family::default(),
            endpoints: RwLock::default(),
        };
        registry.register(
            "challenge_requests",
            "Requests that ended, by HTTP status or gRPC code; \"hung-up\": the caller went away",
            metrics.answered.clone(),
        );
        registry.register_with_unit(
            "challenge_request_duration",
            "Time from a request's arrival to its response",
            Unit::Seconds,
            metrics.durations.clone(),
        );
        registry.register(
            "challenge_requests_in_progress",
            "Requests that arrived and did not end",
            metrics.in_progress.clone(),
        );
        metrics
    }

    /// A REST request begins. Routes are a bounded set: never a path with ids in it.
    pub(crate) fn begin_rest(&self, method: &Method, route: &str) -> InProgress {
        InProgress::at(self.endpoint(Protocol::Rest, known(method), route))
    }

    /// A gRPC call begins. Callers may ask for any path: one that was not answered before is
    /// counted as unknown unless it is [answered](Self::answered_grpc).
    pub(crate) fn begin_grpc(&self, path: &str) -> InProgress {
        let endpoint = self.find(Protocol::Grpc, "POST", path);
        InProgress::at(
            endpoint.unwrap_or_else(|| self.endpoint(Protocol::Grpc, "POST", "(unknown)")),
        )
    }

    /// The call had a method to answer it, so its path may be a label from now on.
    pub(crate) fn answered_grpc(&self, call: &mut InProgress, path: &str) {
        if call.route() != path {
            call.move_to(self.endpoint(Protocol::Grpc, "POST", path));
        }
    }

    fn endpoint(&self, protocol: Protocol, method: &'static str, route: &str) -> Arc<Endpoint> {
        self.find(protocol, method, route)
            .unwrap_or_else(|| self.insert(protocol, method, route))
    }

    fn find(&self, protocol: Protocol, method: &'static str, route: &str) -> Option<Arc<Endpoint>> {
        let endpoints = contention::read("the metrics of requests", &self.endpoints);
        endpoints.get(&(protocol, method))?.get(route).cloned()
    }

    fn insert(&self, protocol: Protocol, method: &'static str, route: &str) -> Arc<Endpoint> {
        let mut endpoints = self
            .endpoints
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let of_method = endpoints.entry((protocol, method)).or_default();
        let endpoint = of_method.entry(route.into()).or_insert_with_key(|route| {
            let labels = EndpointLabels {
                protocol,
                route: route.clone(),
                method,
            };
            Arc::new(Endpoint {
                answered: self.answered.clone(),
                duration: self.durations.get_or_create_owned(&labels),
                in_progress: self.in_progress.get_or_create_owned(&labels),
                labels,
            })
        });
        endpoint.clone()
    }
}

impl InProgress {
    fn at(endpoint: Arc<Endpoint>) -> Self {
        endpoint.in_progress.inc();
        Self {
            endpoint,
            start: Instant::now(),
            ended: false,
        }
    }

    fn move_to(&mut self, endpoint: Arc<Endpoint>) {
        endpoint.in_progress.inc();
        self.endpoint.in_progress.dec();
        self.endpoint = endpoint;
    }

    /// The route as it is counted.
    pub(crate) fn route(&self) -> &str {
        &self.endpoint.labels.route
    }

    /// Counts the request and says how long it took.
    pub(crate) fn end(mut self, outcome: Outcome) -> Duration {
        self.count(outcome)
    }

    fn count(&mut self, outcome: Outcome) -> Duration {
        self.ended = true;
        let took = self.start.elapsed();
        let endpoint = &*self.endpoint;
        endpoint.in_progress.dec();
        endpoint.duration.observe(took.as_secs_f64());
        let labels = OutcomeLabels {
            endpoint: endpoint.labels.clone(),
            status: outcome,
        };
        endpoint.answered.get_or_create(&labels).inc();
        took
    }
}

impl Drop for InProgress {
    fn drop(&mut self) {
        if !self.ended {
            self.count(Outcome::HungUp);
        }
    }
}

/// Methods are whatever the caller writes; those that no route has share a label.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "(other)",
    }
}

impl Outcome {
    /// What metrics and logs call it.
    pub(crate) fn text(self) -> Cow<'static, str> {
        match self {
            Self::Rest(status) => status.as_u16().to_string().into(),
            Self::Grpc(Code::Ok) => "OK".into(),
            Self::Grpc(code) => format!("{code:?}").into(),
            Self::HungUp => "hung-up".into(),
        }
    }
}

impl EncodeLabelValue for Outcome {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), fmt::Error> {
        EncodeLabelValue::encode(&self.text(), encoder)
    }
}

impl EncodeLabelValue for Protocol {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), fmt::Error> {
        let text = match self {
            Self::Rest => "rest",
            Self::Grpc => "grpc",
        };
        EncodeLabelValue::encode(&text, encoder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counting_allocates_nothing_once_the_endpoint_is_known() {
        let metrics = RequestMetrics::register(&mut Registry::default());
        let route = "/challenge/v1/challenges/{challenge}/goals/{goal}/claim";
        let path = "/brunt.events.v1.StatItemUpdatedEvents/OnMessage";
        let count = || {
            let request = metrics.begin_rest(&Method::POST, route);
            request.end(Outcome::Rest(StatusCode::OK));
            let mut call = metrics.begin_grpc(path);
            metrics.answered_grpc(&mut call, path);
            call.end(Outcome::Grpc(Code::Ok));
        };
        let first = allocation_counter::measure(count);
        assert!(first.count_total > 0, "the counter counts");
        let later = allocation_counter::measure(|| (0..1000).for_each(|_| count()));
        assert_eq!(later.count_total, 0);
    }
}
