//! Faults on purpose, each seen through a running service.
//!
//! Times are held against what was injected, from below: a slow machine only adds to them.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod support;

use std::time::{Duration, Instant};

use challenge_service::grpc::events_v1::UserLoggedIn;
use challenge_service::grpc::events_v1::user_logged_in_events_client::UserLoggedInEventsClient;
use challenge_service::throwaway::Postgres;
use serde_json::{Value, json};
use support::binary::Binary;
use support::{Answer, Running, grpc, send, start};
use tokio::task::JoinSet;

const LIST: &str = "/challenge/v1/challenges";
const INITIALIZE: &str = "/challenge/v1/challenges/initialize";

fn faults_url(admin: impl std::fmt::Display) -> String {
    format!("http://{admin}/debug/faults")
}

async fn put(service: &Running, faults: &[&str]) -> Answer {
    let url = faults_url(service.addresses.admin);
    send("PUT", &url, &[], Some(&json!({ "faults": faults }))).await
}

async fn off(service: &Running) {
    let url = faults_url(service.addresses.admin);
    let answer = send("DELETE", &url, &[], None).await;
    assert_eq!(answer.json(), json!({ "faults": [] }));
}

/// What the first fault did.
async fn first(admin: impl std::fmt::Display) -> Value {
    let view = send("GET", &faults_url(admin), &[], None).await.json();
    view["faults"][0].clone()
}

async fn hits(service: &Running) -> u64 {
    first(service.addresses.admin).await["hits"]
        .as_u64()
        .unwrap()
}

async fn list(service: &Running) -> Answer {
    service.call("GET", LIST, "ann", None).await
}

async fn log_in(service: &Running) -> Result<(), tonic::Status> {
    let url = format!("http://{}", service.addresses.grpc);
    let mut client = UserLoggedInEventsClient::connect(url).await.unwrap();
    let event = UserLoggedIn {
        id: uuid::Uuid::new_v4().to_string(),
        namespace: "test".into(),
        user_id: "ann".into(),
    };
    client.on_message(event).await.map(|_| ())
}

#[tokio::test]
async fn latency_is_added_to_the_requests_it_is_for() {
    let injected = Duration::from_millis(250);
    let service = start(|_| ()).await;
    service
        .set_faults(&[&format!("latency=250ms,on={INITIALIZE}")])
        .await;
    let before = Instant::now();
    assert_eq!(
        service.call("POST", INITIALIZE, "ann", None).await.status,
        200
    );
    assert!(before.elapsed() >= injected, "{:?}", before.elapsed());
    assert_eq!(hits(&service).await, 1);
    assert_eq!(list(&service).await.status, 200);
    log_in(&service).await.unwrap();
    assert_eq!(hits(&service).await, 1, "others are left alone");
    // The service's own metrics have it as well.
    let url = format!("http://{}/metrics", service.addresses.http);
    let metrics = send("GET", &url, &[], None).await;
    let metrics = String::from_utf8(metrics.body.to_vec()).unwrap();
    let sum = metrics
        .lines()
        .find(|line| line.contains("duration_seconds_sum") && line.contains("initialize"))
        .and_then(|line| line.rsplit(' ').next())
        .unwrap();
    assert!(
        sum.parse::<f64>().unwrap() >= injected.as_secs_f64(),
        "{sum}"
    );

    service
        .set_faults(&["latency=250ms,on=/brunt.events.v1.*"])
        .await;
    let before = Instant::now();
    log_in(&service).await.unwrap();
    assert!(before.elapsed() >= injected, "{:?}", before.elapsed());
    assert_eq!(hits(&service).await, 1);
    off(&service).await;
}

#[tokio::test]
async fn latency_of_the_store_is_in_whatever_asks_it() {
    let service = start(|_| ()).await;
    service.set_faults(&["latency=200ms,on=store"]).await;
    let before = Instant::now();
    assert_eq!(list(&service).await.status, 200);
    assert!(before.elapsed() >= Duration::from_millis(200));
    assert!(hits(&service).await >= 1);
    off(&service).await;
    assert_eq!(list(&service).await.status, 200);
    assert_eq!(first(service.addresses.admin).await, Value::Null);
}

#[tokio::test]
async fn a_share_of_the_requests_is_refused() {
    let service = start(|_| ()).await;
    service.set_faults(&["error=503,share=30%"]).await;
    let mut refused = 0;
    for _ in 0..100 {
        let answer = list(&service).await;
        if answer.status != 200 {
            assert_eq!(answer.problem(), (503, "INJECTED_FAULT".into()));
            refused += 1;
        }
    }
    assert_eq!(hits(&service).await, refused);
    // 30 expected, standard deviation 4.6, and the same in every run.
    assert!((15..45).contains(&refused), "{refused}");

    service.set_faults(&["error=429"]).await;
    assert_eq!(list(&service).await.status, 429);
    let refused = log_in(&service).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::ResourceExhausted);
    let channel = grpc::connect(&service).await;
    let all = json!({});
    let listing = grpc::call(&channel, Some("ann"), "ListChallenges", &all);
    let refused = listing.await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::ResourceExhausted);
    assert_eq!(grpc::reason(&refused), "INJECTED_FAULT");
    // Whatever callers ask for is no label.
    let nobody = "/brunt.nobody.v1.Service/Call".parse().unwrap();
    let mut unknown = tonic::client::Grpc::new(channel);
    unknown.ready().await.unwrap();
    let codec = tonic_prost::ProstCodec::<(), ()>::default();
    let unary = unknown.unary(tonic::Request::new(()), nobody, codec);
    let refused = unary.await.unwrap_err();
    assert_eq!(grpc::reason(&refused), "INJECTED_FAULT");
    let metrics = service.app.metrics.text().unwrap();
    assert!(!metrics.contains("nobody"), "{metrics}");
    for path in ["healthz", "metrics"] {
        let url = format!("http://{}/{path}", service.addresses.http);
        assert_eq!(send("GET", &url, &[], None).await.status, 200, "{path}");
    }
    off(&service).await;
    assert_eq!(list(&service).await.status, 200);
    log_in(&service).await.unwrap();
}

#[tokio::test]
async fn faults_are_switched_on_at_start() {
    let service = start(|settings| settings.faults = vec!["error=500".parse().unwrap()]).await;
    assert_eq!(
        list(&service).await.problem(),
        (500, "INJECTED_FAULT".into())
    );
}

#[tokio::test]
async fn all_mistakes_are_told_and_nothing_changes() {
    let service = start(|_| ()).await;
    service.set_faults(&["error=500"]).await;
    let wrong = ["latency=soon", "slow=1s", "cpu=5ms,share=2"];
    let answer = put(&service, &wrong).await;
    assert_eq!(answer.problem(), (400, "BAD_REQUEST".into()));
    let detail = answer.json()["detail"].to_string();
    for fault in wrong {
        assert!(detail.contains(fault), "{detail}");
    }
    for (faults, expected) in [
        (&["pool=1000"][..], "the pool has 8 connections, not 1000"),
        (&["lock=advisory,hold=1ms"], "SQLite has none"),
        (&["pool=5", "pool=4"], "8 connections, not 9 together"),
    ] {
        let answer = put(&service, faults).await;
        assert_eq!(answer.status, 400);
        let detail = answer.json()["detail"].to_string();
        assert!(detail.contains(expected), "{detail}");
    }
    assert_eq!(first(service.addresses.admin).await["fault"], "error=500");
    // Players have no say.
    let url = faults_url(service.addresses.http);
    assert_eq!(send("GET", &url, &[], None).await.status, 404);
    let none = json!({ "faults": [] });
    assert_eq!(send("PUT", &url, &[], Some(&none)).await.status, 404);
    assert_eq!(list(&service).await.status, 500);
}

#[tokio::test]
async fn where_connections_cannot_be_had_the_faults_of_before_stay() {
    let service = start(|settings| {
        settings.phase.switches.pool_timeout = Duration::from_secs(1);
    })
    .await;
    service.set_faults(&["error=500"]).await;
    let others = service.app.store.hold_connections(8).await.unwrap();
    let answer = put(&service, &["pool=1"]).await;
    assert_eq!(answer.problem(), (503, "UNAVAILABLE".into()));
    assert_eq!(first(service.addresses.admin).await["fault"], "error=500");
    assert_eq!(list(&service).await.status, 500);
    drop(others);

    // Its own connections are in nobody's way.
    for faults in [
        &["pool=8,for=1h"][..],
        &["pool=8,for=1h"],
        &["pool=3,for=1h", "pool=5,for=1h"],
    ] {
        assert_eq!(put(&service, faults).await.status, 200, "{faults:?}");
        assert_eq!(list(&service).await.status, 503);
    }
    service.set_faults(&["pool=2,for=1h"]).await;
    assert_eq!(list(&service).await.status, 200);
    off(&service).await;
}

/// So many requests at once, spread over the services; how long until the last is answered.
async fn together(services: &[&Running], count: usize) -> Duration {
    let before = Instant::now();
    let mut requests = JoinSet::new();
    for n in 0..count {
        let url = format!(
            "http://{}{LIST}",
            services[n % services.len()].addresses.http
        );
        requests.spawn(async move { send("GET", &url, &[("x-mock-user", "ann")], None).await });
    }
    for answer in requests.join_all().await {
        assert_eq!(answer.status, 200);
    }
    before.elapsed()
}

#[tokio::test]
async fn requests_stand_in_line_for_a_mutex() {
    let service = start(|_| ()).await;
    service.set_faults(&["lock=mutex,hold=60ms"]).await;
    let took = together(&[&service], 5).await;
    assert!(took >= Duration::from_millis(300), "{took:?}");
    assert_eq!(hits(&service).await, 5);
}

#[tokio::test]
async fn a_pool_of_sqlite_runs_dry() {
    let service = start(|_| ()).await;
    pool_runs_dry(&service, 8).await;
    service.stop.cancel();
    service.done.await.unwrap();
}

async fn pool_runs_dry(service: &Running, connections: u32) {
    let before = Instant::now();
    service
        .set_faults(&[&format!("pool={connections},for=700ms")])
        .await;
    assert_eq!(list(service).await.status, 200);
    // Nobody had a connection before the time was over.
    assert!(before.elapsed() >= Duration::from_millis(700));
    // Let go before the time is over: by the operator, and by the end of the service, which would
    // wait for its connections for an hour.
    service
        .set_faults(&[&format!("pool={connections},for=1h")])
        .await;
    off(service).await;
    assert_eq!(list(service).await.status, 200);
    service
        .set_faults(&[&format!("pool={connections},for=1h")])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres_the_pool_runs_dry_and_an_advisory_lock_is_shared_by_instances() {
    let server = Postgres::start()
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let database = server.create_database("faults").await.unwrap();
    let on_it = || {
        let database = database.clone();
        start(|settings| settings.database = database.into())
    };
    let (one, other) = (on_it().await, on_it().await);
    for service in [&one, &other] {
        service.set_faults(&["lock=advisory,hold=60ms"]).await;
    }
    let took = together(&[&one, &other], 6).await;
    assert!(took >= Duration::from_millis(360), "{took:?}");
    off(&one).await;
    pool_runs_dry(&one, 25).await;
    one.stop.cancel();
    one.done.await.unwrap();
}

/// Memory that the process holds, in bytes.
#[cfg(target_os = "linux")]
fn resident(process: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kib = line.unwrap().split_whitespace().nth(1).unwrap();
    kib.parse::<usize>().unwrap() << 10
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn memory_grows_with_requests_up_to_its_maximum_and_is_given_back() {
    const MIB: usize = 1 << 20;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("challenge.db");
    let fault = ["--faults", "memory=8MiB,max=100MiB"];
    let service = Binary::start(&format!("sqlite:{}", path.display()), &fault);
    let url = format!("http://{}{LIST}", service.field("http"));
    let ask = async |count: usize| {
        for _ in 0..count {
            send("GET", &url, &[("x-mock-user", "ann")], None).await;
        }
        let kept = first(service.field("admin")).await["keptBytes"].clone();
        (
            kept.as_u64().unwrap() as usize,
            resident(service.child.id()),
        )
    };
    let (kept, at_first) = ask(1).await;
    assert_eq!(kept, 8 * MIB);
    let (kept, after) = ask(30).await;
    assert_eq!(kept, 96 * MIB, "the largest multiple of 8 up to 100");
    assert!(after >= at_first + 80 * MIB, "{at_first} -> {after}");
    let url = faults_url(service.field("admin"));
    assert_eq!(send("DELETE", &url, &[], None).await.status, 200);
    let freed = resident(service.child.id());
    assert!(freed + 80 * MIB <= after, "{after} -> {freed}");
}
