//! What a store must do, checked against both databases by the same cases; events are in
//! `advance.rs`.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

#[path = "store/lock_order.rs"]
mod lock_order;
#[path = "store/outbox.rs"]
mod outbox;
#[path = "store/selection.rs"]
mod selection;
mod support;

use std::collections::BTreeMap;
use std::time::Duration;

use challenge_service::instant::Instant;
use challenge_service::progress::{Progress, Status};
use challenge_service::rule::Change;
use challenge_service::store::{Assignment, Assignments, Store, StoreError};
use support::database::{Database, POOL};

const NAMESPACE: &str = "test";

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
    conform(&store).await;
    store.close().await;
    assert_durable(&database.url).await;
}

/// Each case has users of its own, so that cases do not meet and a database can be used again.
async fn conform(store: &Store) {
    let run = uuid();
    let user = |case: &str| format!("{case}-{run}");
    assigns_what_is_missing(store, &user("assign")).await;
    assigns_five_hundred(store, &user("eager")).await;
    assigns_once_under_concurrency(store, &user("race")).await;
    reads_only_the_goals_asked_for(store, &user("subset")).await;
    activates_with_and_without_a_row(store, &user("active")).await;
    claims_once_under_concurrency(store, &user("claim")).await;
    keeps_the_key_of_a_failed_claim(store, &user("retry")).await;
    finds_stuck_claims(store, &user("stuck")).await;
    selection::switches_on_and_off(store, &user("select")).await;
    selection::keeps_progress_within_a_window(store, &user("keep")).await;
    selection::starts_anew_like_the_rule(store, &user("anew")).await;
    selection::leaves_expired_rows_out_of_events(store, &user("expired")).await;
    selection::selects_under_concurrency(store, &user("crowd")).await;
    keeps_a_failed_write_to_itself(store, &user("poison")).await;
    outbox::conform(store, &run).await;
    assign(store, "durable", &goals(3)).await;
}

async fn assert_durable(url: &str) {
    let store = Store::connect(url, POOL).await.unwrap();
    let rows = store.rows_of_user("durable").await.unwrap();
    assert_eq!(
        rows.len(),
        3,
        "rows are there after the store was closed and opened"
    );
    store.close().await;
}

fn uuid() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

fn goal(n: usize) -> Assignment {
    Assignment {
        goal_id: format!("goal-{n:03}"),
        challenge_id: "challenge-01".into(),
        is_active: true,
        expires_at: None,
    }
}

fn goals(count: usize) -> Assignments {
    (0..count).map(goal).collect()
}

async fn assign(store: &Store, user: &str, goals: &Assignments) -> u64 {
    let now = Instant::now();
    store.assign(user, NAMESPACE, goals, now).await.unwrap()
}

async fn rows(store: &Store, user: &str) -> BTreeMap<String, Progress> {
    let rows = store.rows_of_user(user).await.unwrap();
    let count = rows.len();
    let rows: BTreeMap<_, _> = rows.into_iter().map(|r| (r.goal_id.clone(), r)).collect();
    assert_eq!(rows.len(), count, "one row a goal");
    rows
}

async fn row(store: &Store, user: &str) -> Progress {
    rows(store, user).await.remove("goal-000").unwrap()
}

async fn advance(store: &Store, user: &str, change: Change, target: i64) -> u64 {
    let now = Instant::now();
    support::advance::advance(store, user, &[("goal-000", change)], target, now).await
}

async fn complete(store: &Store, user: &str) {
    assign(store, user, &goals(1)).await;
    assert_eq!(advance(store, user, Change::Set(5), 5).await, 1);
}

async fn assigns_what_is_missing(store: &Store, user: &str) {
    let now = Instant::now();
    assert_eq!(
        store.assign(user, NAMESPACE, &goals(3), now).await.unwrap(),
        3
    );
    advance(store, user, Change::Set(2), 5).await;
    let before = row(store, user).await;
    let later = Instant::now();
    assert_eq!(
        store
            .assign(user, NAMESPACE, &goals(5), later)
            .await
            .unwrap(),
        2
    );
    assert_eq!(assign(store, user, &goals(5)).await, 0);
    let after = rows(store, user).await;
    assert_eq!(after.len(), 5);
    assert_eq!(after["goal-000"], before, "a row that exists is left alone");
    let fresh = Progress {
        goal_id: "goal-001".into(),
        progress: 0,
        status: Status::NotStarted,
        version: 1,
        is_active: true,
        assigned_at: Some(now),
        expires_at: None,
        completed_at: None,
        claimed_at: None,
        granted_at: None,
        counted_on: None,
    };
    assert_eq!(after["goal-001"], fresh);
    assert_eq!(assign(store, user, &goals(0)).await, 0);
}

async fn assigns_five_hundred(store: &Store, user: &str) {
    let all: Assignments = (0..500)
        .map(|n| Assignment {
            is_active: n % 50 == 0,
            ..goal(n)
        })
        .collect();
    assert_eq!(assign(store, user, &all).await, 500);
    assert_eq!(assign(store, user, &all).await, 0);
    let rows = rows(store, user).await;
    assert_eq!(rows.len(), 500);
    assert_eq!(rows.values().filter(|row| row.is_active).count(), 10);
    assert!(
        rows.values()
            .all(|row| row.is_active == row.assigned_at.is_some())
    );
    assert_eq!(store.rows_of_goals(user, &all).await.unwrap().len(), 500);
}

async fn assigns_once_under_concurrency(store: &Store, user: &str) {
    let attempts = (0..8).map(|_| {
        let (store, user) = (store.clone(), user.to_owned());
        tokio::spawn(async move { assign(&store, &user, &goals(10)).await })
    });
    let mut inserted = 0;
    for attempt in attempts.collect::<Vec<_>>() {
        inserted += attempt.await.unwrap();
    }
    assert_eq!(inserted, 10, "together they insert each row once");
    assert_eq!(rows(store, user).await.len(), 10);
}

async fn reads_only_the_goals_asked_for(store: &Store, user: &str) {
    assign(store, user, &goals(5)).await;
    assign(store, &format!("{user}-other"), &goals(9)).await;
    let some: Assignments = [goal(1), goal(3), goal(8)].into_iter().collect();
    let mut found: Vec<_> = store
        .rows_of_goals(user, &some)
        .await
        .unwrap()
        .into_iter()
        .map(|row| row.goal_id)
        .collect();
    found.sort();
    assert_eq!(found, ["goal-001", "goal-003"]);
}

async fn activates_with_and_without_a_row(store: &Store, user: &str) {
    let switch = async |is_active, now| {
        let goal = Assignment {
            is_active,
            ..goal(0)
        };
        store.set_active(user, NAMESPACE, &goal, now).await.unwrap()
    };
    let first = Instant::now();
    let created = switch(true, first).await;
    assert!(created.is_active);
    assert_eq!((created.assigned_at, created.version), (Some(first), 1));
    let again = switch(true, Instant::now()).await;
    assert_eq!(again.assigned_at, Some(first), "on since then");
    advance(store, user, Change::Set(2), 5).await;
    let off = switch(false, Instant::now()).await;
    assert!(!off.is_active);
    assert_eq!((off.progress, off.version), (2, 4), "progress is kept");
    let second = Instant::now();
    assert_eq!(switch(true, second).await.assigned_at, Some(second));
    assert_eq!(rows(store, user).await.len(), 1);
}

async fn claims_once_under_concurrency(store: &Store, user: &str) {
    complete(store, user).await;
    let attempts: Vec<_> = (0..8)
        .map(|n| {
            let (store, user) = (store.clone(), user.to_owned());
            tokio::spawn(async move {
                let key = format!("key-{n}");
                let now = Instant::now();
                store
                    .begin_claim(&user, "goal-000", &key, now)
                    .await
                    .unwrap()
            })
        })
        .collect();
    let mut won = Vec::new();
    for attempt in attempts {
        won.extend(attempt.await.unwrap());
    }
    let [claim] = &won[..] else {
        panic!("one wins, not {won:?}")
    };
    assert_eq!(
        (claim.user_id.as_str(), claim.goal_id.as_str()),
        (user, "goal-000")
    );
    assert_eq!(row(store, user).await.status, Status::Claiming);
    assert_eq!(advance(store, user, Change::Set(9), 5).await, 0);

    let now = Instant::now();
    let claimed = store.finish_claim(claim, now).await.unwrap().unwrap();
    assert_eq!(
        (claimed.status, claimed.claimed_at),
        (Status::Claimed, Some(now))
    );
    assert_eq!(claimed.progress, 5);
    assert_eq!(store.finish_claim(claim, now).await.unwrap(), None);
    assert!(!store.release_claim(claim, now).await.unwrap());
    let again = store.begin_claim(user, "goal-000", "late", now).await;
    assert_eq!(again.unwrap(), None, "claimed once and for all");
}

async fn keeps_the_key_of_a_failed_claim(store: &Store, user: &str) {
    let now = Instant::now();
    let early = store.begin_claim(user, "goal-000", "early", now).await;
    assert_eq!(early.unwrap(), None, "there is no row");
    complete(store, user).await;
    let begin = async |key| {
        let claim = store.begin_claim(user, "goal-000", key, now).await;
        claim.unwrap().unwrap()
    };
    let first = begin("first").await;
    assert_eq!(first.key, "first");
    let foreign = challenge_service::store::Claim {
        key: "foreign".into(),
        ..first.clone()
    };
    assert!(!store.release_claim(&foreign, now).await.unwrap());
    assert_eq!(store.finish_claim(&foreign, now).await.unwrap(), None);
    assert!(store.release_claim(&first, now).await.unwrap());
    let released = row(store, user).await;
    assert_eq!(released.status, Status::Completed);
    assert!(released.completed_at.is_some());
    assert_eq!(begin("second").await.key, "first");
}

async fn finds_stuck_claims(store: &Store, user: &str) {
    complete(store, user).await;
    let begun = Instant::now();
    let claim = store.begin_claim(user, "goal-000", "stuck", begun).await;
    let claim = claim.unwrap().unwrap();
    let is_found = async |since_before| {
        let stuck = store.stuck_claims(since_before, 10_000).await.unwrap();
        stuck.contains(&claim)
    };
    assert!(!is_found(begun).await);
    assert!(is_found(Instant::from_micros(i64::from(u32::MAX) * 1_000_000).unwrap()).await);
    assert!(!is_found(begun.before(Duration::from_secs(1))).await);
    store.finish_claim(&claim, begun).await.unwrap();
    assert!(!is_found(Instant::from_micros(i64::from(u32::MAX) * 1_000_000).unwrap()).await);
}

/// SQLite's writer commits many writes at once: a wrong one among them must fail alone.
async fn keeps_a_failed_write_to_itself(store: &Store, user: &str) {
    let writes: Vec<_> = (0..100)
        .map(|n| {
            let store = store.clone();
            let user = if n % 10 == 3 {
                "too-long-".repeat(20)
            } else {
                format!("{user}-{n}")
            };
            tokio::spawn(async move {
                let now = Instant::now();
                store.assign(&user, NAMESPACE, &goals(2), now).await
            })
        })
        .collect();
    for (n, write) in writes.into_iter().enumerate() {
        let outcome = write.await.unwrap();
        if n % 10 == 3 {
            assert!(
                matches!(outcome, Err(StoreError::Database(_))),
                "{n}: {outcome:?}"
            );
        } else {
            assert_eq!(outcome.unwrap(), 2, "{n}");
            assert_eq!(rows(store, &format!("{user}-{n}")).await.len(), 2);
        }
    }
}

#[tokio::test]
async fn an_url_of_another_kind_is_refused_without_repeating_it() {
    let error = Store::connect("mysql://root:secret@localhost/x", POOL).await;
    let error = error.unwrap_err();
    assert!(matches!(error, StoreError::UnknownScheme));
    assert!(!error.to_string().contains("secret"));
    let error = Store::connect("sqlite::memory:", POOL).await.unwrap_err();
    assert!(matches!(error, StoreError::InMemory));
}
