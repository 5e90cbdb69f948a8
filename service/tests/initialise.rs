//! Initialise by every check, cache and batch: one response, and as few statements as the docs say.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod support;

use std::num::NonZeroU32;
use std::time::Duration;

use challenge_service::assigner::Assigned;
use challenge_service::instant::Instant;
use challenge_service::keys::Bound;
use challenge_service::operations;
use challenge_service::phase::{Cache, Materialisation, ReturningCheck, Switches};
use challenge_service::throwaway::Postgres;
use clap::ValueEnum;
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection, PgPool, SqlitePool};
use support::player::rotating;
use support::redis::Redis;
use support::{Running, start};

const INITIALIZE: &str = "/challenge/v1/challenges/initialize";

/// A way of initialising, as the switches say it.
#[derive(Debug, Clone, Copy)]
struct Variant {
    materialisation: Materialisation,
    check: ReturningCheck,
    cache: Cache,
    batch: Bound,
}

impl Variant {
    fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for materialisation in Materialisation::value_variants() {
            for check in ReturningCheck::value_variants() {
                let caches = match check {
                    ReturningCheck::Cache => &[Cache::Memory, Cache::Redis][..],
                    _ => &[Cache::None],
                };
                for cache in caches {
                    for batch in [Bound::Off, Bound::At(64.try_into().unwrap())] {
                        all.push(Self {
                            materialisation: *materialisation,
                            check: *check,
                            cache: *cache,
                            batch,
                        });
                    }
                }
            }
        }
        all
    }

    fn set(self, switches: &mut Switches) {
        switches.materialisation = self.materialisation;
        switches.returning_check = self.check;
        switches.cache = self.cache;
        switches.cache_timeout = Duration::from_mins(1);
        switches.initialise_batch = self.batch;
    }

    async fn start(self, database: &str, redis: &Redis) -> Running {
        start(|settings| {
            settings.database = database.into();
            settings.redis = Some(redis.url().as_str().into());
            self.set(&mut settings.phase.switches);
        })
        .await
    }
}

/// Deletes rows behind the service's back.
async fn delete(database: &str, user: &str, goal: &str) {
    let sql = "delete from user_goal_progress where user_id = $1 and goal_id = $2";
    if database.starts_with("postgres") {
        let pool = PgPool::connect(database).await.unwrap();
        sqlx::query(sql)
            .bind(user)
            .bind(goal)
            .execute(&pool)
            .await
            .unwrap();
    } else {
        let pool = SqlitePool::connect(database).await.unwrap();
        sqlx::query(sql)
            .bind(user)
            .bind(goal)
            .execute(&pool)
            .await
            .unwrap();
    }
}

/// Times say only whether they are there: each run has its own.
fn timeless(mut answer: Value) -> Value {
    for goal in answer["goals"].as_array_mut().unwrap() {
        goal["assignedAt"] = json!(goal["assignedAt"].is_string());
    }
    answer
}

/// What the players of one story are answered.
async fn story(service: &Running, database: &str, run: &str) -> Vec<Value> {
    let mut told = Vec::new();
    let mut initialise = async |user: &str| {
        let user = format!("{user}-{run}");
        let answer = service.call("POST", INITIALIZE, &user, None).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let answer = answer.json();
        told.push(timeless(answer.clone()));
        answer
    };
    let switch = async |user: &str, goal: &str, on: bool| {
        let path = format!(
            "/challenge/v1/challenges/challenge-{}/goals/{goal}/active",
            &goal[5..7]
        );
        let body = json!({ "isActive": on });
        let answer = service
            .call("PUT", &path, &format!("{user}-{run}"), Some(&body))
            .await;
        assert_eq!(answer.status, 200);
    };

    // New, back at once, and back after having changed a default goal.
    let first = initialise("ann").await;
    let second = initialise("ann").await;
    assert_eq!(
        first["goals"], second["goals"],
        "{run}: what was inserted is what is stored"
    );
    switch("ann", "goal-03-01", false).await;
    initialise("ann").await;
    // A goal by hand first: of no default, and of one.
    switch("bob", "goal-01-50", true).await;
    initialise("bob").await;
    initialise("bob").await;
    switch("cyd", "goal-02-01", false).await;
    initialise("cyd").await;
    initialise("cyd").await;
    // An operator deletes a default row, and says so.
    delete(database, &format!("ann-{run}"), "goal-05-01").await;
    service.clear_cache().await;
    initialise("ann").await;
    initialise("ann").await;
    // Or does not: a default row is missed all the same.
    delete(database, &format!("ann-{run}"), "goal-07-01").await;
    initialise("ann").await;
    initialise("ann").await;
    told
}

async fn stories(database: &str, redis: &Redis) {
    for materialisation in Materialisation::value_variants() {
        let mut expected = None;
        for (n, variant) in Variant::all().into_iter().enumerate() {
            if variant.materialisation != *materialisation {
                continue;
            }
            let service = variant.start(database, redis).await;
            let run = format!("{n}-{}", uuid::Uuid::new_v4().simple());
            let told = story(&service, database, &run).await;
            service.stop.cancel();
            let expected = expected.get_or_insert_with(|| told.clone());
            for (step, (told, expected)) in told.iter().zip(expected).enumerate() {
                assert_eq!(told, expected, "{variant:?}, step {step}");
            }
        }
        let expected = expected.unwrap();
        let rows = match materialisation {
            Materialisation::Eager => 500,
            Materialisation::Lazy => 10,
        };
        let assigned: Vec<_> = expected
            .iter()
            .map(|told| told["assigned"].as_u64().unwrap())
            .collect();
        let by_hand = if rows == 500 { 499 } else { 10 };
        assert_eq!(assigned, [rows, 0, 0, by_hand, 0, rows - 1, 0, 1, 0, 1, 0]);
        for told in &expected {
            assert_eq!(told["alreadyInitialized"], told["assigned"] == 0);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_variant_answers_the_same_on_sqlite() {
    let directory = tempfile::tempdir().unwrap();
    let redis = Redis::start();
    stories(
        &format!("sqlite:{}", directory.path().join("test.db").display()),
        &redis,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_variant_answers_the_same_on_postgres() {
    let server = Postgres::start().await.unwrap();
    let redis = Redis::start();
    stories(&server.create_database("stories").await.unwrap(), &redis).await;
}

/// How many statements about progress the database was sent since this was asked last.
async fn statements(watch: &mut PgConnection) -> i64 {
    statements_with(watch, "user_goal_progress").await
}

/// How many statements with these words in them.
async fn statements_with(watch: &mut PgConnection, words: &str) -> i64 {
    let sql = "select coalesce(sum(calls), 0)::int8 from pg_stat_statements
               where query like '%' || $1 || '%' and query not like '%pg_stat%'";
    let calls = sqlx::query_scalar(sql)
        .bind(words)
        .fetch_one(&mut *watch)
        .await
        .unwrap();
    let reset = "select pg_stat_statements_reset()";
    sqlx::query(reset).execute(watch).await.unwrap();
    calls
}

#[tokio::test(flavor = "multi_thread")]
async fn each_variant_sends_as_many_statements_as_the_docs_say() {
    let server = Postgres::start().await.unwrap();
    let redis = Redis::start();
    let database = server.create_database("statements").await.unwrap();
    let mut watch = PgConnection::connect(&server.url()).await.unwrap();
    for variant in Variant::all() {
        let service = variant.start(&database, &redis).await;
        let user = format!("user-{}", uuid::Uuid::new_v4().simple());
        statements(&mut watch).await;
        for (visit, expected) in [
            (0, 2),
            (
                1,
                match variant.check {
                    ReturningCheck::Rows | ReturningCheck::Cache => 1,
                    ReturningCheck::Count | ReturningCheck::Exists => 2,
                },
            ),
        ] {
            service.call("POST", INITIALIZE, &user, None).await;
            assert_eq!(
                statements(&mut watch).await,
                expected,
                "{variant:?}, visit {visit}"
            );
        }
        service.stop.cancel();
    }
}

/// On one thread: all users are in the queue before the batch is taken from it.
#[tokio::test]
async fn new_users_share_statements_and_each_gets_its_rows() {
    let server = Postgres::start().await.unwrap();
    let database = server.create_database("batches").await.unwrap();
    let mut watch = PgConnection::connect(&server.url()).await.unwrap();
    let service = start(|settings| {
        settings.database = database.as_str().into();
        settings.phase.switches.initialise_batch = Bound::At(50.try_into().unwrap());
    })
    .await;
    let store = &service.app.store;
    let assign = async |users: &[String]| {
        let calls = users.iter().map(|user| {
            let goals = &service.app.content.materialised;
            service.app.assigner.assign(user, "test", goals)
        });
        let outcomes = futures_util::future::join_all(calls).await;
        let rows = |outcome: Result<Assigned, _>| outcome.ok().map(|assigned| assigned.rows);
        outcomes.into_iter().map(rows).collect::<Vec<_>>()
    };

    statements(&mut watch).await;
    let users: Vec<_> = (0..100).map(|n| format!("user-{n}")).collect();
    assert_eq!(assign(&users).await, [Some(10); 100]);
    assert_eq!(statements(&mut watch).await, 2);
    for user in &users {
        assert_eq!(store.rows_of_user(user).await.unwrap().len(), 10);
    }
    assert_eq!(statements(&mut watch).await, 100);
    // Two users several times each: who is first is told of the rows.
    let twins: Vec<_> = (0..50).map(|n| format!("twin-{}", n % 2)).collect();
    let rows = assign(&twins).await;
    assert_eq!(rows[..2], [Some(10); 2]);
    assert_eq!(rows[2..], [Some(0); 48]);
    assert_eq!(statements(&mut watch).await, 1);
    // One whom the database refuses, among others.
    let mut others: Vec<_> = (0..50).map(|n| format!("other-{n}")).collect();
    others[7] = "too-long-".repeat(20);
    let rows = assign(&others).await;
    for (n, rows) in rows.into_iter().enumerate() {
        assert_eq!(rows, (n != 7).then_some(10), "{n}");
    }
}

/// On one thread and with one connection, which is given to those who wait in turn: all have asked for
/// their rows before the first insert is carried out.
#[tokio::test]
async fn new_users_share_statements_where_goals_rotate_and_where_some_rows_are_there() {
    let server = Postgres::start().await.unwrap();
    let database = server.create_database("rotating").await.unwrap();
    let mut watch = PgConnection::connect(&server.url()).await.unwrap();
    let service = start(|settings| {
        settings.catalogue = Some(rotating());
        settings.database = database.as_str().into();
        let switches = &mut settings.phase.switches;
        switches.pool = NonZeroU32::MIN;
        switches.pool_timeout = Duration::from_mins(1);
        switches.initialise_batch = Bound::At(50.try_into().unwrap());
    })
    .await;
    let (app, store) = (&service.app, &service.app.store);
    let users: Vec<_> = (0..100).map(|n| format!("user-{n}")).collect();
    let one = app.content.defaults.filtered(|goal| goal == "story-1");
    for user in users.iter().skip(1).step_by(2) {
        let now = Instant::now();
        assert_eq!(store.assign(user, "test", &one, now).await.unwrap(), 1);
    }

    statements(&mut watch).await;
    let calls = users.iter().map(|user| operations::initialise(app, user));
    let answers = futures_util::future::join_all(calls).await;
    for (n, answer) in answers.into_iter().enumerate() {
        assert_eq!(answer.unwrap().assigned, 3 - n as u64 % 2, "user-{n}");
    }
    // One for the first user, then two for each batch: one for those who lack three rows, one for the rest.
    let inserts = statements_with(&mut watch, "insert into user_goal_progress").await;
    assert!((2..=10).contains(&inserts), "{inserts}");
}
