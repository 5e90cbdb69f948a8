//! Traces as a collector receives them.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod support;

use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use challenge_service::grpc::events_v1::StatItemUpdated;
use challenge_service::grpc::events_v1::stat_item_updated_events_client::StatItemUpdatedEventsClient;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use serde_json::json;
use support::binary::Binary;
use support::{reward_mock, send};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

const GOAL: &str = "/challenge/v1/challenges/challenge-01/goals/goal-01-50";
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

/// A collector that keeps what it receives.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<ExportTraceServiceRequest>>>);

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        self.0.lock().unwrap().push(request.into_inner());
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

impl Collector {
    /// Listens, and returns its URL.
    fn start(&self) -> String {
        let incoming = TcpIncoming::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let url = format!("http://{}", incoming.local_addr().unwrap());
        let server = tonic::transport::Server::builder()
            .add_service(TraceServiceServer::new(self.clone()))
            .serve_with_incoming(incoming);
        tokio::spawn(server);
        url
    }

    fn spans(&self) -> Vec<Span> {
        let received = self.0.lock().unwrap();
        let resources = received.iter().flat_map(|request| &request.resource_spans);
        let scopes = resources.flat_map(|resource| &resource.scope_spans);
        scopes.flat_map(|scope| scope.spans.clone()).collect()
    }
}

/// A service that sends its traces to a collector, with a completed goal to claim.
struct Traced {
    service: Binary,
    collector: Collector,
    _rewards: CancellationToken,
    _directory: TempDir,
}

impl Traced {
    async fn start(arguments: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let database = format!("sqlite:{}", directory.path().join("challenge.db").display());
        let collector = Collector::default();
        let otlp = collector.start();
        let stop = CancellationToken::new();
        let rewards = reward_mock(Duration::ZERO, &stop).await;
        let rewards = rewards.url();
        let mut all = vec!["--otlp", &otlp, "--reward-url", &rewards];
        all.extend(arguments);
        Self {
            service: Binary::start(&database, &all),
            collector,
            _rewards: stop,
            _directory: directory,
        }
    }

    async fn call(&self, method: &str, path: &str, traceparent: Option<&str>) -> u16 {
        let mut headers = vec![("x-mock-user", "ann")];
        headers.extend(traceparent.map(|parent| ("traceparent", parent)));
        let body = path
            .ends_with("/active")
            .then(|| json!({ "isActive": true }));
        let url = format!("http://{}{path}", self.service.field("http"));
        send(method, &url, &headers, body.as_ref()).await.status
    }

    async fn event(&self, traceparent: &str) {
        let url = format!("http://{}", self.service.field("grpc"));
        let mut events = StatItemUpdatedEventsClient::connect(url).await.unwrap();
        let mut request = Request::new(StatItemUpdated {
            id: "event".into(),
            namespace: "test".into(),
            user_id: "ann".into(),
            stat_code: "stat-50".into(),
            value: 100.0,
            inc: 1.0,
        });
        let metadata = request.metadata_mut();
        metadata.insert("traceparent", traceparent.parse().unwrap());
        events.on_message(request).await.unwrap();
    }

    /// What the collector had when the service had ended, which sends what it has.
    async fn end(mut self) -> Vec<Span> {
        let pid = self.service.child.id().to_string();
        assert!(Command::new("kill").arg(pid).status().unwrap().success());
        // Off the runtime, on which the collector listens.
        let wait = move || self.service.child.wait().unwrap();
        let status = tokio::task::spawn_blocking(wait).await.unwrap();
        assert!(status.success());
        self.collector.spans()
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn traceparent(sampled: bool) -> String {
    format!("00-{TRACE}-{CALLER}-{:02x}", u8::from(sampled))
}

/// The one span of that name in the caller's trace.
fn find<'a>(spans: &'a [Span], name: &str) -> &'a Span {
    let found: Vec<_> = spans.iter().filter(|span| span.name == name).collect();
    let [span] = found[..] else {
        panic!("{name} is there {} times: {spans:#?}", found.len());
    };
    assert_eq!(hex(&span.trace_id), TRACE, "{name}");
    span
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_a_span_of_its_callers_trace_with_its_steps_below() {
    // None of its own accord: what is traced is what the caller wants.
    let service = Traced::start(&["--otlp-sample", "0"]).await;
    let active = format!("{GOAL}/active");
    let claim = format!("{GOAL}/claim");
    let parent = traceparent(true);
    assert_eq!(service.call("PUT", &active, None).await, 200);
    service.event(&parent).await;
    assert_eq!(service.call("POST", &claim, Some(&parent)).await, 200);
    let spans = service.end().await;

    let claim = "POST /challenge/v1/challenges/{challenge}/goals/{goal}/claim";
    let event = "POST /brunt.events.v1.StatItemUpdatedEvents/OnMessage";
    for (name, parent, outcome) in [(claim, CALLER, "200"), (event, CALLER, "OK")] {
        let span = find(&spans, name);
        assert_eq!(hex(&span.parent_span_id), parent, "{name}");
        assert_eq!(span.kind(), SpanKind::Server, "{name}");
        let said = span.attributes.iter().find(|a| a.key == "outcome");
        let said = format!("{:?}", said.unwrap().value);
        assert!(said.contains(&format!("\"{outcome}\"")), "{said}");
    }
    // Also those of the task that finishes the claim should its caller go.
    for (name, parent) in [
        ("store.begin_claim", claim),
        ("reward.grant", claim),
        ("store.finish_claim", claim),
        ("store.advance", event),
    ] {
        let (child, parent) = (find(&spans, name), find(&spans, parent));
        assert_eq!(child.parent_span_id, parent.span_id, "{name}");
        assert!(child.start_time_unix_nano >= parent.start_time_unix_nano);
    }
    let strangers: Vec<_> = spans
        .iter()
        .filter(|span| hex(&span.trace_id) != TRACE)
        .collect();
    assert!(strangers.is_empty(), "{strangers:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_callers_decision_comes_before_the_sample() {
    let service = Traced::start(&["--otlp-sample", "1"]).await;
    let claim = format!("{GOAL}/claim");
    let list = "/challenge/v1/challenges";
    assert_eq!(
        service.call("GET", list, Some(&traceparent(false))).await,
        200
    );
    assert_eq!(service.call("POST", &claim, None).await, 409);
    assert_eq!(
        service.call("GET", "/metrics", Some("not a parent")).await,
        200
    );
    let spans = service.end().await;
    let named = |name: &str| spans.iter().filter(|span| span.name == name).count();
    assert_eq!(named("GET /challenge/v1/challenges"), 0, "{spans:#?}");
    assert_eq!(named("GET /metrics"), 1);
    let claim = spans
        .iter()
        .find(|span| span.name.ends_with("/claim"))
        .unwrap();
    assert!(claim.parent_span_id.is_empty());
    // What cannot be granted is no error of the service.
    let status = claim.status.clone().unwrap_or_default();
    assert_eq!(status.code(), StatusCode::Unset);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_collector_the_service_serves() {
    let directory = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", directory.path().join("challenge.db").display());
    // Nothing listens there.
    let arguments = ["--otlp", "http://127.0.0.1:1", "--otlp-sample", "1"];
    let mut service = Binary::start(&database, &arguments);
    let url = format!("http://{}/challenge/v1/challenges", service.field("http"));
    let answer = send("GET", &url, &[("x-mock-user", "ann")], None).await;
    assert_eq!(answer.status, 200);
    let pid = service.child.id().to_string();
    assert!(Command::new("kill").arg(pid).status().unwrap().success());
    assert_eq!(service.child.wait().unwrap().code(), Some(0));
}
