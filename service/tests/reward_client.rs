//! The client of the reward platform, against the mock.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::post;
use axum::serve::ListenerExt;
use challenge_service::catalogue::{Reward, RewardKind};
use challenge_service::rewards::{MockArgs, RewardClient, RewardError, RewardLimits};
use challenge_service::settings::Settings;
use challenge_service::store::Claim;
use serde_json::json;
use support::{MockAddresses, mock, send};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

fn client(url: &str, change: impl FnOnce(&mut RewardLimits)) -> RewardClient {
    let mut limits = Settings::of_phase("phase9").unwrap().reward_limits();
    change(&mut limits);
    RewardClient::new(url, limits).unwrap()
}

fn claim(n: usize) -> Claim {
    Claim {
        user_id: format!("player-{n}"),
        goal_id: "goal-01-50".into(),
        key: format!("key-{n}"),
    }
}

fn coins() -> Reward {
    Reward {
        reward_id: "coins".into(),
        kind: RewardKind::Wallet,
        quantity: 10,
    }
}

async fn behave(mock: &MockAddresses, change: serde_json::Value) {
    let url = format!("http://{}/behaviour", mock.admin);
    assert_eq!(send("PATCH", &url, &[], Some(&change)).await.status, 200);
}

#[tokio::test]
async fn what_may_succeed_is_asked_for_three_times_and_what_cannot_once() {
    let stop = CancellationToken::new();
    let failing = |args: &mut MockArgs| args.behaviour.failure_rate = "100%".parse().unwrap();
    let mock = mock(failing, &stop).await;
    let client = client(&mock.url(), |_| ());
    let mut asked = 0;
    for (status, attempts) in [(503, 3), (500, 3), (429, 3), (400, 1), (422, 1)] {
        behave(&mock, json!({ "failureStatus": status })).await;
        let error = client.grant(&claim(0), &coins()).await.unwrap_err();
        assert!(
            matches!(error, RewardError::Refused(refused) if refused == status),
            "{status}: {error}"
        );
        asked += attempts;
        assert_eq!(mock.total("attempts").await, asked, "{status}");
    }
    assert_eq!(client.metrics().in_flight.get(), 0);
}

#[tokio::test]
async fn an_answer_that_never_came_is_asked_for_again_under_the_same_key() {
    let stop = CancellationToken::new();
    let hang = |args: &mut MockArgs| args.behaviour.hang_rate = "100%".parse().unwrap();
    let mock = mock(hang, &stop).await;
    let client = client(&mock.url(), |limits| {
        limits.reward_timeout = Duration::from_secs(1);
    });
    let granting = {
        let client = client.clone();
        tokio::spawn(async move { client.grant(&claim(0), &coins()).await })
    };
    while mock.total("hangs").await == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    behave(&mock, json!({ "hangRate": 0.0 })).await;
    granting.await.unwrap().unwrap();
    assert_eq!(mock.total("granted").await, 1);
    assert_eq!(mock.total("duplicates").await, 1);
}

#[tokio::test]
async fn no_more_than_so_many_calls_are_under_way() {
    let stop = CancellationToken::new();
    let slow = |args: &mut MockArgs| args.behaviour.latency = "100ms".parse().unwrap();
    let mock = mock(slow, &stop).await;
    let client = client(&mock.url(), |limits| {
        limits.reward_concurrency = 2;
        limits.reward_timeout = Duration::from_mins(1);
    });
    let before = Instant::now();
    let mut grants = JoinSet::new();
    for n in 0..8 {
        let client = client.clone();
        grants.spawn(async move { client.grant(&claim(n), &coins()).await });
    }
    for granted in grants.join_all().await {
        granted.unwrap();
    }
    // Four times two.
    assert!(before.elapsed() >= Duration::from_millis(400));
    assert_eq!(mock.total("attempts").await, 8);
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let connections = Arc::new(AtomicUsize::new(0));
    let listener = {
        let connections = connections.clone();
        listener.tap_io(move |_| {
            connections.fetch_add(1, Ordering::Relaxed);
        })
    };
    let platform = Router::new().route("/v1/grants", post(async || "granted"));
    tokio::spawn(async move { axum::serve(listener, platform).await });
    let client = client(&url, |_| ());
    for n in 0..10 {
        client.grant(&claim(n), &coins()).await.unwrap();
    }
    assert_eq!(connections.load(Ordering::Relaxed), 1);
}
