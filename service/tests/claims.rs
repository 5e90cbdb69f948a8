//! Claims: once, and whatever happens on the way.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod support;

use std::num::NonZeroU32;
use std::time::Duration;

use challenge_service::grpc::events_v1::StatItemUpdated;
use challenge_service::grpc::events_v1::stat_item_updated_events_client::StatItemUpdatedEventsClient;
use challenge_service::instant::Instant;
use challenge_service::operations::sweep;
use challenge_service::progress::Status;
use challenge_service::throwaway::Postgres;
use serde_json::json;
use support::held_rewards::HeldRewards;
use support::{Running, reward_mock, send, start};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

const GOAL: &str = "goal-01-50";
const ACTIVE: &str = "/challenge/v1/challenges/challenge-01/goals/goal-01-50/active";
const CLAIM: &str = "/challenge/v1/challenges/challenge-01/goals/goal-01-50/claim";

async fn complete(service: &Running, user: &str) {
    let on = json!({ "isActive": true });
    assert_eq!(
        service.call("PUT", ACTIVE, user, Some(&on)).await.status,
        200
    );
    play(service, user).await;
    assert_eq!(status(service, user).await, Status::Completed);
}

/// Reaches the target of the goal.
async fn play(service: &Running, user: &str) {
    let url = format!("http://{}", service.addresses.grpc);
    let mut events = StatItemUpdatedEventsClient::connect(url).await.unwrap();
    let event = StatItemUpdated {
        user_id: user.into(),
        stat_code: "stat-50".into(),
        value: 100.0,
        inc: 1.0,
        ..StatItemUpdated::default()
    };
    events.on_message(event).await.unwrap();
}

async fn status(service: &Running, user: &str) -> Status {
    service.app.store.rows_of_user(user).await.unwrap()[0].status
}

#[tokio::test]
async fn a_completed_goal_is_claimed_once() {
    let service = start(|_| ()).await;
    complete(&service, "ann").await;
    let goal = service.call("POST", CLAIM, "ann", None).await;
    assert_eq!(goal.status, 200);
    let goal = goal.json();
    assert_eq!(
        (&goal["goalId"], &goal["status"]),
        (&json!(GOAL), &json!("claimed"))
    );
    assert!(goal["claimedAt"].is_string());
    let problem = service.call("POST", CLAIM, "ann", None).await.problem();
    assert_eq!(problem, (409, "ALREADY_CLAIMED".into()));
    assert_eq!(service.granted().await, 1);
    complete_again_is_no_progress(&service).await;
}

async fn complete_again_is_no_progress(service: &Running) {
    play(service, "ann").await;
    assert_eq!(status(service, "ann").await, Status::Claimed);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_claims_at_once_one_wins() {
    let service = start(|_| ()).await;
    complete(&service, "ann").await;
    let mut claims = JoinSet::new();
    for _ in 0..10 {
        let url = format!("http://{}{CLAIM}", service.addresses.http);
        claims.spawn(async move { send("POST", &url, &[("x-mock-user", "ann")], None).await });
    }
    let mut won = 0;
    while let Some(answer) = claims.join_next().await {
        let answer = answer.unwrap();
        if answer.status == 200 {
            won += 1;
        } else {
            let (status, code) = answer.problem();
            assert_eq!(status, 409);
            assert!(
                code == "CLAIM_IN_PROGRESS" || code == "ALREADY_CLAIMED",
                "{code}"
            );
        }
    }
    assert_eq!(won, 1);
    assert_eq!(service.granted().await, 1);
}

#[tokio::test]
async fn a_claim_that_fails_can_be_made_again() {
    let service = start(|settings| settings.reward_url = "http://127.0.0.1:1".into()).await;
    complete(&service, "ann").await;
    for _ in 0..2 {
        let problem = service.call("POST", CLAIM, "ann", None).await.problem();
        assert_eq!(problem, (502, "REWARD_FAILED".into()));
        assert_eq!(status(&service, "ann").await, Status::Completed);
    }
}

#[tokio::test]
async fn a_caller_who_hangs_up_does_not_stop_the_claim() {
    let stop = CancellationToken::new();
    let slow = reward_mock(Duration::from_millis(300), &stop).await;
    let service = start(|settings| settings.reward_url = slow.url().into()).await;
    complete(&service, "ann").await;
    let url = format!("http://{}{CLAIM}", service.addresses.http);
    let call =
        tokio::spawn(async move { send("POST", &url, &[("x-mock-user", "ann")], None).await });
    while status(&service, "ann").await != Status::Claiming {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    while status(&service, "ann").await == Status::Claiming {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(status(&service, "ann").await, Status::Claimed);
}

#[tokio::test]
async fn shutting_down_waits_for_a_claim() {
    let stop = CancellationToken::new();
    let slow = reward_mock(Duration::from_millis(300), &stop).await;
    let directory = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", directory.path().join("kept.db").display());
    let service = start(|settings| {
        settings.reward_url = slow.url().into();
        settings.database = database.as_str().into();
    })
    .await;
    complete(&service, "ann").await;
    let url = format!("http://{}{CLAIM}", service.addresses.http);
    let call =
        tokio::spawn(async move { send("POST", &url, &[("x-mock-user", "ann")], None).await });
    while status(&service, "ann").await != Status::Claiming {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    service.stop.cancel();
    assert_eq!(call.await.unwrap().status, 200);
    service.done.await.unwrap();

    let service = start(|settings| settings.database = database.into()).await;
    assert_eq!(status(&service, "ann").await, Status::Claimed);
}

#[tokio::test]
async fn a_claim_that_a_crash_left_open_is_settled_without_a_second_grant() {
    let service = start(|_| ()).await;
    complete(&service, "ann").await;
    let store = &service.app.store;
    let claim = store.begin_claim("ann", GOAL, "key", Instant::now()).await;
    let claim = claim.unwrap().unwrap();
    // The reward was granted, and then the process died.
    let reward = &service.app.content.catalogue.goal(GOAL).unwrap().1.reward;
    service.app.rewards.grant(&claim, reward).await.unwrap();

    let settled = sweep(&service.app, Duration::from_hours(1)).await.unwrap();
    assert_eq!(settled, 0, "it may still be going on");
    let problem = service.call("POST", CLAIM, "ann", None).await.problem();
    assert_eq!(problem, (409, "CLAIM_IN_PROGRESS".into()));

    assert_eq!(sweep(&service.app, Duration::ZERO).await.unwrap(), 1);
    assert_eq!(status(&service, "ann").await, Status::Claimed);
    assert_eq!(
        service.granted().await,
        1,
        "the key is that of the first attempt"
    );
}

/// More of them than one sweep takes.
#[tokio::test]
async fn claims_on_goals_that_are_gone_do_not_block_others() {
    let service = start(|_| ()).await;
    let store = &service.app.store;
    let begin = async |user: &str, goal: &str| {
        support::complete(&service, user, "challenge-01", goal).await;
        let claim = store.begin_claim(user, goal, "key", Instant::now()).await;
        assert!(claim.unwrap().is_some());
    };
    for n in 0..150 {
        begin(&format!("player-{n}"), "goal-of-old").await;
    }
    begin("zoe", GOAL).await;
    let mut granted = 0;
    for _ in 0..2 {
        granted += sweep(&service.app, Duration::ZERO).await.unwrap();
    }
    assert_eq!(granted, 1);
    assert_eq!(status(&service, "zoe").await, Status::Claimed);
    let old = status(&service, "player-0").await;
    assert_eq!(
        old,
        Status::Completed,
        "to be claimed when the goal is back"
    );
    assert_eq!(service.granted().await, 1);
}

#[tokio::test]
async fn no_connection_is_held_while_the_platform_is_asked() {
    let server = Postgres::start()
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let database = server.create_database("pool").await.unwrap();
    let rewards = HeldRewards::start().await;
    let service = start(|settings| {
        settings.phase.switches.pool = NonZeroU32::MIN;
        settings.database = database.into();
        settings.reward_url = format!("http://{}", rewards.address).into();
        // As good as never.
        settings.reward_timeout = Duration::from_mins(10);
    })
    .await;
    let mut claims = JoinSet::new();
    for user in ["ann", "bob", "cho"] {
        complete(&service, user).await;
        let url = format!("http://{}{CLAIM}", service.addresses.http);
        claims.spawn(async move { send("POST", &url, &[("x-mock-user", user)], None).await });
        rewards.arrived().await;
    }
    // Three calls are under way, and the only connection is free.
    for user in ["ann", "bob", "cho"] {
        assert_eq!(status(&service, user).await, Status::Claiming);
    }
    rewards.release();
    for claimed in claims.join_all().await {
        assert_eq!(claimed.status, 200, "{claimed:?}");
    }
}
