//! Every way of an event into either database: what is acknowledged counts, once, and what is too
//! much is refused.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod support;

use std::time::Duration;

use challenge_service::phase::Phase;
use sqlx::{Connection as _, PgConnection};
use support::database::{Database, lock_timeout};
use support::events::{Events, GOAL, initialise};
use support::{Running, grpc, phase, start};
use tokio::task::JoinSet;
use tonic::Code;

/// Long enough for any machine.
const PATIENCE: Duration = Duration::from_mins(1);

const QUEUE: u32 = 16;
const BATCH: u32 = 8;

async fn service(database: &Database, way: &str) -> Running {
    if database.url.starts_with("sqlite:") {
        service_on(&database.url, way).await
    } else {
        // However slow the machine is.
        service_on(&lock_timeout(&database.url, "1min"), way).await
    }
}

async fn service_on(url: &str, way: &str) -> Running {
    let directory = tempfile::tempdir().unwrap();
    let changes = [
        ("events", way.into()),
        ("event_queue", QUEUE.into()),
        ("event_batch", BATCH.into()),
        ("event_linger", "1ms".into()),
    ];
    let phase = phase(directory.path(), &changes);
    start(|settings| {
        settings.phase = Phase::load(&phase).unwrap();
        settings.database = url.into();
    })
    .await
}

async fn sender(service: &Running) -> Events {
    Events::connect(&service.addresses.grpc.to_string()).await
}

/// A player that no earlier test has seen, with the goals that everybody starts with.
async fn player(service: &Running) -> String {
    let user = uuid::Uuid::new_v4().to_string();
    initialise(&service.addresses.http.to_string(), &user).await;
    user
}

async fn stop(service: Running) {
    service.stop.cancel();
    service.done.await.unwrap();
}

/// Each of five players sends forty events, each event twice; the service stops while the last may
/// still wait to be written.
async fn counts_what_it_acknowledged(database: &Database, way: &str) {
    let service = service(database, way).await;
    let events = sender(&service).await;
    let mut players = JoinSet::new();
    for _ in 0..5 {
        let (mut first, mut second) = (events.clone(), events.clone());
        let user = player(&service).await;
        players.spawn(async move {
            let mut acknowledged = 0;
            for n in 0..40 {
                let id = format!("event-{n}");
                let twice = tokio::join!(first.add_one(&user, &id), second.add_one(&user, &id));
                let refused = |outcome: &Result<(), tonic::Status>| {
                    outcome
                        .as_ref()
                        .is_err_and(|status| status.code() == Code::ResourceExhausted)
                };
                match twice {
                    (Ok(()), Ok(())) => acknowledged += 1,
                    (Ok(()), other) | (other, Ok(())) => {
                        assert!(refused(&other), "{other:?}");
                        acknowledged += 1;
                    }
                    (first, second) => assert!(refused(&first) && refused(&second)),
                }
            }
            (user, acknowledged)
        });
    }
    let players = players.join_all().await;
    let metrics = service.app.metrics.clone();
    stop(service).await;
    let metrics = metrics.text().unwrap();
    let value = |name: &str| {
        let value = metrics.lines().find_map(|line| line.strip_prefix(name));
        value.map(|value| value.trim().parse::<f64>().unwrap())
    };
    if way == "direct" || way == "group-commit" && database.url.starts_with("sqlite:") {
        assert_eq!(value("challenge_queued_events "), None, "{way}");
    } else {
        let taken: i64 = players.iter().map(|(_, taken)| taken).sum();
        assert_eq!(value("challenge_queued_events "), Some(0.0), "{way}");
        let written = value("challenge_event_flush_size_sum ").unwrap();
        assert!(written >= taken as f64, "{way}: {written} of {taken}");
        let flushes = value("challenge_event_flush_size_count ");
        let timed = value("challenge_event_flush_duration_seconds_count ");
        assert_eq!(flushes, timed, "{way}");
        let failures = value("challenge_event_flush_failures_total ");
        assert_eq!(failures, Some(0.0), "{way}");
    }
    for (user, acknowledged) in players {
        let progress = database.progress(&user, GOAL).await;
        assert_eq!(progress, acknowledged, "{way}");
        assert!(acknowledged > 0, "{way}");
    }
}

/// While nothing can be written, events wait up to a bound; what was taken counts in the end.
async fn refuses_what_is_too_much(database: &Database, way: &str) {
    let service = service(database, way).await;
    let events = sender(&service).await;
    let user = player(&service).await;
    let locked = database.lock().await;
    let mut sent = JoinSet::new();
    let mut outcomes = Vec::new();
    while !outcomes.contains(&Code::ResourceExhausted) {
        assert!(
            outcomes.len() + sent.len() < 5_000,
            "{way}: nothing is refused"
        );
        let (mut events, user) = (events.clone(), user.clone());
        sent.spawn(async move {
            let outcome = events.add_one(&user, "").await;
            let Err(status) = outcome else {
                return Code::Ok;
            };
            if status.code() == Code::ResourceExhausted {
                assert_eq!(grpc::reason(&status), "EVENTS_OVERLOADED");
            }
            status.code()
        });
        // Most wait until there is room; only what is refused, or taken for later, ends before.
        let ended = tokio::time::timeout(Duration::from_millis(5), sent.join_next()).await;
        outcomes.extend(ended.into_iter().flatten().map(Result::unwrap));
    }
    let early = outcomes.iter().filter(|code| **code == Code::Ok).count();
    if way == "write-behind" {
        assert!(early > 0 && early <= (QUEUE + BATCH) as usize, "{early}");
    } else {
        assert_eq!(
            early, 0,
            "{way}: nothing is acknowledged before it is written"
        );
    }
    drop(locked);
    outcomes.extend(sent.join_all().await);
    stop(service).await;
    let is_known = |code: &Code| matches!(code, Code::Ok | Code::ResourceExhausted);
    assert!(outcomes.iter().all(is_known), "{way}: {outcomes:?}");
    let taken = outcomes.iter().filter(|code| **code == Code::Ok).count();
    let progress = database.progress(&user, GOAL).await;
    assert_eq!(usize::try_from(progress).unwrap(), taken, "{way}");
}

async fn check(database: &Database) {
    counts_what_it_acknowledged(database, "direct").await;
    for way in ["group-commit", "write-behind"] {
        counts_what_it_acknowledged(database, way).await;
        refuses_what_is_too_much(database, way).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_on_sqlite() {
    check(&Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_on_postgres() {
    check(&Database::postgres().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_is_locked_from_outside_does_not_stop_the_events_of_others() {
    let database = Database::postgres().await;
    let url = lock_timeout(&database.url, "300ms");
    let service = service_on(&url, "group-commit").await;
    let (mut events, mut more) = (sender(&service).await, sender(&service).await);
    let (ann, bob) = (player(&service).await, player(&service).await);
    let mut outside = PgConnection::connect(&database.url).await.unwrap();
    sqlx::query("begin").execute(&mut outside).await.unwrap();
    sqlx::query("select from user_goal_progress where user_id = $1 for update")
        .bind(&ann)
        .execute(&mut outside)
        .await
        .unwrap();
    let both = async { tokio::join!(events.add_one(&ann, "1"), more.add_one(&bob, "1")) };
    let (refused, taken) = tokio::time::timeout(PATIENCE, both).await.unwrap();
    assert_eq!(refused.unwrap_err().code(), Code::Internal);
    taken.unwrap();
    assert_eq!(database.progress(&bob, GOAL).await, 1);
    drop(outside);
    events.add_one(&ann, "1").await.unwrap();
    assert_eq!(database.progress(&ann, GOAL).await, 1);
    stop(service).await;
}
