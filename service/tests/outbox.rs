//! Rewards through the outbox: claims do not wait for them, and each is granted once.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod support;

use std::num::NonZeroU32;
use std::time::Duration;

use challenge_service::instant::Instant;
use challenge_service::phase::Phase;
use challenge_service::rewards::MockArgs;
use challenge_service::settings::Settings;
use challenge_service::store::{Claim, Store};
use challenge_service::throwaway::Postgres;
use serde_json::{Value, json};
use sqlx::SqlitePool;
use support::database::{Database, POOL};
use support::held_rewards::HeldRewards;
use support::{MockAddresses, Running, complete_in, mock, send, start};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

async fn behave(mock: &MockAddresses, change: Value) {
    let url = format!("http://{}/behaviour", mock.admin);
    let changed = send("PATCH", &url, &[], Some(&change)).await;
    assert_eq!(changed.status, 200, "{changed:?}");
}

async fn outbox(service: &Running) -> Value {
    let url = format!("http://{}/debug/outbox", service.addresses.admin);
    send("GET", &url, &[], None).await.json()
}

/// Waits until the outbox looks as wanted; the test's own time-out is that of the whole run.
async fn until(service: &Running, wanted: impl Fn(&Value) -> bool) -> Value {
    loop {
        let outbox = outbox(service).await;
        if wanted(&outbox) {
            return outbox;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn started(mock: &MockAddresses, change: impl FnOnce(&mut Settings)) -> Running {
    start(|settings| {
        settings.phase = Phase::load("phase11").unwrap();
        settings.reward_url = mock.url().into();
        settings.reward_timeout = Duration::from_millis(300);
        change(settings);
    })
    .await
}

fn hanging(args: &mut MockArgs) {
    args.behaviour.hang_rate = "100%".parse().unwrap();
}

#[tokio::test]
async fn a_claim_does_not_wait_for_its_reward() {
    let stop = CancellationToken::new();
    let mock = mock(hanging, &stop).await;
    let service = started(&mock, |_| ()).await;
    let game = service.game();
    game.complete("ann").await;
    assert_eq!(game.goal("ann").await.get("rewardStatus"), None);
    let claimed = game.claim("ann").await;
    assert_eq!(claimed.status, 200);
    let claimed = claimed.json();
    assert_eq!(claimed["status"], "claimed");
    assert_eq!(claimed["rewardStatus"], "pending");
    assert!(claimed["claimedAt"].is_string());
    assert_eq!(game.goal("ann").await, claimed, "the list says the same");
    let problem = game.claim("ann").await.problem();
    assert_eq!(problem, (409, "ALREADY_CLAIMED".into()));

    behave(&mock, json!({ "hangRate": 0.0 })).await;
    until(&service, |outbox| outbox["pending"] == 0).await;
    assert_eq!(game.goal("ann").await["rewardStatus"], "granted");
    assert_eq!(mock.total("granted").await, 1);
    let granted = r#"challenge_outbox_attempts_total{outcome="granted"}"#;
    assert_eq!(service.metric(granted).await, 1);
    let delays = "challenge_outbox_delay_seconds_count";
    assert_eq!(service.metric(delays).await, 1);
}

#[tokio::test]
async fn an_inline_claim_is_granted_when_it_is_answered() {
    let stop = CancellationToken::new();
    let mock = mock(|_| (), &stop).await;
    let service = started(&mock, |settings| {
        settings.phase = Phase::load("phase10").unwrap();
    })
    .await;
    let game = service.game();
    game.complete("ann").await;
    let claimed = game.claim("ann").await.json();
    assert_eq!(claimed["rewardStatus"], "granted");
}

#[tokio::test]
async fn what_fails_too_often_is_set_aside_until_an_operator_tries_again() {
    let stop = CancellationToken::new();
    let failing = |args: &mut MockArgs| args.behaviour.failure_rate = "100%".parse().unwrap();
    let mock = mock(failing, &stop).await;
    let service = started(&mock, |settings| {
        settings.outbox_attempts = NonZeroU32::new(3).unwrap();
    })
    .await;
    let game = service.game();
    game.complete("ann").await;
    assert_eq!(game.claim("ann").await.status, 200);
    let outbox = until(&service, |outbox| outbox["dead"] == 1).await;
    assert_eq!(mock.total("attempts").await, 3);
    assert_eq!(outbox["pending"], 0);
    let given_up = &outbox["givenUp"][0];
    assert_eq!(given_up["userId"], "ann");
    assert_eq!(given_up["goalId"], "goal-01-50");
    assert_eq!(given_up["attempts"], 3);
    assert!(given_up["lastError"].as_str().unwrap().contains("503"));
    assert_eq!(game.goal("ann").await["rewardStatus"], "pending");

    behave(&mock, json!({ "failureRate": 0.0 })).await;
    let url = format!("http://{}/debug/outbox/retry", service.addresses.admin);
    let revived = send("POST", &url, &[], None).await.json();
    assert_eq!(revived, json!({ "revived": 1 }));
    until(&service, |outbox| {
        outbox["pending"] == 0 && outbox["dead"] == 0
    })
    .await;
    assert_eq!(game.goal("ann").await["rewardStatus"], "granted");
    assert_eq!(mock.total("granted").await, 1);
}

#[tokio::test]
async fn what_cannot_succeed_is_set_aside_at_once_and_metrics_say_so() {
    let stop = CancellationToken::new();
    let refusing = |args: &mut MockArgs| {
        args.behaviour.failure_rate = "100%".parse().unwrap();
        args.behaviour.failure_status = 400;
    };
    let mock = mock(refusing, &stop).await;
    let service = started(&mock, |_| ()).await;
    let game = service.game();
    game.complete("ann").await;
    assert_eq!(game.claim("ann").await.status, 200);
    until(&service, |outbox| outbox["dead"] == 1).await;
    assert_eq!(mock.total("attempts").await, 1);
    let url = format!("http://{}/metrics", service.addresses.http);
    loop {
        let metrics = send("GET", &url, &[], None).await;
        let metrics = String::from_utf8(metrics.body.to_vec()).unwrap();
        assert!(
            metrics.contains("challenge_reward_calls_total{outcome=\"refused\"} 1"),
            "{metrics}"
        );
        assert!(
            metrics.contains("challenge_outbox_attempts_total{outcome=\"given_up\"} 1"),
            "{metrics}"
        );
        if metrics.contains("challenge_outbox_dead 1") {
            break;
        }
        // Counted once a second.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// What waits in line for the platform would run out of time there.
#[tokio::test]
async fn no_more_is_taken_than_the_platform_is_asked_for_at_once() {
    let database = Database::sqlite();
    let store = Store::connect(&database.url, POOL).await.unwrap();
    for n in 0..100 {
        let claim = Claim {
            user_id: format!("player-{n}"),
            goal_id: "goal-01-50".into(),
            key: format!("key-{n}"),
        };
        complete_in(&store, &claim.user_id, "challenge-01", &claim.goal_id).await;
        let owed = store.claim_owing(&claim, "{}", Instant::now()).await;
        assert!(owed.unwrap().is_some());
    }
    store.close().await;
    let rewards = HeldRewards::start().await;
    let service = start(|settings| {
        settings.phase = Phase::load("phase11").unwrap();
        settings.database = database.url.as_str().into();
        settings.reward_url = format!("http://{}", rewards.address).into();
        settings.reward_concurrency = NonZeroU32::MIN;
        // As good as never.
        settings.reward_timeout = Duration::from_mins(10);
    })
    .await;
    rewards.arrived().await;
    let rows = SqlitePool::connect(&database.url).await.unwrap();
    let taken = "select count(*) from reward_outbox where attempts > 0";
    let taken: i64 = sqlx::query_scalar(taken).fetch_one(&rows).await.unwrap();
    assert_eq!(taken, 1);
    rewards.release();
    let outbox = until(&service, |outbox| outbox["pending"] == 0).await;
    assert_eq!(outbox["dead"], 0);
    let granted = r#"challenge_reward_calls_total{outcome="granted"}"#;
    assert_eq!(service.metric(granted).await, 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres() {
    let server = Postgres::start()
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let database = server.create_database("pool").await.unwrap();
    no_connection_is_held_while_the_platform_is_asked(&database).await;
    let database = server.create_database("many").await.unwrap();
    of_many_claims_at_two_instances_each_goal_is_granted_once(&database).await;
}

async fn no_connection_is_held_while_the_platform_is_asked(database: &str) {
    let stop = CancellationToken::new();
    let mock = mock(hanging, &stop).await;
    let service = started(&mock, |settings| {
        settings.phase.switches.pool = NonZeroU32::MIN;
        settings.database = database.into();
        // As good as never.
        settings.reward_timeout = Duration::from_mins(10);
    })
    .await;
    let game = service.game();
    for user in ["ann", "bob", "cho"] {
        game.complete(user).await;
        assert_eq!(game.claim(user).await.status, 200);
    }
    while mock.total("hangs").await < 3 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // Three calls are under way, and the only connection is free.
    assert_eq!(game.goal("ann").await["rewardStatus"], "pending");
    assert_eq!(service.app.rewards.metrics().in_flight.get(), 3);
}

async fn of_many_claims_at_two_instances_each_goal_is_granted_once(database: &str) {
    const PLAYERS: usize = 15;
    let stop = CancellationToken::new();
    let moody = |args: &mut MockArgs| {
        args.behaviour.latency = "1ms..30ms".parse().unwrap();
        args.behaviour.failure_rate = "20%".parse().unwrap();
        args.behaviour.hang_rate = "10%".parse().unwrap();
    };
    let mock = mock(moody, &stop).await;
    let on_it = |settings: &mut Settings| settings.database = database.into();
    let (one, other) = (started(&mock, on_it).await, started(&mock, on_it).await);
    let games = [one.game(), other.game()];
    let mut claims = JoinSet::new();
    for n in 0..PLAYERS {
        let user = format!("player-{n}");
        games[n % 2].complete(&user).await;
        for attempt in 0..10 {
            let (game, user) = (games[attempt % 2].clone(), user.clone());
            claims.spawn(async move { (user.clone(), game.claim(&user).await) });
        }
    }
    let mut winners: Vec<String> = Vec::new();
    while let Some(claim) = claims.join_next().await {
        let (user, answer) = claim.unwrap();
        if answer.status == 200 {
            winners.push(user);
        } else {
            assert_eq!(answer.problem(), (409, "ALREADY_CLAIMED".into()));
        }
    }
    let claimed = winners.len();
    winners.sort();
    winners.dedup();
    assert_eq!(
        (claimed, winners.len()),
        (PLAYERS, PLAYERS),
        "one claim each"
    );
    until(&one, |outbox| outbox["pending"] == 0).await;
    let counts = mock.tell("/counts").await;
    assert_eq!(counts["totals"]["granted"], PLAYERS, "{counts}");
    assert_eq!(counts["window"]["grantedAgain"], 0, "{counts}");
    for user in winners {
        assert_eq!(games[0].goal(&user).await["rewardStatus"], "granted");
    }
    assert_eq!(outbox(&other).await["dead"], 0);
}
