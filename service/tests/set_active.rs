//! Every way of switching goals on and off, on both databases, by the same cases.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use challenge_service::activator::Activator;
use challenge_service::keys::Value;
use challenge_service::metrics::Metrics;
use challenge_service::phase::{Phase, SetActive};
use challenge_service::progress::Progress;
use challenge_service::store::{Assignment, DatabaseKind, Store, StoreError};
use challenge_service::throwaway::Postgres;
use clap::ValueEnum;
use serde_json::json;
use sqlx::{Connection, PgConnection, PgPool};
use support::database::lock_timeout;
use support::start;

const NAMESPACE: &str = "test";

fn goal(n: usize, is_active: bool) -> Assignment {
    Assignment {
        goal_id: format!("goal-{n:03}"),
        challenge_id: "challenge-01".into(),
        is_active,
        expires_at: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_variant_conforms_on_sqlite() {
    let directory = tempfile::tempdir().unwrap();
    conforms(&format!(
        "sqlite:{}",
        directory.path().join("test.db").display()
    ))
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_variant_conforms_on_postgres() {
    let server = Postgres::start().await.unwrap();
    let url = server.create_database("variants").await.unwrap();
    // However slow the machine is.
    conforms(&lock_timeout(&url, "1min")).await;
}

async fn conforms(url: &str) {
    for way in SetActive::value_variants() {
        let mut phase = Phase::load("phase9").unwrap();
        phase.switches.set_active = *way;
        // Each conflict is another's success: no case has more of them than this.
        phase.switches.set_active_attempts = 160.try_into().unwrap();
        // However slow the machine is.
        phase.switches.pool_timeout = Duration::from_mins(1);
        let store = Store::connect(url, phase.switches.pool_limits())
            .await
            .unwrap();
        let metrics = Metrics::new(&phase, &store);
        let activator = Arc::new(Activator::new(store.clone(), &phase.switches, &metrics));
        let name = way.to_toml().unwrap();
        switches_with_and_without_a_row(&activator, &format!("{name}-row")).await;
        writes_many_rows_at_once(&activator, &store, &name).await;
        happens_one_after_the_other(&activator, &store, &format!("{name}-race")).await;
        keeps_a_failed_write_to_itself(&activator, &name).await;
        store.close().await;
    }
}

async fn switches_with_and_without_a_row(activator: &Activator, user: &str) {
    let switch = async |is_active| {
        let goal = goal(0, is_active);
        activator.set_active(user, NAMESPACE, &goal).await.unwrap()
    };
    let off = switch(false).await;
    assert_eq!(
        (off.is_active, off.assigned_at, off.version),
        (false, None, 1),
        "{user}"
    );
    let on = switch(true).await;
    assert_eq!((on.is_active, on.version), (true, 2), "{user}");
    assert!(on.assigned_at.is_some(), "{user}");
    let again = switch(true).await;
    assert_eq!(
        (again.assigned_at, again.version),
        (on.assigned_at, 3),
        "on since then, {user}"
    );
    let off = switch(false).await;
    assert_eq!(
        (off.assigned_at, off.version),
        (on.assigned_at, 4),
        "{user}"
    );
    let on_again = switch(true).await;
    assert!(on_again.assigned_at > on.assigned_at, "{user}");
}

async fn writes_many_rows_at_once(activator: &Arc<Activator>, store: &Store, name: &str) {
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..200 {
        let (activator, user) = (activator.clone(), format!("{name}-{}", n % 50));
        tasks.spawn(async move {
            let goal = goal(n / 50, n % 3 == 0);
            let row = activator.set_active(&user, NAMESPACE, &goal).await.unwrap();
            assert_eq!(
                (row.goal_id, row.is_active, row.version),
                (goal.goal_id, n % 3 == 0, 1)
            );
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    for n in 0..50 {
        let rows = store.rows_of_user(&format!("{name}-{n}")).await.unwrap();
        assert_eq!(rows.len(), 4, "{name}");
    }
}

/// One switch: when it began and ended by a common clock, what was asked, and what came of it.
struct Done {
    began: u64,
    ended: u64,
    is_active: bool,
    row: Progress,
}

/// Versions order the writes of a row: each must have seen the one before it, and none may come
/// before another that had ended when it began.
async fn happens_one_after_the_other(activator: &Arc<Activator>, store: &Store, user: &str) {
    let clock = Arc::new(AtomicU64::new(0));
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..8_u32 {
        let (activator, user, clock) = (activator.clone(), user.to_owned(), clock.clone());
        tasks.spawn(async move {
            let mut done = Vec::new();
            for n in 0..20_u32 {
                let is_active = (task + n / 2) % 2 == 0;
                let began = clock.fetch_add(1, Ordering::SeqCst);
                let goal = goal(0, is_active);
                let row = activator.set_active(&user, NAMESPACE, &goal).await.unwrap();
                let ended = clock.fetch_add(1, Ordering::SeqCst);
                done.push(Done {
                    began,
                    ended,
                    is_active,
                    row,
                });
            }
            done
        });
    }
    let mut all = Vec::new();
    while let Some(done) = tasks.join_next().await {
        all.extend(done.unwrap());
    }
    all.sort_by_key(|done| done.row.version);
    let versions: Vec<_> = all.iter().map(|done| done.row.version).collect();
    assert_eq!(versions, (1..=160).collect::<Vec<_>>(), "{user}");
    let mut latest_began = 0;
    for (n, done) in all.iter().enumerate() {
        assert_eq!(done.row.is_active, done.is_active, "{user}");
        let before = n.checked_sub(1).map(|n| &all[n].row);
        let was_active = before.is_some_and(|row| row.is_active);
        let since = before.and_then(|row| row.assigned_at);
        if done.is_active && !was_active {
            assert!(done.row.assigned_at.is_some(), "{user}");
        } else {
            assert_eq!(done.row.assigned_at, since, "{user}: version {}", n + 1);
        }
        assert!(
            done.ended > latest_began,
            "{user}: version {} is too late",
            n + 1
        );
        latest_began = latest_began.max(done.began);
    }
    let stored = store.rows_of_user(user).await.unwrap();
    assert_eq!(stored, [all.pop().unwrap().row], "{user}");
}

async fn keeps_a_failed_write_to_itself(activator: &Arc<Activator>, name: &str) {
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..40 {
        let user = if n % 10 == 3 {
            "too-long-".repeat(20)
        } else {
            format!("{name}-alone-{n}")
        };
        let activator = activator.clone();
        tasks.spawn(async move {
            (
                n,
                activator.set_active(&user, NAMESPACE, &goal(0, true)).await,
            )
        });
    }
    while let Some(done) = tasks.join_next().await {
        let (n, outcome) = done.unwrap();
        if n % 10 == 3 {
            assert!(
                matches!(outcome, Err(StoreError::Database(_))),
                "{name}: {outcome:?}"
            );
        } else {
            assert!(outcome.is_ok(), "{name}: {outcome:?}");
        }
    }
}

/// Somebody changes the row between its being read and written: they hold its lock meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn who_meets_another_writer_waits_tries_again_or_is_refused() {
    let server = Postgres::start().await.unwrap();
    let check = async |way: SetActive, attempts: u32, expected: (u16, i64), conflicts: &[&str]| {
        let name = format!("{way:?}-{attempts}").to_lowercase();
        let url = server.create_database(&name).await.unwrap();
        // However slow the machine is.
        let url = lock_timeout(&url, "1min");
        let service = start(|settings| {
            settings.database = url.as_str().into();
            settings.phase.switches.set_active = way;
            settings.phase.switches.set_active_attempts = attempts.try_into().unwrap();
        })
        .await;
        assert_eq!(service.app.store.kind(), DatabaseKind::Postgres);
        let path = "/challenge/v1/challenges/challenge-01/goals/goal-01-50/active";
        let on = json!({ "isActive": true });
        let first = service.call("PUT", path, "ann", Some(&on)).await;
        assert_eq!(first.status, 200);

        let watch = PgPool::connect(&url).await.unwrap();
        let mut other = PgConnection::connect(&url).await.unwrap();
        let mut transaction = other.begin().await.unwrap();
        let change = "update user_goal_progress set version = version + 1, progress = 7";
        sqlx::query(change)
            .execute(&mut *transaction)
            .await
            .unwrap();
        let waits = async {
            let sql = "select count(*) from pg_locks where not granted";
            while sqlx::query_scalar::<_, i64>(sql)
                .fetch_one(&watch)
                .await
                .unwrap()
                == 0
            {
                tokio::task::yield_now().await;
            }
            transaction.commit().await.unwrap();
        };
        let off = json!({ "isActive": false });
        let (answer, ()) = tokio::join!(service.call("PUT", path, "ann", Some(&off)), waits);
        let row = service
            .app
            .store
            .row_of_goal("ann", "goal-01-50")
            .await
            .unwrap()
            .unwrap();
        assert_eq!((answer.status, row.version), expected, "{name}");
        if answer.status == 200 {
            let body = answer.json();
            assert_eq!(
                (&body["isActive"], &body["progress"]),
                (&json!(false), &json!(7)),
                "{name}"
            );
        } else {
            assert_eq!(answer.problem(), (409, "CONFLICT".to_owned()), "{name}");
        }
        let metrics = service.call("GET", "/metrics", "", None).await;
        let metrics = String::from_utf8(metrics.body.to_vec()).unwrap();
        let told: Vec<_> = metrics
            .lines()
            .filter_map(|line| line.strip_prefix("challenge_set_active_"))
            .collect();
        assert_eq!(told, conflicts, "{name}");
    };
    check(SetActive::RowUpdate, 5, (200, 3), &[]).await;
    check(SetActive::RowLock, 5, (200, 3), &[]).await;
    check(SetActive::Queued, 5, (200, 3), &[]).await;
    check(
        SetActive::Optimistic,
        5,
        (200, 3),
        &["conflicts_total 1", "given_up_total 0"],
    )
    .await;
    check(
        SetActive::Optimistic,
        1,
        (409, 2),
        &["conflicts_total 1", "given_up_total 1"],
    )
    .await;
}
