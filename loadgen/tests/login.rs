//! Runs that log in first, and what their records keep to themselves.

#![allow(clippy::unwrap_used)]

mod support;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use brunt_loadgen::{Scenario, run};
use brunt_record::Record;
use support::{options, record_of, run_in};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

const SECRET: &str = "hunter2";

/// Gives `hunter2-USER` for a login; whatever else needs it.
async fn service() -> (SocketAddr, Arc<AtomicU64>) {
    let logins = Arc::new(AtomicU64::new(0));
    let login = async |State(logins): State<Arc<AtomicU64>>, user: String| {
        logins.fetch_add(1, Ordering::SeqCst);
        format!(r#"{{"token": "{SECRET}-{user}"}}"#)
    };
    let me = async |headers: HeaderMap| {
        let token = headers["authorization"].to_str().unwrap();
        let user = headers["x-user"].to_str().unwrap();
        if token == format!("Bearer {SECRET}-{user}") {
            (StatusCode::OK, token.to_owned())
        } else {
            (StatusCode::UNAUTHORIZED, token.to_owned())
        }
    };
    let app = Router::new()
        .route("/login", post(login))
        .route("/me", get(me))
        .with_state(Arc::clone(&logins));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    (address, logins)
}

fn scenario(address: SocketAddr, once_per: &str, login: &str) -> String {
    format!(
        r#"format = 1
name = "test"
bearer = "${{login.token}}"
[addresses]
http = "http://{address}"
[users]
count = 7
[login]
action = "sign-in"
once_per = "{once_per}"
[actions.sign-in]
{login}
user = "each"
extract = {{ token = "$.token" }}
[actions.me]
http = "GET /me"
headers = {{ x-user = "${{user}}" }}
[actions.read]
http = "GET /me"
headers = {{ x-user = "${{user}}" }}
checks = {{ json = ["$.id"] }}
[[stages]]
name = "load"
duration = "1s"
[[stages.streams]]
name = "main"
rate = "40/s"
mix = {{ me = 1, read = 1 }}
"#
    )
}

const LOGIN: &str = "http = \"POST /login\"\ntext = \"${user}\"";

/// Does any file below `folder` hold the secret?
fn holds_secret(folder: &Path) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return holds_secret(&path);
        }
        let bytes = std::fs::read(&path).unwrap();
        bytes
            .windows(SECRET.len())
            .any(|part| part == SECRET.as_bytes())
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn every_user_logs_in_once_and_no_token_is_recorded() {
    let (address, logins) = service().await;
    let temp = tempfile::tempdir().unwrap();
    let text = scenario(address, "user", LOGIN);
    let record = record_of(temp.path(), &text, CancellationToken::new()).await;
    assert_eq!(logins.load(Ordering::SeqCst), 7);
    let total = |name: &str| {
        let mut totals = record.manifest.totals.iter();
        totals.find(|total| total.action == name).unwrap()
    };
    assert_eq!(total("me").ok, 20, "{:?}", total("me"));
    assert_eq!(total("read").failures["check-json"], 20);
    assert_eq!(record.errors[0].message, "expected JSON, the body is none");
    assert!(!holds_secret(temp.path()));
}

/// As of the runs in turns on a service that is there: users of the first run are used up.
#[tokio::test(flavor = "multi_thread")]
async fn the_users_of_a_later_run_log_in_and_its_rows_begin_with_the_first() {
    let (address, logins) = service().await;
    let temp = tempfile::tempdir().unwrap();
    std::fs::write(temp.path().join("seats.csv"), "n\n1\n2\n3\n4\n5\n6\n7\n").unwrap();
    let text = scenario(address, "user", LOGIN)
        .replace("http = \"GET /me\"\nheaders = { x-user = \"${user}\" }\n[", "http = \"GET /me?seat=${seats.n}\"\nheaders = { x-user = \"${user}\" }\nuser = \"each\"\n[")
        .replace("[login]", "[data.seats]\nfile = \"seats.csv\"\npick = \"unique\"\n[login]")
        .replace("40/s", "7/s")
        .replace("{ me = 1, read = 1 }", "{ me = 1 }");
    let mut scenario = Scenario::parse(&temp.path().join("test.toml"), &text).unwrap();
    for runs in 1..=3 {
        let stop = CancellationToken::new();
        let outcome = run(&scenario, &text, options(temp.path()), stop, |_| {}).await;
        let record = Record::open(&outcome.unwrap().dir).unwrap();
        let me = &record.manifest.totals[0];
        assert_eq!((&*me.action, me.ok), ("me", 7), "{:?}", record.errors);
        assert_eq!(logins.load(Ordering::SeqCst), 7 * runs);
        assert!(scenario.uses_up(0));
        scenario.first_ordinal = scenario.next_ordinal();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_login_can_be_for_all() {
    let (address, logins) = service().await;
    let temp = tempfile::tempdir().unwrap();
    let text = scenario(address, "run", LOGIN);
    let record = record_of(temp.path(), &text, CancellationToken::new()).await;
    assert_eq!(logins.load(Ordering::SeqCst), 1);
    // The token is that of user 0, so that the service refuses it for others.
    let me = &record.manifest.totals[0];
    assert_eq!(me.ok + me.failures["http-401"], 20, "{me:?}");
    assert!(!holds_secret(temp.path()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_fails_ends_the_run_before_it_begins() {
    let (address, _) = service().await;
    let temp = tempfile::tempdir().unwrap();
    let text = scenario(address, "user", "http = \"POST /nowhere\"");
    let error = run_in(temp.path(), &text, CancellationToken::new())
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("login: action \"sign-in\" failed for user "),
        "{error}"
    );
    assert!(error.contains("http-404: HTTP 404 Not Found"), "{error}");
    assert_eq!(std::fs::read_dir(temp.path()).unwrap().count(), 0);
}
