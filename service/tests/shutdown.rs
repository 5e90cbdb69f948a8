//! The real binary, told to stop.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod support;

use std::io::Read as _;
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::Duration;

use axum::Router;
use axum::routing::post;
use challenge_service::grpc::events_v1::StatItemUpdated;
use challenge_service::grpc::events_v1::stat_item_updated_events_client::StatItemUpdatedEventsClient;
use serde_json::json;
use support::binary::Binary;
use support::database::Database;
use support::events::{Events, initialise};
use support::{Answer, grpc, send};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_stream::StreamExt as _;
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;

const PATIENCE: Duration = Duration::from_mins(1);
const GOAL: &str = "/challenge/v1/challenges/challenge-01/goals/goal-01-50";

/// A reward platform that answers nobody until the gate is open.
async fn gated_rewards() -> (SocketAddr, watch::Sender<bool>) {
    let (gate, opened) = watch::channel(false);
    let grant = async move || {
        let mut opened = opened;
        opened.wait_for(|open| *open).await.unwrap();
        (http::StatusCode::CREATED, "{}")
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router: Router = Router::new().route("/v1/grants", post(grant));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, gate)
}

/// A service whose claims wait for the gate.
struct Gated {
    service: Binary,
    gate: watch::Sender<bool>,
    _directory: TempDir,
}

impl Gated {
    async fn start(arguments: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let database = format!("sqlite:{}", directory.path().join("challenge.db").display());
        let (rewards, gate) = gated_rewards().await;
        let rewards = format!("http://{rewards}");
        let mut all = vec!["--reward-url", &rewards];
        all.extend(arguments);
        Self {
            service: Binary::start(&database, &all),
            gate,
            _directory: directory,
        }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.service.field("http"))
    }

    async fn grpc(&self) -> Channel {
        let url = format!("http://{}", self.service.field("grpc"));
        Channel::from_shared(url).unwrap().connect().await.unwrap()
    }

    async fn complete(&self, user: &str) {
        let on = json!({ "isActive": true });
        let url = self.url(&format!("{GOAL}/active"));
        let answer = send("PUT", &url, &[("x-mock-user", user)], Some(&on)).await;
        assert_eq!(answer.status, 200);
        let event = StatItemUpdated {
            id: format!("event-{user}"),
            namespace: "test".into(),
            user_id: user.into(),
            stat_code: "stat-50".into(),
            value: 100.0,
            inc: 1.0,
        };
        let mut events = StatItemUpdatedEventsClient::new(self.grpc().await);
        events.on_message(event).await.unwrap();
    }

    fn claim(&self, user: &str) -> tokio::task::JoinHandle<Answer> {
        let (url, user) = (self.url(&format!("{GOAL}/claim")), user.to_owned());
        tokio::spawn(async move { send("POST", &url, &[("x-mock-user", &user)], None).await })
    }

    /// Waits until so many claims over REST, and so many over gRPC, are in progress.
    async fn until_claims(&self, rest: usize, grpc: usize) {
        let url = self.url("/metrics");
        until(async || {
            let text = send("GET", &url, &[], None).await.body;
            let text = String::from_utf8(text.to_vec()).unwrap();
            let in_progress = |route: &str, count: usize| {
                let value = format!("{route}\",method=\"POST\"}} {count}");
                let mut lines = text.lines();
                lines
                    .any(|l| l.starts_with("challenge_requests_in_progress") && l.ends_with(&value))
            };
            in_progress("/claim", rest) && (grpc == 0 || in_progress("(unknown)", grpc))
        })
        .await;
    }

    fn tell_to_stop(&self) {
        let pid = self.service.child.id().to_string();
        assert!(Command::new("kill").arg(pid).status().unwrap().success());
    }

    /// The code with which it ended, and the rest of its log.
    fn ended(&mut self) -> (Option<i32>, String) {
        let code = self.service.child.wait().unwrap().code();
        let mut log = String::new();
        self.service.log.read_to_string(&mut log).unwrap();
        (code, log)
    }
}

async fn until(mut holds: impl AsyncFnMut() -> bool) {
    let wait = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.unwrap();
}

#[tokio::test]
async fn requests_in_flight_are_answered_and_new_ones_turned_away() {
    const CLAIMS: usize = 20;
    let mut service = Gated::start(&[]).await;
    let channel = service.grpc().await;
    let users: Vec<_> = (0..CLAIMS).map(|n| format!("user-{n}")).collect();
    for user in users.iter().map(String::as_str).chain(["by-grpc"]) {
        service.complete(user).await;
    }
    let mut idle = TcpStream::connect(service.service.field("http"))
        .await
        .unwrap();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: challenge\r\n\r\n")
        .await
        .unwrap();
    let mut answered = [0; 15];
    idle.read_exact(&mut answered).await.unwrap();
    assert_eq!(&answered, b"HTTP/1.1 200 OK");

    let claims: Vec<_> = users.iter().map(|user| service.claim(user)).collect();
    let call = tokio::spawn(async move {
        let asked = json!({ "challengeId": "challenge-01", "goalId": "goal-01-50" });
        grpc::call(&channel, Some("by-grpc"), "ClaimGoal", &asked).await
    });
    service.until_claims(CLAIMS, 1).await;
    service.tell_to_stop();

    for name in ["http", "grpc"] {
        let address = service.service.field(name);
        until(async || TcpStream::connect(&address).await.is_err()).await;
    }
    // Closed, though its caller would have kept it.
    let mut rest = Vec::new();
    tokio::time::timeout(PATIENCE, idle.read_to_end(&mut rest))
        .await
        .unwrap()
        .unwrap();
    assert!(claims.iter().all(|claim| !claim.is_finished()));

    service.gate.send(true).unwrap();
    for claim in claims {
        let answer = claim.await.unwrap();
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.json()["status"], "claimed");
        assert_eq!(answer.headers["connection"], "close");
    }
    assert_eq!(call.await.unwrap().unwrap()["goalId"], "goal-01-50");
    let (code, log) = service.ended();
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("challenge service stopped"), "{log}");
}

/// Threads of their own: the callers are at work while the test waits for the end of the process.
#[tokio::test(flavor = "multi_thread")]
async fn streams_that_are_open_end_with_it() {
    let mut service = Gated::start(&["--shutdown-timeout", "1m"]).await;
    let channel = service.grpc().await;
    let mut health = HealthClient::new(channel.clone());
    let whole = HealthCheckRequest::default();
    let mut watched = health.watch(whole).await.unwrap().into_inner();
    watched.message().await.unwrap().unwrap();
    let asked = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let asking = tokio_stream::once(asked).chain(tokio_stream::pending());
    let mut reflection = ServerReflectionClient::new(channel);
    let answers = reflection.server_reflection_info(asking).await;
    let mut answers = answers.unwrap().into_inner();
    answers.message().await.unwrap().unwrap();

    service.tell_to_stop();
    assert_eq!(answers.message().await.unwrap(), None);
    drop((watched, answers, health, reflection));
    let (code, log) = service.ended();
    assert_eq!(code, Some(0), "{log}");
}

/// A database that does not answer is tried for half a minute; nobody has to wait for that.
#[test]
fn it_can_be_stopped_while_it_starts() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    let database = format!("postgres://ann@{address}/challenge");
    let mut child = Command::new(env!("CARGO_BIN_EXE_challenge-service"))
        .args(["--database", &database])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // It connects, and so has begun.
    let _connection = silent.accept().unwrap();
    let pid = child.id().to_string();
    assert!(Command::new("kill").arg(pid).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[tokio::test]
async fn it_is_not_ready_before_it_stops_serving() {
    let mut service = Gated::start(&["--shutdown-delay", "1h"]).await;
    let ready = service.url("/readyz");
    assert_eq!(send("GET", &ready, &[], None).await.status, 200);
    service.tell_to_stop();
    until(async || send("GET", &ready, &[], None).await.status == 503).await;
    let list = service.url("/challenge/v1/challenges");
    let answer = send("GET", &list, &[("x-mock-user", "ann")], None).await;
    assert_eq!(answer.status, 200, "still served");
    service.tell_to_stop();
    let (code, log) = service.ended();
    assert_eq!(code, Some(2), "{log}");
    assert!(log.contains("a second signal to stop"), "{log}");
}

#[tokio::test]
async fn what_takes_too_long_is_left() {
    let mut service = Gated::start(&["--shutdown-timeout", "100ms"]).await;
    service.complete("ann").await;
    let claim = service.claim("ann");
    service.until_claims(1, 0).await;
    service.tell_to_stop();
    let (code, log) = service.ended();
    assert_eq!(code, Some(2), "{log}");
    assert!(log.contains("shutdown_timeout passed"), "{log}");
    // Nothing came: the caller knows that it does not know.
    assert!(claim.await.unwrap_err().is_panic());
}

#[tokio::test]
async fn acknowledged_events_that_are_left_are_counted() {
    let database = Database::sqlite();
    let mut service = Gated {
        service: Binary::start(
            &database.url,
            &["--events", "write-behind", "--shutdown-timeout", "100ms"],
        ),
        gate: watch::channel(false).0,
        _directory: tempfile::tempdir().unwrap(),
    };
    initialise(&service.service.field("http"), "ann").await;
    let mut events = Events::connect(&service.service.field("grpc")).await;
    // One of them is being written while the others wait.
    let _locked = database.lock().await;
    for _ in 0..3 {
        events.add_one("ann", "").await.unwrap();
    }
    service.tell_to_stop();
    let (code, log) = service.ended();
    assert_eq!(code, Some(2), "{log}");
    let lost = log
        .lines()
        .find(|line| line.contains("acknowledged are lost"));
    let lost = lost.unwrap_or_else(|| panic!("{log}"));
    assert!(
        lost.contains("ERROR") && lost.contains("events=3"),
        "{lost}"
    );
}
