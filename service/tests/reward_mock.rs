//! The reward mock over its sockets.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod support;

use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use challenge_service::rewards::{Mock, MockArgs, MockError};
use serde_json::{Value, json};
use support::{Answer, MockAddresses, mock, send};
use tokio_util::sync::CancellationToken;

fn coins(user: &str, goal: &str) -> Value {
    json!({ "userId": user, "goalId": goal, "rewardId": "coins", "quantity": 10 })
}

async fn ask(mock: &MockAddresses, key: Option<&str>, grant: &Value) -> Answer {
    let url = format!("{}/v1/grants", mock.url());
    let key = key.map(|key| ("idempotency-key", key));
    let headers: Vec<_> = key.into_iter().collect();
    send("POST", &url, &headers, Some(grant)).await
}

async fn change(mock: &MockAddresses, change: Value) -> Answer {
    let url = format!("http://{}/behaviour", mock.admin);
    send("PATCH", &url, &[], Some(&change)).await
}

#[tokio::test]
async fn a_key_is_granted_once_and_belongs_to_its_body() {
    let stop = CancellationToken::new();
    let mock = mock(|_| (), &stop).await;
    let grant = coins("ann", "one");
    let first = ask(&mock, Some("a"), &grant).await;
    assert_eq!(first.status, 201);
    let again = ask(&mock, Some("a"), &grant).await;
    assert_eq!((again.status, again.json()), (200, first.json()));
    let other = ask(&mock, Some("b"), &coins("ann", "two")).await;
    assert_eq!(other.status, 201);
    assert_ne!(other.json(), first.json());
    let reused = ask(&mock, Some("a"), &coins("bob", "one")).await;
    assert_eq!(reused.status, 422);
    let wrong = ask(&mock, Some("c"), &json!({ "userId": "bob" })).await;
    assert_eq!(wrong.status, 400);

    let counts = mock.tell("/counts").await;
    let expected = json!({
        "attempts": 4, "granted": 2, "duplicates": 1, "keysReused": 1, "failures": 0, "hangs": 0,
    });
    assert_eq!(counts["totals"], expected);
    assert_eq!(counts["window"]["byReward"], json!({ "coins": 2 }));
    assert_eq!(counts["window"]["grantedAgain"], 0);
    let ann = mock.tell("/counts/users/ann").await;
    let expected = json!([
        { "goalId": "one", "rewardId": "coins", "grants": 1 },
        { "goalId": "two", "rewardId": "coins", "grants": 1 },
    ]);
    assert_eq!(ann["grants"], expected);
    assert_eq!(mock.tell("/counts/users/bob").await["grants"], json!([]));
}

#[tokio::test]
async fn grants_of_the_same_goal_under_other_keys_are_seen() {
    let stop = CancellationToken::new();
    let mock = mock(|_| (), &stop).await;
    for key in [Some("a"), Some("b"), None] {
        assert_eq!(ask(&mock, key, &coins("ann", "one")).await.status, 201);
    }
    let counts = mock.tell("/counts").await;
    assert_eq!(counts["window"]["grantedAgain"], 2);
    let ann = mock.tell("/counts/users/ann").await;
    assert_eq!(ann["grants"][0]["grants"], 3);
}

#[tokio::test]
async fn keys_are_remembered_for_a_window_of_grants() {
    let stop = CancellationToken::new();
    let mock = mock(|args| args.remember = NonZeroUsize::new(2).unwrap(), &stop).await;
    let grant = coins("ann", "one");
    let check = async |key: &str, status: u16| {
        assert_eq!(ask(&mock, Some(key), &grant).await.status, status, "{key}");
    };
    check("a", 201).await;
    check("b", 201).await;
    check("a", 200).await;
    check("c", 201).await;
    // The oldest is gone, although it was asked for again meanwhile.
    check("a", 201).await;
    let window = &mock.tell("/counts").await["window"];
    assert_eq!(
        (&window["grants"], &window["capacity"]),
        (&json!(2), &json!(2))
    );
}

/// Statuses of 40 grants, asked for one after the other.
async fn statuses(seed: u64) -> Vec<u16> {
    let stop = CancellationToken::new();
    let behave = |args: &mut MockArgs| {
        args.seed = seed;
        args.behaviour.failure_rate = "25%".parse().unwrap();
    };
    let mock = mock(behave, &stop).await;
    let mut statuses = Vec::new();
    for n in 0..40 {
        let key = n.to_string();
        statuses.push(ask(&mock, Some(&key), &coins("ann", &key)).await.status);
    }
    let failed = statuses.iter().filter(|status| **status == 503).count() as u64;
    assert!((1..40).contains(&failed), "{statuses:?}");
    assert_eq!(mock.total("failures").await, failed);
    assert_eq!(mock.total("granted").await, 40 - failed);
    statuses
}

#[tokio::test]
async fn a_seed_repeats_which_requests_fail() {
    let first = statuses(1).await;
    assert_eq!(first, statuses(1).await);
    assert_ne!(first, statuses(2).await);
}

#[tokio::test]
async fn behaviour_changes_while_it_runs() {
    let stop = CancellationToken::new();
    let mock = mock(|_| (), &stop).await;
    let all = json!({ "failureRate": 1.0, "failureStatus": 429 });
    let changed = change(&mock, all).await;
    assert_eq!(changed.status, 200);
    let expected = json!({
        "latency": "0s", "failureRate": 1.0, "failureStatus": 429, "hangRate": 0.0,
    });
    assert_eq!(changed.json(), expected);
    assert_eq!(mock.tell("/behaviour").await, expected);
    let refused = ask(&mock, Some("a"), &coins("ann", "one")).await;
    assert_eq!(refused.status, 429);
    assert_eq!(mock.total("granted").await, 0);

    let slow = json!({ "failureRate": 0.0, "latency": "150ms" });
    assert_eq!(change(&mock, slow).await.status, 200);
    let before = Instant::now();
    let granted = ask(&mock, Some("a"), &coins("ann", "one")).await;
    assert_eq!(granted.status, 201, "a refusal leaves no key behind");
    assert!(before.elapsed() >= Duration::from_millis(150));

    for wrong in [
        json!({ "latency": "soon" }),
        json!({ "failureRate": 1.5 }),
        json!({ "failureRate": 0.7, "hangRate": 0.7 }),
        json!({ "failureStatus": 200 }),
        json!({ "speed": 1 }),
    ] {
        let answer = change(&mock, wrong.clone()).await;
        assert!((400..500).contains(&answer.status), "{wrong}: {answer:?}");
        assert!(answer.json()["error"].is_string(), "{wrong}");
    }
    assert_eq!(mock.tell("/behaviour").await["latency"], "150ms");
}

#[tokio::test]
async fn who_is_left_hanging_has_the_grant_all_the_same() {
    let stop = CancellationToken::new();
    let hang = |args: &mut MockArgs| args.behaviour.hang_rate = "100%".parse().unwrap();
    let mock = mock(hang, &stop).await;
    let grant = coins("ann", "one");
    let unheard = ask(&mock, Some("a"), &grant);
    let waited = tokio::time::timeout(Duration::from_millis(300), unheard).await;
    assert!(waited.is_err(), "no answer");
    assert_eq!(mock.total("granted").await, 1);
    assert_eq!(change(&mock, json!({ "hangRate": 0.0 })).await.status, 200);
    assert_eq!(ask(&mock, Some("a"), &grant).await.status, 200);
    assert_eq!(mock.total("granted").await, 1);
    assert_eq!(mock.total("hangs").await, 1);
}

#[tokio::test]
async fn the_mock_stops_although_requests_hang() {
    let mut args = MockArgs::on_free_ports();
    args.behaviour.latency = "0s".parse().unwrap();
    args.behaviour.hang_rate = "100%".parse().unwrap();
    let mock = Mock::bind(args).await.unwrap();
    let addresses = MockAddresses {
        grants: mock.address,
        admin: mock.admin_address,
    };
    let stop = CancellationToken::new();
    let running = tokio::spawn(mock.run(stop.clone().cancelled_owned()));
    let hanging = tokio::spawn(async move { ask(&addresses, None, &coins("ann", "one")).await });
    while addresses.total("hangs").await == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stop.cancel();
    assert_eq!(hanging.await.unwrap().status, 504);
    running.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_mock_that_cannot_behave_so_does_not_start() {
    let mut args = MockArgs::on_free_ports();
    args.behaviour.failure_rate = "60%".parse().unwrap();
    args.behaviour.hang_rate = "50%".parse().unwrap();
    let error = Mock::bind(args).await.unwrap_err();
    assert!(matches!(error, MockError::Behaviour(_)), "{error}");
}
