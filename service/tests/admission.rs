//! The bound on requests in progress.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod support;

use std::num::NonZeroU32;
use std::time::Duration;

use challenge_service::grpc::events_v1::UserLoggedIn;
use challenge_service::grpc::events_v1::user_logged_in_events_client::UserLoggedInEventsClient;
use challenge_service::keys::Bound;
use serde_json::json;
use support::held_rewards::HeldRewards;
use support::{complete, grpc, send, start};
use tonic::Code;
use tonic_types::StatusExt;

const LIST: &str = "/challenge/v1/challenges";
const CLAIM: &str = "/challenge/v1/challenges/challenge-01/goals/goal-01-50/claim";

#[tokio::test]
async fn one_more_than_admitted_is_turned_away_at_once() {
    let rewards = HeldRewards::start().await;
    let url = format!("http://{}", rewards.address);
    let service = start(|settings| {
        settings.reward_url = url.as_str().into();
        settings.phase.switches.admission = Bound::At(NonZeroU32::MIN);
    })
    .await;
    let channel = grpc::connect(&service).await;
    complete(&service, "ann", "challenge-01", "goal-01-50").await;
    let url = format!("http://{}{CLAIM}", service.addresses.http);
    let claim =
        tokio::spawn(async move { send("POST", &url, &[("x-mock-user", "ann")], None).await });
    // The one place is taken until the reward is granted.
    rewards.arrived().await;

    let refused = service.call("GET", LIST, "bob", None).await;
    assert_eq!(refused.problem(), (503, "OVERLOADED".into()));
    assert_eq!(refused.headers["retry-after"], "1");
    let refused = grpc::call(&channel, Some("bob"), "ListChallenges", &json!({})).await;
    let refused = refused.unwrap_err();
    assert_eq!(refused.code(), Code::Unavailable);
    assert_eq!(grpc::reason(&refused), "OVERLOADED");
    let retry = refused
        .get_error_details()
        .retry_info()
        .unwrap()
        .retry_delay;
    assert_eq!(retry, Some(Duration::from_secs(1)));
    let login = UserLoggedIn {
        id: "event".into(),
        namespace: "test".into(),
        user_id: "bob".into(),
    };
    let mut events = UserLoggedInEventsClient::new(channel.clone());
    let refused = events.on_message(login.clone()).await.unwrap_err();
    assert_eq!(grpc::reason(&refused), "OVERLOADED");
    for path in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(
            service.call("GET", path, "", None).await.status,
            200,
            "{path}"
        );
    }

    rewards.release();
    assert_eq!(claim.await.unwrap().status, 200);
    assert_eq!(service.call("GET", LIST, "bob", None).await.status, 200);
    events.on_message(login).await.unwrap();
}
