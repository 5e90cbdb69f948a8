//! A service on free ports, with a reward mock, and a client for it.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "every test file uses another part"
)]

pub mod advance;
pub mod binary;
pub mod database;
pub mod events;
pub mod grpc;
pub mod held_rewards;
pub mod player;
pub mod players;
pub mod pprof;
pub mod redis;
pub mod rows;

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use challenge_service::app::{App, Live};
use challenge_service::instant::Instant;
use challenge_service::latency_law::LatencyLaw;
use challenge_service::rewards::{Mock, MockArgs};
use challenge_service::rule::{Change, MAX_PROGRESS};
use challenge_service::service::{Addresses, Service};
use challenge_service::settings::Settings;
use challenge_service::store::{Assignment, Store};
use http::HeaderMap;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// A service that runs in this process until it is dropped.
pub struct Running {
    pub addresses: Addresses,
    pub app: App,
    pub live: Live,
    pub stop: CancellationToken,
    pub done: tokio::task::JoinHandle<()>,
    pub rewards: MockAddresses,
    _directory: TempDir,
}

/// Settings that bind free ports and keep the database in `directory`.
pub fn settings(directory: &Path) -> Settings {
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    Settings {
        database: format!("sqlite:{}", directory.join("challenge.db").display()).into(),
        http: any,
        grpc: any,
        admin: any,
        // Nothing listens there.
        reward_url: "http://127.0.0.1:1".into(),
        allow_mock_user: true,
        ..Settings::of_phase("phase9").unwrap()
    }
}

/// Writes a phase file: phase9, but for these keys. Returns its path.
pub fn phase(directory: &Path, changes: &[(&str, toml::Value)]) -> String {
    let mut phase = toml::Table::new();
    phase.insert("base".into(), "phase9".into());
    phase.extend(changes.iter().map(|(k, v)| ((*k).to_owned(), v.clone())));
    let path = directory.join("phase.toml");
    std::fs::write(&path, phase.to_string()).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Where a reward mock listens.
#[derive(Debug, Clone, Copy)]
pub struct MockAddresses {
    pub grants: SocketAddr,
    pub admin: SocketAddr,
}

/// A reward mock on free ports, until `stop` is cancelled.
pub async fn mock(change: impl FnOnce(&mut MockArgs), stop: &CancellationToken) -> MockAddresses {
    let mut args = MockArgs::on_free_ports();
    args.behaviour.latency = LatencyLaw::Fixed(Duration::ZERO);
    change(&mut args);
    let mock = Mock::bind(args).await.unwrap();
    let addresses = MockAddresses {
        grants: mock.address,
        admin: mock.admin_address,
    };
    let stop = stop.clone().cancelled_owned();
    tokio::spawn(async move { mock.run(stop).await.unwrap() });
    addresses
}

/// A reward mock that answers after this long, until `stop` is cancelled.
pub async fn reward_mock(latency: Duration, stop: &CancellationToken) -> MockAddresses {
    let behave = |args: &mut MockArgs| args.behaviour.latency = LatencyLaw::Fixed(latency);
    mock(behave, stop).await
}

impl MockAddresses {
    /// The base URL for the service.
    pub fn url(&self) -> String {
        format!("http://{}", self.grants)
    }

    /// What the admin address answers there.
    pub async fn tell(&self, path: &str) -> Value {
        send("GET", &format!("http://{}{path}", self.admin), &[], None)
            .await
            .json()
    }

    /// One of the totals since the start.
    pub async fn total(&self, name: &str) -> u64 {
        let counts = self.tell("/counts").await;
        counts["totals"][name].as_u64().unwrap()
    }
}

/// A service with its mock, after `change` had its say about the settings.
pub async fn start(change: impl FnOnce(&mut Settings)) -> Running {
    let directory = tempfile::tempdir().unwrap();
    let stop = CancellationToken::new();
    let rewards = reward_mock(Duration::from_millis(20), &stop).await;
    let mut settings = settings(directory.path());
    settings.reward_url = rewards.url().into();
    change(&mut settings);
    let service = Service::bind(settings).await.unwrap();
    let (addresses, live) = (service.addresses, service.app.clone());
    let stopping = stop.clone().cancelled_owned();
    let done = tokio::spawn(async move { service.run(stopping).await.unwrap() });
    Running {
        addresses,
        app: live.now(),
        live,
        stop,
        done,
        rewards,
        _directory: directory,
    }
}

/// Activates a goal that wants an absolute value, and completes it.
pub async fn complete(service: &Running, user: &str, challenge: &str, goal: &str) {
    complete_in(&service.app.store, user, challenge, goal).await;
}

/// The same past the service.
pub async fn complete_in(store: &Store, user: &str, challenge: &str, goal: &str) {
    let now = Instant::now();
    let active = Assignment {
        goal_id: goal.into(),
        challenge_id: challenge.into(),
        is_active: true,
        expires_at: None,
    };
    store.set_active(user, "test", &active, now).await.unwrap();
    let reached = [(goal, Change::Set(MAX_PROGRESS))];
    assert_eq!(advance::advance(store, user, &reached, 1, now).await, 1);
}

/// What a server answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub content_type: String,
    pub body: Bytes,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The `code` of a problem, checked for form.
    pub fn problem(&self) -> (u16, String) {
        assert_eq!(self.content_type, "application/problem+json", "{self:?}");
        let body = self.json();
        assert_eq!(body["status"], self.status, "{body}");
        for field in ["type", "title", "detail"] {
            assert!(
                body[field].as_str().is_some_and(|text| !text.is_empty()),
                "{body}"
            );
        }
        (self.status, body["code"].as_str().unwrap().to_owned())
    }
}

/// Sends one request and reads the answer to its end.
pub async fn send(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: Option<&Value>,
) -> Answer {
    try_send(method, url, headers, body).await.unwrap()
}

/// The same with a server that may die; nothing if it did.
pub async fn try_send(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: Option<&Value>,
) -> Option<Answer> {
    let client: Client<HttpConnector, Full<Bytes>> =
        Client::builder(TokioExecutor::new()).build_http();
    let mut request = http::Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = match body {
        Some(body) => {
            request = request.header("content-type", "application/json");
            Bytes::from(body.to_string())
        }
        None => Bytes::new(),
    };
    let response = client
        .request(request.body(Full::from(body)).unwrap())
        .await
        .ok()?;
    let content_type = response
        .headers()
        .get("content-type")
        .map_or_else(String::new, |kind| kind.to_str().unwrap().to_owned());
    Some(Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        content_type,
        body: response.into_body().collect().await.ok()?.to_bytes(),
    })
}

impl Running {
    /// Where players and their events go.
    pub fn game(&self) -> players::Game {
        players::Game {
            http: self.addresses.http.to_string(),
            grpc: self.addresses.grpc.to_string(),
        }
    }

    /// Sends a request of this player to the REST interface.
    pub async fn call(&self, method: &str, path: &str, user: &str, body: Option<&Value>) -> Answer {
        let url = format!("http://{}{path}", self.addresses.http);
        send(method, &url, &[("x-mock-user", user)], body).await
    }

    /// Has these faults, and no others, from now on.
    pub async fn set_faults(&self, faults: &[&str]) {
        let url = format!("http://{}/debug/faults", self.addresses.admin);
        let body = serde_json::json!({ "faults": faults });
        let answer = send("PUT", &url, &[], Some(&body)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    /// As an operator does who has deleted rows.
    pub async fn clear_cache(&self) {
        let url = format!("http://{}/admin/cache/clear", self.addresses.admin);
        let answer = send("POST", &url, &[], None).await;
        assert_eq!(answer.status, 204, "{answer:?}");
    }

    /// The value of one line of the metrics.
    pub async fn metric(&self, line: &str) -> u64 {
        let answer = self.call("GET", "/metrics", "", None).await;
        let text = String::from_utf8(answer.body.to_vec()).unwrap();
        let value = text
            .lines()
            .find_map(|found| found.strip_prefix(line)?.strip_prefix(' '))
            .unwrap_or_else(|| panic!("no {line} in\n{text}"));
        value.parse().unwrap()
    }

    /// How many rewards the mock granted.
    pub async fn granted(&self) -> u64 {
        self.rewards.total("granted").await
    }
}
