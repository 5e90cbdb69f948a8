//! The cache of initialised users: two instances on one PostgreSQL and one Redis.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod support;

use std::time::Duration;

use challenge_service::initialised::InitialisedUsers;
use challenge_service::metrics::Metrics;
use challenge_service::phase::{Cache, Materialisation, Phase, ReturningCheck, Switches};
use challenge_service::settings::Settings;
use challenge_service::throwaway::Postgres;
use serde_json::Value;
use sqlx::PgPool;
use support::redis::Redis;
use support::{Running, send, start};

const INITIALIZE: &str = "/challenge/v1/challenges/initialize";
const HIT: &str = r#"challenge_cache_requests_total{outcome="hit"}"#;
const MISS: &str = r#"challenge_cache_requests_total{outcome="miss"}"#;
const ERROR: &str = r#"challenge_cache_requests_total{outcome="error"}"#;

fn use_cache(switches: &mut Switches, cache: Cache) {
    switches.returning_check = ReturningCheck::Cache;
    switches.cache = cache;
    switches.cache_timeout = Duration::from_mins(1);
    // With fewer needed rows, the response itself shows what is missing.
    switches.materialisation = Materialisation::Eager;
}

async fn instance(
    database: &str,
    redis: &str,
    cache: Cache,
    change: impl FnOnce(&mut Settings),
) -> Running {
    start(|settings| {
        settings.database = database.into();
        settings.redis = Some(redis.into());
        use_cache(&mut settings.phase.switches, cache);
        change(settings);
    })
    .await
}

async fn initialise(service: &Running, user: &str) -> Value {
    let answer = service.call("POST", INITIALIZE, user, None).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

/// Hits and misses so far.
async fn lookups(service: &Running) -> (u64, u64) {
    (service.metric(HIT).await, service.metric(MISS).await)
}

async fn delete(database: &PgPool, user: &str) {
    let sql = "delete from user_goal_progress where user_id = $1 and goal_id = 'goal-01-50'";
    let done = sqlx::query(sql).bind(user).execute(database).await.unwrap();
    assert_eq!(done.rows_affected(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_share_what_is_known_and_forget_it_together() {
    let server = Postgres::start().await.unwrap();
    let url = server.create_database("shared").await.unwrap();
    let database = PgPool::connect(&url).await.unwrap();
    let redis = Redis::start();
    let a = instance(&url, &redis.url(), Cache::Redis, |_| ()).await;
    let b = instance(&url, &redis.url(), Cache::Redis, |_| ()).await;

    assert_eq!(initialise(&a, "ann").await["assigned"], 500);
    assert_eq!(initialise(&b, "ann").await["assigned"], 0);
    assert_eq!((lookups(&a).await, lookups(&b).await), ((0, 1), (1, 0)));
    let keys: Vec<String> = redis.ask(&["KEYS", "*:ann"]);
    let [key] = &keys[..] else {
        panic!("one key, not {keys:?}")
    };
    let lives: i64 = redis.ask(&["PTTL", key]);
    assert!((1..=600_000).contains(&lives), "{lives}");

    // No default row is missing: nothing but the check would see it.
    delete(&database, "ann").await;
    assert_eq!(initialise(&b, "ann").await["alreadyInitialized"], true);
    a.clear_cache().await;
    assert_eq!(initialise(&b, "ann").await["assigned"], 1);
    assert_eq!(initialise(&a, "ann").await["assigned"], 0);
    assert_eq!((lookups(&a).await, lookups(&b).await), ((1, 1), (2, 1)));

    // An instance with other defaults needs other rows, and knows nobody by them.
    let lazy = instance(&url, &redis.url(), Cache::Redis, |settings| {
        settings.phase.switches.materialisation = Materialisation::Lazy;
    })
    .await;
    assert_eq!(initialise(&lazy, "ann").await["assigned"], 0);
    assert_eq!(lookups(&lazy).await, (0, 1));

    // Redis that lost everything, as after a restart, knows nobody.
    let _: String = redis.ask(&["FLUSHALL"]);
    delete(&database, "ann").await;
    assert_eq!(initialise(&a, "ann").await["assigned"], 1);
    assert_eq!(initialise(&b, "ann").await["assigned"], 0);
    assert_eq!((lookups(&a).await, lookups(&b).await), ((1, 2), (3, 1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_is_down_fails_no_request_and_is_used_again_when_it_is_back() {
    let server = Postgres::start().await.unwrap();
    let url = server.create_database("down").await.unwrap();
    let mut redis = Redis::start();
    redis.kill();
    let service = instance(&url, &redis.url(), Cache::Redis, |_| ()).await;
    assert_eq!(initialise(&service, "ann").await["assigned"], 500);
    assert_eq!(
        initialise(&service, "ann").await["alreadyInitialized"],
        true
    );
    assert_eq!(lookups(&service).await, (0, 0));
    assert_eq!(service.metric(ERROR).await, 2);
    let clear = format!("http://{}/admin/cache/clear", service.addresses.admin);
    let refused = send("POST", &clear, &[], None).await.problem();
    assert_eq!(refused, (503, "CACHE_FAILED".to_owned()));

    redis.run();
    let hits = async |more_than| {
        loop {
            initialise(&service, "ann").await;
            if service.metric(HIT).await > more_than {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    hits(0).await;
    // It goes while connections to it are open.
    redis.kill();
    let before = lookups(&service).await;
    for _ in 0..3 {
        assert_eq!(
            initialise(&service, "ann").await["alreadyInitialized"],
            true
        );
    }
    assert_eq!(lookups(&service).await, before);
    redis.run();
    hits(before.0).await;
    service.clear_cache().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_is_of_one_instance() {
    let server = Postgres::start().await.unwrap();
    let url = server.create_database("memory").await.unwrap();
    let database = PgPool::connect(&url).await.unwrap();
    let a = instance(&url, "redis://127.0.0.1:1", Cache::Memory, |_| ()).await;
    let b = instance(&url, "redis://127.0.0.1:1", Cache::Memory, |_| ()).await;
    assert_eq!(initialise(&a, "ann").await["assigned"], 500);
    for service in [&a, &b] {
        assert_eq!(initialise(service, "ann").await["assigned"], 0);
    }
    assert_eq!((lookups(&a).await, lookups(&b).await), ((1, 1), (0, 1)));
    delete(&database, "ann").await;
    a.clear_cache().await;
    assert_eq!(initialise(&b, "ann").await["assigned"], 0, "b was not told");
    assert_eq!(initialise(&a, "ann").await["assigned"], 1);

    // A lifetime that is over before the next request.
    let brief = instance(&url, "redis://127.0.0.1:1", Cache::Memory, |settings| {
        settings.phase.switches.cache_expiry = Duration::from_millis(1);
    })
    .await;
    initialise(&brief, "ann").await;
    tokio::time::sleep(Duration::from_millis(5)).await;
    initialise(&brief, "ann").await;
    assert_eq!(lookups(&brief).await, (0, 2));
}

/// What a request saw before a clear must not be known after it, on no instance.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_seen_before_a_clear_is_not_remembered_after_it() {
    let redis = Redis::start();
    let service = start(|_| ()).await;
    let cache = || {
        let mut phase = Phase::load("phase9").unwrap();
        use_cache(&mut phase.switches, Cache::Redis);
        let metrics = Metrics::new(&phase, &service.app.store);
        let url = redis.url().as_str().into();
        InitialisedUsers::new(&phase.switches, Some(&url), &metrics)
            .unwrap()
            .unwrap()
    };
    let (a, b) = (cache(), cache());
    let set = service.app.content.materialised.digest();
    let seen = a.look_up(set, "ann").await;
    assert!(!seen.hit);
    b.clear().await.unwrap();
    a.remember(set, "ann", &seen).await;
    assert!(!b.look_up(set, "ann").await.hit);
    let seen = b.look_up(set, "ann").await;
    b.remember(set, "ann", &seen).await;
    assert!(a.look_up(set, "ann").await.hit);

    let brief = |key: &str| redis.ask::<i64>(&["PEXPIRE", key, "1"]);
    let keys: Vec<String> = redis.ask(&["KEYS", "*:ann"]);
    assert_eq!(keys.iter().map(|key| brief(key)).collect::<Vec<_>>(), [1]);
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(!a.look_up(set, "ann").await.hit);
}

/// Number, time and length, words, address and name of the client.
type LogEntry = (i64, i64, i64, Vec<String>, String, String);

/// Redis before 7 takes `SET` with `NX` or with `GET`, and refuses both in one.
#[tokio::test]
async fn an_older_redis_knows_every_command() {
    let redis = Redis::start();
    let _: String = redis.ask(&["CONFIG", "SET", "slowlog-log-slower-than", "0"]);
    let service = start(|settings| {
        settings.redis = Some(redis.url().as_str().into());
        use_cache(&mut settings.phase.switches, Cache::Redis);
    })
    .await;
    for user in ["ann", "ann", "bob"] {
        initialise(&service, user).await;
    }
    service.clear_cache().await;
    assert_eq!(lookups(&service).await, (1, 2));
    let log: Vec<LogEntry> = redis.ask(&["SLOWLOG", "GET", "1000"]);
    let commands: Vec<_> = log.into_iter().map(|(_, _, _, words, ..)| words).collect();
    let has = |words: &[String], word: &str| words.iter().any(|w| w == word);
    assert!(
        commands.iter().any(|words| has(words, "NX")),
        "{commands:?}"
    );
    for words in &commands {
        assert!(!(has(words, "NX") && has(words, "GET")), "{words:?}");
    }
}
