//! What the gRPC port says of itself: reflection and health.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod support;

use std::collections::BTreeSet;

use challenge_service::settings::Role;
use serde_json::{Value, json};
use support::{grpc, start};
use tokio_stream::once;
use tonic::Code;
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_types::StatusExt as _;

const CHALLENGES: &str = "brunt.challenge.v1.ChallengeService";
const LOGINS: &str = "brunt.events.v1.UserLoggedInEvents";
const STATS: &str = "brunt.events.v1.StatItemUpdatedEvents";
const HEALTH: &str = "grpc.health.v1.Health";

/// Asks one version of the reflection service for the list of services and for the file of a method.
macro_rules! reflected {
    ($version:ident, $channel:expr, $symbol:expr) => {{
        use pb::server_reflection_request::MessageRequest;
        use pb::server_reflection_response::MessageResponse;
        use tonic_reflection::pb::$version as pb;
        let mut client =
            pb::server_reflection_client::ServerReflectionClient::new($channel.clone());
        let mut ask = async |message| {
            let request = pb::ServerReflectionRequest {
                host: String::new(),
                message_request: Some(message),
            };
            let mut answers = client
                .server_reflection_info(once(request))
                .await
                .unwrap()
                .into_inner();
            let answer = answers.message().await.unwrap().unwrap();
            answer.message_response.unwrap()
        };
        let listed = ask(MessageRequest::ListServices(String::new())).await;
        let MessageResponse::ListServicesResponse(list) = listed else {
            panic!("{listed:?}");
        };
        let symbol = MessageRequest::FileContainingSymbol($symbol.into());
        let file = ask(symbol).await;
        assert!(
            matches!(file, MessageResponse::FileDescriptorResponse(_)),
            "{file:?}"
        );
        list.service
            .into_iter()
            .map(|s| s.name)
            .collect::<BTreeSet<_>>()
    }};
}

#[tokio::test]
async fn reflection_lists_what_the_role_serves() {
    let check = async |role: Role, symbol: &str, services: &[&str]| {
        let service = start(|settings| settings.role = role).await;
        let channel = grpc::connect(&service).await;
        let expected: BTreeSet<_> = services.iter().map(ToString::to_string).collect();
        assert_eq!(reflected!(v1, channel, symbol), expected, "{role}");
        assert_eq!(reflected!(v1alpha, channel, symbol), expected, "{role}");
    };
    let claim = "brunt.challenge.v1.ChallengeService.ClaimGoal";
    let login = "brunt.events.v1.UserLoggedIn";
    check(Role::Api, claim, &[CHALLENGES, HEALTH]).await;
    check(Role::Events, login, &[LOGINS, STATS, HEALTH]).await;
    check(Role::All, claim, &[CHALLENGES, LOGINS, STATS, HEALTH]).await;
}

async fn health(channel: &Channel, service: &str) -> Result<ServingStatus, Code> {
    let request = HealthCheckRequest {
        service: service.into(),
    };
    let answer = HealthClient::new(channel.clone()).check(request).await;
    answer
        .map(|response| response.into_inner().status())
        .map_err(|status| status.code())
}

#[tokio::test]
async fn health_knows_the_services_of_the_role() {
    let check = async |role: Role, name: &str, expected: Result<ServingStatus, Code>| {
        let service = start(|settings| settings.role = role).await;
        let channel = grpc::connect(&service).await;
        assert_eq!(health(&channel, name).await, expected, "{role} {name}");
    };
    let (serving, unknown) = (Ok(ServingStatus::Serving), Err(Code::NotFound));
    check(Role::All, "", serving).await;
    check(Role::All, CHALLENGES, serving).await;
    check(Role::All, STATS, serving).await;
    check(Role::Api, CHALLENGES, serving).await;
    check(Role::Api, STATS, unknown).await;
    check(Role::Events, LOGINS, serving).await;
    check(Role::Events, CHALLENGES, unknown).await;
    check(Role::All, "brunt.Nothing", unknown).await;
}

#[tokio::test]
async fn a_role_refuses_the_calls_of_the_other() {
    let service = start(|settings| settings.role = Role::Events).await;
    let channel = grpc::connect(&service).await;
    let nothing = json!({});
    let refused = grpc::call(&channel, Some("ann"), "ListChallenges", &nothing).await;
    assert_eq!(refused.unwrap_err().code(), Code::Unimplemented);
}

/// A status travels in headers, which are refused by clients where they are long.
#[tokio::test]
async fn a_failure_with_much_to_say_fits_into_headers() {
    let service = start(|_| ()).await;
    let channel = grpc::connect(&service).await;
    let check = async |method: &str, asked: Value, code: Code, reason: &str| {
        let answer = grpc::call(&channel, Some("ann"), method, &asked).await;
        let refused = answer.unwrap_err();
        assert_eq!(refused.code(), code, "{refused:?}");
        assert_eq!(grpc::reason(&refused), reason);
        let (message, details) = (refused.message().len(), refused.details().len());
        assert!(
            3 * message + details * 4 / 3 < 8_000,
            "{message}, {details}"
        );
        refused.get_error_details()
    };
    let wrong: Vec<_> = (0..300)
        .map(|n| format!("goal-that-is-not-{n:03}"))
        .collect();
    let asked = json!({ "challengeId": "challenge-01", "goalIds": wrong });
    let refused = check(
        "BatchSelectGoals",
        asked,
        Code::FailedPrecondition,
        "NOT_SELECTABLE",
    );
    let refused = refused.await;
    let told = refused.precondition_failure().unwrap().violations.len();
    let omitted = &refused.error_info().unwrap().metadata["omittedViolations"];
    assert!(told >= 10, "{told}");
    assert_eq!(told + omitted.parse::<usize>().unwrap(), wrong.len());

    let asked = json!({ "challengeId": "\u{e9}".repeat(8_000) });
    check("GetRotation", asked, Code::NotFound, "UNKNOWN_CHALLENGE").await;
}
