//! What events do in a store, checked against both databases by the same cases. That the arithmetic
//! is that of the rule is in `advance_law.rs`.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod support;

use std::time::Duration;

use challenge_service::event_key::EventKey;
use challenge_service::instant::Instant;
use challenge_service::rule::Change;
use challenge_service::store::{Advance, Effect, Store};
use sqlx::{Connection as _, PgConnection};
use support::database::{Database, POOL};
use support::rows::{assign, at, goal_id, rows, uuid};

const WINDOW: Duration = Duration::from_hours(1);

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_conforms() {
    check(&Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_conforms() {
    check(&Database::postgres().await).await;
}

async fn check(database: &Database) {
    let store = Store::connect(&database.url, POOL).await.unwrap();
    let deadlocks_before = deadlocks(&store, &database.url).await;
    let run = uuid();
    let user = |case: &str| format!("{case}-{run}");
    advances_active_rows_only(&store, &user("inactive")).await;
    loses_no_increment(&store, &user("sum")).await;
    counts_an_event_once(&store, &user("once")).await;
    counts_an_event_once_under_concurrency(&store, &user("race")).await;
    remembers_only_what_touched_a_row(&store, &user("untouched")).await;
    forgets_the_oldest_in_small_batches(&store, &user("forget")).await;
    keeps_a_failed_event_to_itself(&store, &user("poison")).await;
    batches_do_not_deadlock(&store, &user("deadlock")).await;
    assert_eq!(deadlocks(&store, &database.url).await, deadlocks_before);
    counts_an_event_once_after_a_restart(store, &database.url).await;
}

async fn progress(store: &Store, user: &str) -> Vec<i64> {
    let rows = rows(store, user).await;
    rows.values().map(|row| row.progress).collect()
}

/// An event of hour 0 that adds one to these goals, whose targets are 1000.
fn add(user: &str, id: &str, goals: &[usize]) -> Effect {
    Effect {
        user_id: user.to_owned(),
        key: EventKey::new(user, id),
        came_at: at(0),
        goals: goals
            .iter()
            .map(|n| Advance {
                goal_id: goal_id(*n),
                change: Change::Add(1),
                target: 1000,
            })
            .collect(),
    }
}

async fn advance(store: &Store, effect: &Effect) -> u64 {
    store.advance(effect, WINDOW).await.unwrap()
}

async fn advance_all(store: &Store, effects: &[Effect]) -> Vec<u64> {
    let outcomes = store.advance_all(effects, WINDOW).await;
    outcomes.into_iter().map(Result::unwrap).collect()
}

async fn advances_active_rows_only(store: &Store, user: &str) {
    assign(store, user, 3).await;
    let event = add(user, "", &[0, 1, 2, 3]);
    let touched = advance(store, &event).await;
    assert_eq!(
        touched, 2,
        "not the inactive one, not the one without a row"
    );
    assert_eq!(progress(store, user).await, [1, 1, 0]);
    assert_eq!(advance(store, &add("nobody", "", &[0, 1])).await, 0);
    assert!(advance_all(store, &[]).await.is_empty());
}

async fn loses_no_increment(store: &Store, user: &str) {
    assign(store, user, 4).await;
    let events: Vec<_> = (0..64)
        .map(|n| {
            let (store, user) = (store.clone(), user.to_owned());
            // Rows are named in another order by every second event.
            let goals = if n % 2 == 0 { [0, 1, 2] } else { [2, 1, 0] };
            let event = add(&user, &format!("event-{n}"), &goals);
            tokio::spawn(async move { advance(&store, &event).await })
        })
        .collect();
    for event in events {
        assert_eq!(event.await.unwrap(), 3);
    }
    assert_eq!(progress(store, user).await, [64, 64, 64, 0]);
}

async fn counts_an_event_once(store: &Store, user: &str) {
    let other = format!("{user}-other");
    assign(store, user, 2).await;
    assign(store, &other, 2).await;
    let event = |id, hours| Effect {
        came_at: at(hours),
        ..add(user, id, &[0])
    };
    assert_eq!(advance(store, &event("event", 0)).await, 1);
    assert_eq!(advance(store, &event("event", 0)).await, 0);
    assert_eq!(advance(store, &event("another", 0)).await, 1);
    assert_eq!(advance(store, &add(&other, "event", &[0])).await, 1);
    // Twice and more often in a batch, with what was seen before.
    let batch = [
        event("new", 0),
        event("event", 0),
        add(&other, "new", &[0]),
        event("new", 0),
        event("", 0),
        event("", 0),
        event("new", 0),
    ];
    assert_eq!(advance_all(store, &batch).await, [1, 0, 1, 0, 1, 1, 0]);
    assert_eq!(progress(store, user).await, [5, 0]);
    assert_eq!(progress(store, &other).await, [2, 0]);
    // The window is counted from the time at which the event had its effect.
    assert_eq!(advance(store, &event("event", 1)).await, 0);
    assert_eq!(advance(store, &event("event", 2)).await, 1);
    assert_eq!(advance(store, &event("event", 3)).await, 0);
}

async fn counts_an_event_once_under_concurrency(store: &Store, user: &str) {
    assign(store, user, 4).await;
    let event = add(user, "event", &[0, 1, 2]);
    let attempts: Vec<_> = (0..16)
        .map(|n| {
            let (store, event) = (store.clone(), event.clone());
            tokio::spawn(async move {
                if n % 2 == 0 {
                    advance(&store, &event).await
                } else {
                    let twice = [event.clone(), event];
                    advance_all(&store, &twice).await.iter().sum()
                }
            })
        })
        .collect();
    let mut touched = Vec::new();
    for attempt in attempts {
        touched.push(attempt.await.unwrap());
    }
    touched.sort_unstable();
    assert_eq!(touched.pop(), Some(3), "one of them counts");
    assert!(touched.iter().all(|rows| *rows == 0), "{touched:?}");
    assert_eq!(progress(store, user).await, [1, 1, 1, 0]);
}

async fn remembers_only_what_touched_a_row(store: &Store, user: &str) {
    let event = add(user, "event", &[0, 1]);
    assert_eq!(advance(store, &event).await, 0);
    assign(store, user, 2).await;
    assert_eq!(advance(store, &add(user, "event", &[1])).await, 0);
    assert_eq!(advance(store, &event).await, 1);
    assert_eq!(advance(store, &event).await, 0);
}

async fn forgets_the_oldest_in_small_batches(store: &Store, user: &str) {
    assign(store, user, 2).await;
    // Long before anything else that the database may remember.
    let early = |hours: i64| Instant::from_micros(hours * 3_600_000_000).unwrap();
    let events: Vec<_> = (0..5)
        .map(|n| Effect {
            came_at: early(n),
            ..add(user, &format!("event-{n}"), &[0])
        })
        .collect();
    assert_eq!(advance_all(store, &events).await, [1; 5]);
    let forget = async |before, limit| {
        let forgotten = store.forget_events(early(before), limit).await;
        forgotten.unwrap()
    };
    assert_eq!(forget(0, 10).await, 0);
    assert_eq!(forget(4, 3).await, 3);
    assert_eq!(forget(4, 3).await, 1);
    assert_eq!(forget(4, 3).await, 0);
    assert_eq!(advance_all(store, &events).await, [1, 1, 1, 1, 0]);
    assert_eq!(forget(5, 10).await, 5);
}

/// PostgreSQL cannot hold a zero byte, which fails the whole statement of its batch.
async fn keeps_a_failed_event_to_itself(store: &Store, user: &str) {
    assign(store, user, 2).await;
    let mut events: Vec<_> = (0..20)
        .map(|n| add(user, &format!("event-{n}"), &[0]))
        .collect();
    let poison = add("a\0b", "event", &[0]);
    events.insert(0, poison.clone());
    events.insert(13, poison);
    let outcomes = store.advance_all(&events, WINDOW).await;
    for (event, outcome) in events.iter().zip(outcomes) {
        if event.user_id == user {
            assert_eq!(outcome.unwrap(), 1);
        } else if matches!(store, Store::Pg(_)) {
            assert!(!outcome.unwrap_err().may_pass());
        }
    }
    assert_eq!(progress(store, user).await, [20, 0]);
}

/// Batches of several event handlers, with the same players and goals in opposite order. Every third
/// has two events a player, and so two rounds, with the goals of the other handlers' rounds swapped.
async fn batches_do_not_deadlock(store: &Store, user: &str) {
    let users: Vec<_> = (0..8).map(|n| format!("{user}-{n}")).collect();
    for user in &users {
        assign(store, user, 4).await;
    }
    let handlers: Vec<_> = (0..4)
        .map(|handler| {
            let (store, mut users) = (store.clone(), users.clone());
            let (mut first, mut second) = (0, 2);
            if handler % 2 == 0 {
                users.reverse();
                (first, second) = (second, first);
            }
            tokio::spawn(async move {
                for n in 0..20 {
                    let batch = |goals: &[usize]| -> Vec<_> {
                        let id = format!("event-{handler}-{n}-{goals:?}");
                        users.iter().map(|user| add(user, &id, goals)).collect()
                    };
                    let batch = if n % 3 == 0 {
                        [batch(&[first]), batch(&[second])].concat()
                    } else {
                        batch(&[0, 1, 2])
                    };
                    let touched: u64 = advance_all(&store, &batch).await.iter().sum();
                    assert_eq!(touched, if n % 3 == 0 { 16 } else { 24 });
                }
            })
        })
        .collect();
    for handler in handlers {
        handler.await.unwrap();
    }
    for user in &users {
        assert_eq!(progress(store, user).await, [80, 52, 80, 0]);
    }
}

/// What a deadlock undoes is done again in halves, so that only the server tells. SQLite knows none.
async fn deadlocks(store: &Store, url: &str) -> i64 {
    if matches!(store, Store::Sqlite(_)) {
        return 0;
    }
    let mut connection = PgConnection::connect(url).await.unwrap();
    let sql = "select deadlocks from pg_stat_database where datname = current_database()";
    let deadlocks = sqlx::query_scalar(sql).fetch_one(&mut connection).await;
    deadlocks.unwrap()
}

async fn counts_an_event_once_after_a_restart(store: Store, url: &str) {
    let user = format!("restart-{}", uuid());
    assign(&store, &user, 2).await;
    let event = add(&user, "event", &[0]);
    assert_eq!(advance(&store, &event).await, 1);
    store.close().await;
    let store = Store::connect(url, POOL).await.unwrap();
    assert_eq!(advance(&store, &event).await, 0);
    assert_eq!(progress(&store, &user).await, [1, 0]);
    store.close().await;
}
