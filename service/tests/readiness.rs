//! When a process is ready for requests, and how it says that it is not.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod support;

use std::num::NonZeroU32;
use std::time::Duration;

use challenge_service::keys::Bound;
use challenge_service::phase::SetActive;
use challenge_service::throwaway::Postgres;
use support::held_rewards::HeldRewards;
use support::{Answer, Running, complete, grpc, send, start};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

const CLAIM: &str = "/challenge/v1/challenges/challenge-01/goals/goal-01-50/claim";

/// Long enough for any machine.
const PATIENCE: Duration = Duration::from_secs(30);

fn whole() -> HealthCheckRequest {
    HealthCheckRequest {
        service: String::new(),
    }
}

async fn readyz(address: std::net::SocketAddr) -> Answer {
    send("GET", &format!("http://{address}/readyz"), &[], None).await
}

/// Asks the admin address until it says no.
async fn until_not_ready(service: &Running) -> Answer {
    let asking = async {
        loop {
            let answer = readyz(service.addresses.admin).await;
            if answer.status != 200 {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.unwrap()
}

#[tokio::test]
async fn a_shutdown_is_announced_while_accepted_work_goes_on() {
    let rewards = HeldRewards::start().await;
    let url = format!("http://{}", rewards.address);
    let service = start(|settings| settings.reward_url = url.as_str().into()).await;
    for address in [service.addresses.http, service.addresses.admin] {
        let ready = readyz(address).await;
        assert_eq!(
            (ready.status, ready.json()["ready"].as_bool()),
            (200, Some(true))
        );
    }
    complete(&service, "ann", "challenge-01", "goal-01-50").await;
    let url = format!("http://{}{CLAIM}", service.addresses.http);
    let claim =
        tokio::spawn(async move { send("POST", &url, &[("x-mock-user", "ann")], None).await });
    rewards.arrived().await;
    let channel = grpc::connect(&service).await;
    let watching = HealthClient::new(channel).watch(whole()).await.unwrap();
    let mut watched = watching.into_inner();
    let first = watched.message().await.unwrap().unwrap();
    assert_eq!(first.status(), ServingStatus::Serving);

    service.stop.cancel();
    let answer = until_not_ready(&service).await;
    assert_eq!(answer.problem(), (503, "NOT_READY".into()));
    let detail = answer.json()["detail"].to_string();
    assert_eq!(detail, "\"the service is shutting down\"");
    let last = watched.message().await.unwrap().unwrap();
    assert_eq!(last.status(), ServingStatus::NotServing);
    assert_eq!(watched.message().await.unwrap(), None);

    rewards.release();
    assert_eq!(claim.await.unwrap().status, 200);
    service.done.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_database_a_process_lives_but_is_not_ready() {
    let server = Postgres::start()
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let database = server.create_database("readiness").await.unwrap();
    let service = start(|settings| settings.database = database.as_str().into()).await;
    let channel = grpc::connect(&service).await;
    let mut health = HealthClient::new(channel);
    let before = health.check(whole()).await.unwrap().into_inner();
    assert_eq!(before.status(), ServingStatus::Serving);
    assert_eq!(readyz(service.addresses.http).await.status, 200);

    // Its connections end with it.
    drop(server);
    let answer = until_not_ready(&service).await;
    assert_eq!(answer.problem(), (503, "NOT_READY".into()));
    let detail = answer.json()["detail"].to_string();
    assert!(detail.contains("the database"), "{detail}");
    assert!(!detail.contains("shutting down"), "{detail}");
    assert!(!detail.contains("127.0.0.1"), "{detail}");
    let after = health.check(whole()).await.unwrap().into_inner();
    assert_eq!(after.status(), ServingStatus::NotServing);
    let healthz = format!("http://{}/healthz", service.addresses.http);
    assert_eq!(send("GET", &healthz, &[], None).await.status, 200);
}

#[tokio::test]
async fn a_queue_that_takes_nothing_any_more_is_named() {
    let server = Postgres::start()
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let database = server.create_database("queues").await.unwrap();
    let service = start(|settings| {
        settings.database = database.into();
        settings.phase.switches.initialise_batch = Bound::At(NonZeroU32::MIN);
        settings.phase.switches.set_active = SetActive::Queued;
    })
    .await;
    assert_eq!(readyz(service.addresses.http).await.status, 200);
    // As when their tasks panic.
    service.app.assigner.close().await;
    service.app.activator.close().await;
    let answer = readyz(service.addresses.http).await;
    assert_eq!(answer.problem(), (503, "NOT_READY".into()));
    let detail = answer.json()["detail"].to_string();
    assert_eq!(
        detail,
        "\"the queue of new users takes nothing any more; \
         the queue of goals to be switched takes nothing any more\""
    );
    let mut health = HealthClient::new(grpc::connect(&service).await);
    let health = health.check(whole()).await.unwrap().into_inner();
    assert_eq!(health.status(), ServingStatus::NotServing);
}
