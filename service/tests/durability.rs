//! What a `kill -9` of the real binary loses: nothing that was acknowledged, and by write-behind no
//! more than the documentation says.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use support::binary::Binary;
use support::database::Database;
use support::events::{Events, GOAL, initialise};
use support::phase;
use tokio::task::JoinSet;

const QUEUE: i64 = 16;
const BATCH: i64 = 8;

fn start(database: &Database, way: &str) -> Binary {
    let directory = tempfile::tempdir().unwrap();
    let changes = [
        ("events", way.into()),
        ("event_queue", QUEUE.into()),
        ("event_batch", BATCH.into()),
    ];
    let phase = phase(directory.path(), &changes);
    Binary::start(&database.url, &["--phase", &phase])
}

/// SIGKILL: nothing is flushed on the way out.
fn kill(mut service: Binary) {
    service.child.kill().unwrap();
    service.child.wait().unwrap();
}

async fn player(service: &Binary) -> String {
    let user = uuid::Uuid::new_v4().to_string();
    initialise(&service.field("http"), &user).await;
    user
}

/// Eight players send without a pause; the service is killed in the midst of it. Returns how many
/// events were acknowledged and how many of these did not count, over all players.
async fn acknowledged_and_lost(database: &Database, way: &str) -> (i64, i64) {
    let service = start(database, way);
    let events = Events::connect(&service.field("grpc")).await;
    let acknowledged = Arc::new(AtomicI64::new(0));
    let mut players = JoinSet::new();
    for _ in 0..8 {
        let (mut events, user) = (events.clone(), player(&service).await);
        let acknowledged = acknowledged.clone();
        players.spawn(async move {
            let mut mine = 0;
            // One that is refused may be followed by others; a dead service ends it.
            while let Err(tonic::Code::ResourceExhausted) | Ok(()) = events
                .add_one(&user, "")
                .await
                .map_err(|status| status.code())
                .inspect(|()| {
                    mine += 1;
                    acknowledged.fetch_add(1, Ordering::Relaxed);
                })
            {}
            (user, mine)
        });
    }
    while acknowledged.load(Ordering::Relaxed) < 200 {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    kill(service);
    let (mut acknowledged, mut lost) = (0, 0);
    for (user, mine) in players.join_all().await {
        let counted = database.progress(&user, GOAL).await;
        acknowledged += mine;
        // What was written but not yet acknowledged is no gain.
        lost += (mine - counted).max(0);
    }
    (acknowledged, lost)
}

/// With a database that takes no writes, everything that is acknowledged is still in the queue.
async fn loses_the_queue_of_write_behind(database: &Database) {
    let service = start(database, "write-behind");
    let mut events = Events::connect(&service.field("grpc")).await;
    let user = player(&service).await;
    let locked = database.lock().await;
    let mut acknowledged = 0;
    while events.add_one(&user, "").await.is_ok() {
        acknowledged += 1;
    }
    assert!(acknowledged >= QUEUE, "{acknowledged}");
    assert!(acknowledged <= QUEUE + BATCH, "{acknowledged}");
    kill(service);
    drop(locked);
    let counted = database.progress(&user, GOAL).await;
    // PostgreSQL may yet carry out the statement of a client that is gone.
    assert!(counted <= BATCH, "{counted} of {acknowledged}");
}

async fn check(database: &Database) {
    for way in ["direct", "group-commit"] {
        let (acknowledged, lost) = acknowledged_and_lost(database, way).await;
        assert_eq!(lost, 0, "{way}: of {acknowledged}");
    }
    let (acknowledged, lost) = acknowledged_and_lost(database, "write-behind").await;
    assert!(lost <= QUEUE + BATCH, "{lost} of {acknowledged}");
    loses_the_queue_of_write_behind(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_keeps_what_was_acknowledged() {
    check(&Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_keeps_what_was_acknowledged() {
    check(&Database::postgres().await).await;
}
