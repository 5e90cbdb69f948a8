//! REST and gRPC are two ways to the same operations: what one answers, the other does.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod support;

use challenge_service::app::App;
use challenge_service::instant::Instant;
use challenge_service::rule::Change;
use challenge_service::store::{Advance, Assignment};
use serde_json::{Value, json};
use support::{Running, grpc, send, start};
use tonic::Code;
use tonic::transport::Channel;

const CHALLENGE: &str = "challenge-01";
const GOAL: &str = "goal-01-50";

/// What is so before a player asks.
#[derive(Debug, Clone, Copy)]
enum Given {
    Nothing,
    Initialised,
    Active,
    Completed,
    Claiming,
    Claimed,
}

/// What is asked for, in words of neither protocol.
#[derive(Debug, Clone, Copy)]
enum Ask {
    List { active_only: bool },
    Initialise,
    Activate(&'static str, &'static str, bool),
    Claim(&'static str, &'static str),
}

/// What comes of it: a result, or a code with the status of either protocol.
type Expected = Result<(), (&'static str, u16, Code)>;

impl Ask {
    fn rest(self) -> (&'static str, String, Option<Value>) {
        let base = "/challenge/v1/challenges";
        match self {
            Self::List { active_only } => {
                ("GET", format!("{base}?active_only={active_only}"), None)
            }
            Self::Initialise => ("POST", format!("{base}/initialize"), None),
            Self::Activate(challenge, goal, is_active) => (
                "PUT",
                format!("{base}/{challenge}/goals/{goal}/active"),
                Some(json!({ "isActive": is_active })),
            ),
            Self::Claim(challenge, goal) => (
                "POST",
                format!("{base}/{challenge}/goals/{goal}/claim"),
                None,
            ),
        }
    }

    fn grpc(self) -> (&'static str, Value) {
        match self {
            Self::List { active_only } => ("ListChallenges", json!({ "activeOnly": active_only })),
            Self::Initialise => ("InitializePlayer", json!({})),
            Self::Activate(challenge, goal, is_active) => (
                "SetGoalActive",
                json!({ "challengeId": challenge, "goalId": goal, "isActive": is_active }),
            ),
            Self::Claim(challenge, goal) => (
                "ClaimGoal",
                json!({ "challengeId": challenge, "goalId": goal }),
            ),
        }
    }
}

async fn prepare(app: &App, user: &str, given: Given) {
    let now = Instant::now();
    if matches!(given, Given::Initialised) {
        challenge_service::operations::initialise(app, user)
            .await
            .unwrap();
    }
    if matches!(given, Given::Nothing | Given::Initialised) {
        return;
    }
    let goal = Assignment {
        goal_id: GOAL.into(),
        challenge_id: CHALLENGE.into(),
        is_active: true,
    };
    app.store
        .set_active(user, "test", &goal, now)
        .await
        .unwrap();
    if matches!(given, Given::Active) {
        return;
    }
    let reached = Advance {
        goal_id: GOAL,
        change: Change::Set(100),
        target: 100,
    };
    app.store.advance(user, &[reached], now).await.unwrap();
    if matches!(given, Given::Completed) {
        return;
    }
    let claim = app
        .store
        .begin_claim(user, GOAL, "key", now)
        .await
        .unwrap()
        .unwrap();
    if matches!(given, Given::Claimed) {
        app.store.finish_claim(&claim, now).await.unwrap().unwrap();
    }
}

/// What both protocols say, brought into one form: a result, or code and detail.
type Said = Result<Value, (String, String)>;

async fn over_rest(service: &Running, user: Option<&str>, ask: Ask) -> (Said, u16) {
    let (method, path, body) = ask.rest();
    let url = format!("http://{}{path}", service.addresses.http);
    let headers: Vec<_> = user.map(|user| ("x-mock-user", user)).into_iter().collect();
    let answer = send(method, &url, &headers, body.as_ref()).await;
    let said = if answer.status == 200 {
        Ok(plain(answer.json()))
    } else {
        let (_, code) = answer.problem();
        Err((code, answer.json()["detail"].as_str().unwrap().to_owned()))
    };
    (said, answer.status)
}

async fn over_grpc(channel: &Channel, user: Option<&str>, ask: Ask) -> (Said, Code) {
    let (method, request) = ask.grpc();
    match grpc::call(channel, user, method, &request).await {
        Ok(message) => (Ok(plain(message)), Code::Ok),
        Err(status) => {
            let said = (grpc::reason(&status), status.message().to_owned());
            (Err(said), status.code())
        }
    }
}

/// Without what the two spell differently: names of enums, fractions of seconds, absent fields.
fn plain(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| match value.as_str() {
                Some(time) if name.ends_with("At") => {
                    let time: jiff::Timestamp = time.parse().unwrap();
                    (name, json!(time.as_microsecond()))
                }
                _ => (name, plain(value)),
            })
            .collect(),
        Value::Array(items) => items.into_iter().map(plain).collect(),
        Value::String(text) => {
            let prefixes = [
                ("GOAL_STATUS_", "_"),
                ("GOAL_KIND_", "-"),
                ("REWARD_TYPE_", "-"),
            ];
            let name = prefixes.iter().find_map(|(prefix, joint)| {
                let name = text.strip_prefix(prefix)?;
                Some(name.to_lowercase().replace('_', joint))
            });
            Value::String(name.unwrap_or(text))
        }
        other => other,
    }
}

/// Times only say that there is one: two players never do the same thing at the same time.
fn timeless(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if name.ends_with("At") {
                    *value = json!("(a time)");
                } else {
                    timeless(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(timeless),
        _ => {}
    }
}

/// Prepares one player for each protocol, and lets them ask the same.
async fn check(service: &Running, channel: &Channel, given: Given, ask: Ask, expected: Expected) {
    let case = format!("{given:?} {ask:?}");
    let users = ["rest", "grpc"].map(|protocol| format!("{protocol} {case}"));
    for user in &users {
        prepare(&service.app, user, given).await;
    }
    let (mut rest, http_status) = over_rest(service, Some(&users[0]), ask).await;
    let (mut grpc, grpc_code) = over_grpc(channel, Some(&users[1]), ask).await;
    for said in [&mut rest, &mut grpc] {
        if let Ok(value) = said {
            timeless(value);
        }
    }
    assert_eq!(rest, grpc, "{case}");
    let (code, expected_http, expected_grpc) = match expected {
        Ok(()) => (None, 200, Code::Ok),
        Err((code, http, grpc)) => (Some(code), http, grpc),
    };
    assert_eq!(rest.err().map(|(code, _)| code).as_deref(), code, "{case}");
    assert_eq!(
        (http_status, grpc_code),
        (expected_http, expected_grpc),
        "{case}"
    );

    // What the other protocol reads back, times and all.
    let list = Ask::List { active_only: false };
    for user in &users {
        let (rest, _) = over_rest(service, Some(user), list).await;
        let (grpc, _) = over_grpc(channel, Some(user), list).await;
        assert!(rest.is_ok());
        assert_eq!(rest, grpc, "{case}");
    }
}

#[tokio::test]
async fn both_protocols_say_the_same() {
    use Ask::{Activate, Claim, Initialise, List};
    use Given::{Active, Claimed, Claiming, Completed, Initialised, Nothing};
    let unknown_challenge = Err(("UNKNOWN_CHALLENGE", 404, Code::NotFound));
    let unknown_goal = Err(("UNKNOWN_GOAL", 404, Code::NotFound));
    let not_completed = Err(("NOT_COMPLETED", 409, Code::FailedPrecondition));
    let in_progress = Err(("CLAIM_IN_PROGRESS", 409, Code::Aborted));
    let claimed = Err(("ALREADY_CLAIMED", 409, Code::FailedPrecondition));
    let (all, active) = (List { active_only: false }, List { active_only: true });

    let service = start(|_| ()).await;
    let channel = grpc::connect(&service).await;
    for (given, ask, expected) in [
        (Nothing, all, Ok(())),
        (Nothing, active, Ok(())),
        (Initialised, active, Ok(())),
        (Active, active, Ok(())),
        (Completed, all, Ok(())),
        (Claiming, all, Ok(())),
        (Claimed, all, Ok(())),
        (Nothing, Initialise, Ok(())),
        (Initialised, Initialise, Ok(())),
        (Claimed, Initialise, Ok(())),
        (Nothing, Activate(CHALLENGE, GOAL, true), Ok(())),
        (Nothing, Activate(CHALLENGE, GOAL, false), Ok(())),
        (Active, Activate(CHALLENGE, GOAL, true), Ok(())),
        (Active, Activate(CHALLENGE, GOAL, false), Ok(())),
        (
            Nothing,
            Activate("challenge-99", GOAL, true),
            unknown_challenge,
        ),
        (
            Nothing,
            Activate(CHALLENGE, "goal-99-01", true),
            unknown_goal,
        ),
        (Nothing, Activate("challenge-02", GOAL, true), unknown_goal),
        (Completed, Claim(CHALLENGE, GOAL), Ok(())),
        (Nothing, Claim(CHALLENGE, GOAL), not_completed),
        (Active, Claim(CHALLENGE, GOAL), not_completed),
        (Claiming, Claim(CHALLENGE, GOAL), in_progress),
        (Claimed, Claim(CHALLENGE, GOAL), claimed),
        (Completed, Claim("challenge-99", GOAL), unknown_challenge),
        (Completed, Claim("challenge-02", GOAL), unknown_goal),
        (Completed, Claim(CHALLENGE, "goal-99-01"), unknown_goal),
    ] {
        check(&service, &channel, given, ask, expected).await;
    }

    // Nothing listens where this one asks for rewards.
    let service = start(|args| args.rewards = "http://127.0.0.1:1".into()).await;
    let channel = grpc::connect(&service).await;
    let refused = Err(("REWARD_FAILED", 502, Code::Unavailable));
    check(
        &service,
        &channel,
        Completed,
        Claim(CHALLENGE, GOAL),
        refused,
    )
    .await;
}

#[tokio::test]
async fn both_protocols_ask_who_it_is() {
    let long = "x".repeat(129);
    let users = [None, Some(""), Some(long.as_str())];
    let check = async |allow: bool, user: Option<&str>| {
        let service = start(|args| args.allow_mock_user = allow).await;
        let channel = grpc::connect(&service).await;
        for ask in [
            Ask::List { active_only: false },
            Ask::Initialise,
            Ask::Activate(CHALLENGE, GOAL, true),
            Ask::Claim(CHALLENGE, GOAL),
        ] {
            let (rest, http_status) = over_rest(&service, user, ask).await;
            let (grpc, grpc_code) = over_grpc(&channel, user, ask).await;
            assert_eq!(rest, grpc, "{ask:?} {user:?}");
            assert_eq!(rest.unwrap_err().0, "UNAUTHENTICATED");
            assert_eq!((http_status, grpc_code), (401, Code::Unauthenticated));
        }
    };
    for user in users {
        check(true, user).await;
    }
    check(false, Some("ann")).await;
}

#[tokio::test]
async fn both_protocols_hide_what_the_database_says() {
    let service = start(|_| ()).await;
    let channel = grpc::connect(&service).await;
    service.app.store.close().await;
    let ask = Ask::List { active_only: false };
    let (rest, http_status) = over_rest(&service, Some("ann"), ask).await;
    let (grpc, grpc_code) = over_grpc(&channel, Some("ann"), ask).await;
    assert_eq!(rest, grpc);
    assert_eq!(rest.unwrap_err().0, "UNAVAILABLE");
    assert_eq!((http_status, grpc_code), (503, Code::Unavailable));
}
