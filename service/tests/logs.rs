//! What the log says of requests, and what it keeps to itself.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod support;

use std::io::Read as _;
use std::process::Command;

use challenge_service::grpc::events_v1::stat_item_updated_events_client::StatItemUpdatedEventsClient;
use challenge_service::grpc::events_v1::user_logged_in_events_client::UserLoggedInEventsClient;
use challenge_service::grpc::events_v1::{StatItemUpdated, UserLoggedIn};
use challenge_service::throwaway::Postgres;
use serde_json::{Value, json};
use sqlx::SqlitePool;
use support::binary::Binary;
use support::{send, start};
use tonic::transport::Channel;
use tonic::{Code, Request};

const ACTIVE: &str = "/challenge/v1/challenges/challenge-01/goals/goal-01-50/active";
const CLAIM: &str = "/challenge/v1/challenges/challenge-01/goals/goal-01-50/claim";

#[tokio::test]
async fn every_response_has_the_id_of_its_request() {
    let service = start(|_| ()).await;
    let url = |path: &str| format!("http://{}{path}", service.addresses.http);
    let check = async |path: &str, given: Option<&str>, taken: bool| {
        let mut headers = vec![("x-mock-user", "ann")];
        headers.extend(given.map(|id| ("x-request-id", id)));
        let answer = send("GET", &url(path), &headers, None).await;
        let id = answer.headers["x-request-id"].to_str().unwrap().to_owned();
        assert_eq!(given == Some(&id), taken, "{path} {given:?}: {id}");
        assert!(id.len() >= 16, "{id}");
    };
    check("/challenge/v1/challenges", None, false).await;
    check(
        "/challenge/v1/challenges",
        Some("a-caller-chose-this"),
        true,
    )
    .await;
    check(
        "/challenge/v1/challenges",
        Some("two words of somebody"),
        false,
    )
    .await;
    check("/nowhere", Some("a-caller-chose-this"), true).await;

    let address = service.addresses.grpc;
    let channel = Channel::from_shared(format!("http://{address}")).unwrap();
    let mut client = UserLoggedInEventsClient::new(channel.connect().await.unwrap());
    let mut check = async |user: &str, given: Option<&str>| {
        let mut request = Request::new(UserLoggedIn {
            id: "event".into(),
            namespace: "test".into(),
            user_id: user.into(),
        });
        if let Some(id) = given {
            request
                .metadata_mut()
                .insert("x-request-id", id.parse().unwrap());
        }
        let metadata = match client.on_message(request).await {
            Ok(response) => response.metadata().clone(),
            Err(status) => status.metadata().clone(),
        };
        let id = metadata.get("x-request-id").unwrap().to_str().unwrap();
        match given {
            Some(given) => assert_eq!(id, given),
            None => assert_eq!(id.len(), 32, "{id}"),
        }
    };
    check("ann", None).await;
    check("ann", Some("a-caller-chose-this")).await;
    // Refused: the answer has no message, and its metadata all the same.
    check("", Some("a-caller-chose-this")).await;
}

/// A binary that logs JSON, and what it had logged when it was told to stop.
struct Logged {
    service: Binary,
    http: String,
    grpc: String,
    database: String,
    _directory: tempfile::TempDir,
}

impl Logged {
    fn start(arguments: &[&str]) -> Self {
        Self::start_with(arguments, &[])
    }

    fn start_with(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let database = format!("sqlite:{}", directory.path().join("challenge.db").display());
        // Nothing listens at the reward platform's address.
        let mut all = vec!["--log-format", "json", "--reward-url", "http://127.0.0.1:1"];
        all.extend(arguments);
        let service = Binary::start_with(&database, &all, variables);
        let first: Value = serde_json::from_str(&service.ready_line).unwrap();
        Self {
            http: first["http"].as_str().unwrap().to_owned(),
            grpc: first["grpc"].as_str().unwrap().to_owned(),
            service,
            database,
            _directory: directory,
        }
    }

    async fn call(&self, method: &str, path: &str, id: &str, body: Option<&Value>) -> u16 {
        let headers = [
            ("x-mock-user", "ann"),
            ("x-request-id", id),
            ("authorization", "Bearer of-a-secret"),
        ];
        let url = format!("http://{}{path}", self.http);
        send(method, &url, &headers, body).await.status
    }

    async fn events(&self) -> StatItemUpdatedEventsClient<Channel> {
        let url = format!("http://{}", self.grpc);
        StatItemUpdatedEventsClient::connect(url).await.unwrap()
    }

    /// The lines after the first.
    fn stop(mut self) -> Vec<Value> {
        let pid = self.service.child.id().to_string();
        assert!(Command::new("kill").arg(pid).status().unwrap().success());
        assert!(self.service.child.wait().unwrap().success());
        let mut rest = String::new();
        self.service.log.read_to_string(&mut rest).unwrap();
        assert!(!rest.contains("of-a-secret"), "{rest}");
        let parse = |line: &str| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"));
        rest.lines().map(parse).collect()
    }
}

/// The lines about the request of that id.
fn of<'a>(lines: &'a [Value], id: &str) -> Vec<&'a Value> {
    let is_about = |line: &&Value| line["span"]["request_id"] == id;
    lines.iter().filter(is_about).collect()
}

async fn complete_and_claim(service: &Logged) {
    let on = json!({ "isActive": true });
    assert_eq!(
        service.call("PUT", ACTIVE, "activate", Some(&on)).await,
        200
    );
    assert_eq!(service.call("POST", CLAIM, "too-early", None).await, 409);
}

#[cfg(unix)]
#[tokio::test]
async fn only_problems_are_logged_unless_all_is_asked_for() {
    let service = Logged::start(&["--log-requests", "all"]);
    complete_and_claim(&service).await;
    let lines = service.stop();
    let [line] = of(&lines, "activate")[..] else {
        panic!("{lines:#?}");
    };
    assert_eq!(line["message"], "request");
    assert_eq!(line["status"], "200");
    assert_eq!(line["span"]["method"], "PUT");
    let route = "/challenge/v1/challenges/{challenge}/goals/{goal}/active";
    assert_eq!(line["span"]["route"], route);
    assert!(line["duration_ms"].as_f64().is_some_and(|ms| ms > 0.0));
    assert_eq!(of(&lines, "too-early")[0]["status"], "409");

    let service = Logged::start(&[]);
    complete_and_claim(&service).await;
    let lines = service.stop();
    for id in ["activate", "too-early"] {
        assert_eq!(of(&lines, id), [&Value::Null; 0], "{lines:#?}");
    }

    let service = Logged::start(&["--slow-request", "0s"]);
    complete_and_claim(&service).await;
    let lines = service.stop();
    assert_eq!(of(&lines, "activate")[0]["message"], "request was slow");
}

#[cfg(unix)]
#[tokio::test]
async fn a_log_of_warnings_only_has_the_ids_of_requests() {
    // One line more, which says where the service listens.
    let warnings = ("RUST_LOG", "warn,challenge_service::service=info");
    let service = Logged::start_with(&["--slow-request", "0s"], &[warnings]);
    complete_and_claim(&service).await;
    let lines = service.stop();
    for id in ["activate", "too-early"] {
        let [line] = of(&lines, id)[..] else {
            panic!("{lines:#?}");
        };
        assert_eq!(line["message"], "request was slow");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_failure_is_logged_with_the_id_of_its_request() {
    let service = Logged::start(&["--slow-request", "1h"]);
    let on = json!({ "isActive": true });
    assert_eq!(
        service.call("PUT", ACTIVE, "activate", Some(&on)).await,
        200
    );
    complete(&service).await;
    assert_eq!(service.call("POST", CLAIM, "claim", None).await, 502);
    let lines = service.stop();
    let about = of(&lines, "claim");
    let failed = about
        .iter()
        .find(|line| line["message"] == "request failed");
    let failed = failed.unwrap_or_else(|| panic!("{lines:#?}"));
    assert_eq!(failed["status"], "502");
    assert_eq!(failed["level"], "WARN");
}

/// One line a request at most, of which there are so many a second, whatever goes wrong in the database.
#[cfg(unix)]
#[tokio::test]
async fn what_the_database_says_stands_in_the_line_of_the_request() {
    let service = Logged::start(&["--slow-request", "1h"]);
    let on = json!({ "isActive": true });
    assert_eq!(
        service.call("PUT", ACTIVE, "activate", Some(&on)).await,
        200
    );
    let rows = SqlitePool::connect(&service.database).await.unwrap();
    let gone = sqlx::query("drop table user_goal_progress");
    gone.execute(&rows).await.unwrap();
    let mut event = Request::new(event());
    let id = "over-grpc".parse().unwrap();
    event.metadata_mut().insert("x-request-id", id);
    let refused = service.events().await.on_message(event).await.unwrap_err();
    assert_eq!(refused.code(), Code::Internal);
    assert_eq!(service.call("POST", CLAIM, "over-rest", None).await, 500);
    let lines = service.stop();
    for id in ["over-rest", "over-grpc"] {
        let [line] = of(&lines, id)[..] else {
            panic!("{lines:#?}");
        };
        assert_eq!(line["message"], "request failed");
        let error = line["span"]["error"].as_str().unwrap();
        assert!(error.contains("no such table"), "{error}");
    }
}

fn event() -> StatItemUpdated {
    StatItemUpdated {
        id: "event".into(),
        namespace: "test".into(),
        user_id: "ann".into(),
        stat_code: "stat-50".into(),
        value: 100.0,
        inc: 1.0,
    }
}

async fn complete(service: &Logged) {
    service.events().await.on_message(event()).await.unwrap();
}

#[tokio::test]
async fn the_password_of_the_database_is_not_logged() {
    let postgres = Postgres::start().await.unwrap();
    let url = postgres.url();
    let (_, server) = url.split_once('@').unwrap();
    // Wrong, so that the service has something to say about it.
    let url = format!("postgres://postgres:of-a-secret@{server}");
    for format in ["text", "json"] {
        let output = Command::new(env!("CARGO_BIN_EXE_challenge-service"))
            .args(["--log-format", format, "--database", &url])
            .env("RUST_LOG", "trace")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("authentication failed"), "{said}");
        assert!(!said.contains("of-a-secret"), "{said}");
    }
}

#[test]
fn the_password_of_the_reward_platform_is_not_told() {
    for url in [
        "https://ann:of-a-secret@host",
        "ann:of-a-secret@host",
        "of-a-secret",
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_challenge-service"))
            .args(["--reward-url", url])
            .env("RUST_LOG", "trace")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("reward_url is no http:// URL"), "{said}");
        assert!(!said.contains("of-a-secret"), "{said}");
    }
}
