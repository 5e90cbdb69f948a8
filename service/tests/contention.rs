//! Who waited for whom in the service, on its admin address.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod support;

use std::num::NonZeroU32;
use std::time::Duration;

use futures_util::future::join_all;
use support::pprof::Decoded;
use support::{Running, send, start};

const KINDS: [(&str, &str); 2] = [("contentions", "count"), ("delay", "nanoseconds")];
const LOCK: &str = "[wait for the lock of a fault]";
const WRITER: &str = "[wait for the SQLite writer]";
const POOL: &str = "[wait for a database connection]";

async fn contention(service: &Running, query: &str) -> Decoded {
    let admin = service.addresses.admin;
    let url = format!("http://{admin}/debug/pprof/contention{query}");
    let answer = send("GET", &url, &[], None).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    Decoded::of(&answer.body, &KINDS)
}

async fn list(service: &Running, times: usize) {
    let list = || service.call("GET", "/challenge/v1/challenges", "ann", None);
    for answer in join_all((0..times).map(|_| list())).await {
        assert_eq!(answer.status, 200);
    }
}

#[tokio::test]
async fn requests_that_wait_for_each_other_are_counted_with_their_stacks() {
    let service = start(|_| ()).await;
    list(&service, 1).await;
    let quiet = contention(&service, "").await;
    assert_eq!(quiet.sum_in(LOCK, 0), 0);

    // Three requests, one after the other: the second waits for one, the third for two.
    let hold = Duration::from_millis(50);
    service.set_faults(&["lock=mutex,hold=50ms"]).await;
    list(&service, 3).await;
    service.set_faults(&[]).await;
    let waited = contention(&service, "").await;
    assert_eq!(waited.sum_in(LOCK, 0), 2);
    assert!(waited.sum_in(LOCK, 1) >= 2 * i64::try_from(hold.as_nanos()).unwrap());
    // Who waited is known: requests.
    assert!(waited.sum_in("axum", 0) >= 2, "{:#?}", waited.all_names());

    // Who looks on for a while sees what comes meanwhile.
    let later = contention(&service, "?seconds=1").await;
    assert_eq!(later.sum_in(LOCK, 0), 0);
    assert!(later.0.duration_nanos >= 1_000_000_000);
}

#[tokio::test]
async fn requests_that_find_no_connection_are_counted() {
    let service = start(|settings| settings.phase.switches.pool = NonZeroU32::MIN).await;
    list(&service, 20).await;
    let waited = contention(&service, "").await;
    assert!(waited.sum_in(POOL, 0) > 0, "{:#?}", waited.all_names());
    assert!(waited.sum_in(POOL, 1) > 0);
}

#[tokio::test]
async fn writes_that_wait_for_the_transaction_before_them_are_counted() {
    let service = start(|_| ()).await;
    // The first begins a transaction; what comes before it is durable waits for the next.
    let path = "/challenge/v1/challenges/challenge-01/goals/goal-01-01/active";
    let body = serde_json::json!({ "isActive": true });
    let activate = || service.call("PUT", path, "ann", Some(&body));
    for answer in join_all((0..50).map(|_| activate())).await {
        assert_eq!(answer.status, 200);
    }
    let waited = contention(&service, "").await;
    assert!(waited.sum_in(WRITER, 0) > 0, "{:#?}", waited.all_names());
    assert!(waited.sum_in(WRITER, 1) > 0);
    assert!(waited.sum_in("set_active", 0) > 0);
}

#[tokio::test]
async fn tasks_have_names_and_workers_are_busy() {
    let service = start(|_| ()).await;
    let url = format!("http://{}/debug/pprof/tasks", service.addresses.admin);
    let tasks = send("GET", &url, &[], None).await.json();
    assert!(tasks["seconds"].as_f64().unwrap() >= 1.0);
    let alive = tasks["tasksAlive"].as_u64().unwrap();
    let named = tasks["named"].as_array().unwrap();
    let count = |name: &str| {
        let of_it = named.iter().find(|count| count["name"] == name);
        of_it.unwrap()["alive"].as_u64().unwrap()
    };
    // Other tests of this process have some, too.
    assert!(count("outbox") >= 1 && count("SQLite writer") >= 1);
    assert!(alive > 0);
    for worker in tasks["workers"].as_array().unwrap() {
        let busy = worker["busyRatio"].as_f64().unwrap();
        assert!((0.0..=1.0).contains(&busy), "{worker}");
    }

    let dump = send("GET", &format!("{url}?dump=true"), &[], None).await;
    assert_eq!(dump.problem(), (501, "PROFILE_UNAVAILABLE".into()));

    let index = format!("http://{}/debug/pprof/", service.addresses.admin);
    let index = send("GET", &index, &[], None).await;
    let text = String::from_utf8(index.body.to_vec()).unwrap();
    for name in ["profile", "contention", "tasks"] {
        assert!(text.contains(&format!("/debug/pprof/{name} ")), "{text}");
    }
}
