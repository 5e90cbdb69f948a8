//! REST and gRPC are two ways to the same operations: what one answers, the other does.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod ask;
mod said;
#[path = "../support/mod.rs"]
mod support;

use ask::{Ask, BUILT_IN, DAYS, Given, Of, ROTATING, prepare};
use challenge_service::operations::RandomSelect;
use said::{over_grpc, over_rest, timeless};
use support::player::{days, rotating};
use support::{Running, grpc, start};
use tonic::Code;
use tonic::transport::Channel;

/// What comes of it: a result, or a code with the status of either protocol.
type Expected = Result<(), (&'static str, u16, Code)>;

/// Prepares one player for each protocol, and lets them ask the same.
async fn check(
    service: &Running,
    channel: &Channel,
    of: Of,
    given: Given,
    ask: Ask,
    expected: Expected,
) {
    let case = format!("{given:?} {ask:?}");
    let users = ["rest", "grpc"].map(|protocol| format!("{protocol} {case}"));
    for user in &users {
        prepare(&service.app, user, of, given).await;
    }
    let (mut rest, http_status) = over_rest(service, Some(&users[0]), ask).await;
    let (mut grpc, grpc_code) = over_grpc(channel, Some(&users[1]), ask).await;
    for value in [&mut rest, &mut grpc].into_iter().flatten() {
        timeless(value);
    }
    assert_eq!(rest, grpc, "{case}");
    let (code, expected_http, expected_grpc) = match expected {
        Ok(()) => (None, 200, Code::Ok),
        Err((code, http, grpc)) => (Some(code), http, grpc),
    };
    assert_eq!(
        rest.err().map(|failed| failed.code).as_deref(),
        code,
        "{case}"
    );
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

fn lot(count: u32, replace_existing: bool, exclude_active: bool) -> RandomSelect {
    RandomSelect {
        count,
        replace_existing,
        exclude_active,
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

    let (challenge, goal) = BUILT_IN;
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
        (Nothing, Activate(challenge, goal, true), Ok(())),
        (Nothing, Activate(challenge, goal, false), Ok(())),
        (Active, Activate(challenge, goal, true), Ok(())),
        (Active, Activate(challenge, goal, false), Ok(())),
        (
            Nothing,
            Activate("challenge-99", goal, true),
            unknown_challenge,
        ),
        (
            Nothing,
            Activate(challenge, "goal-99-01", true),
            unknown_goal,
        ),
        (Nothing, Activate("challenge-02", goal, true), unknown_goal),
        (Completed, Claim(challenge, goal), Ok(())),
        (Nothing, Claim(challenge, goal), not_completed),
        (Active, Claim(challenge, goal), not_completed),
        (Claiming, Claim(challenge, goal), in_progress),
        (Claimed, Claim(challenge, goal), claimed),
        (Completed, Claim("challenge-99", goal), unknown_challenge),
        (Completed, Claim("challenge-02", goal), unknown_goal),
        (Completed, Claim(challenge, "goal-99-01"), unknown_goal),
    ] {
        check(&service, &channel, BUILT_IN, given, ask, expected).await;
    }

    // Nothing listens where this one asks for rewards.
    let service = start(|settings| settings.rewards = "http://127.0.0.1:1".into()).await;
    let channel = grpc::connect(&service).await;
    let refused = Err(("REWARD_FAILED", 502, Code::Unavailable));
    check(
        &service,
        &channel,
        BUILT_IN,
        Completed,
        Claim(challenge, goal),
        refused,
    )
    .await;
}

#[tokio::test]
async fn both_protocols_show_goals_of_all_kinds() {
    let service = start(|settings| settings.catalogue = Some(days())).await;
    let channel = grpc::connect(&service).await;
    let (challenge, goal) = DAYS;
    for (given, ask) in [
        (Given::Nothing, Ask::List { active_only: false }),
        (Given::Initialised, Ask::Initialise),
        (Given::Yesterday, Ask::List { active_only: true }),
        (Given::Yesterday, Ask::Activate(challenge, goal, true)),
        (Given::Completed, Ask::Claim(challenge, goal)),
    ] {
        check(&service, &channel, DAYS, given, ask, Ok(())).await;
    }
    let list = Ask::List { active_only: false };
    let (said, _) = over_grpc(&channel, Some("ann"), list).await;
    let said = said.unwrap().to_string();
    for kind in ["absolute", "increment", "increment-once-a-day", "daily"] {
        assert!(said.contains(&format!("\"{kind}\"")), "no {kind} in {said}");
    }
}

#[tokio::test]
async fn both_protocols_ask_who_it_is() {
    let long = "x".repeat(129);
    let (challenge, goal) = BUILT_IN;
    let users = [None, Some(""), Some(long.as_str())];
    let check = async |allow: bool, user: Option<&str>| {
        let service = start(|settings| settings.allow_mock_user = allow).await;
        let channel = grpc::connect(&service).await;
        for ask in [
            Ask::List { active_only: false },
            Ask::Initialise,
            Ask::Activate(challenge, goal, true),
            Ask::Claim(challenge, goal),
            Ask::Batch(challenge, &["goal-01-50"], false),
            Ask::Random(challenge, lot(1, false, false)),
            Ask::Rotation(challenge),
        ] {
            let (rest, http_status) = over_rest(&service, user, ask).await;
            let (grpc, grpc_code) = over_grpc(&channel, user, ask).await;
            assert_eq!(rest, grpc, "{ask:?} {user:?}");
            assert_eq!(rest.unwrap_err().code, "UNAUTHENTICATED");
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
    assert_eq!(rest.unwrap_err().code, "UNAVAILABLE");
    assert_eq!((http_status, grpc_code), (503, Code::Unavailable));
}

#[tokio::test]
async fn both_protocols_select_and_rotate_alike() {
    use Ask::{Activate, Batch, Initialise, List, Random, Rotation};
    use Given::{Active, Claimed, Completed, Initialised, Nothing};
    let unknown_challenge = Err(("UNKNOWN_CHALLENGE", 404, Code::NotFound));
    let not_selectable = Err(("NOT_SELECTABLE", 422, Code::FailedPrecondition));
    let bad_request = Err(("BAD_REQUEST", 400, Code::InvalidArgument));
    let insufficient = Err(("INSUFFICIENT_GOALS", 409, Code::FailedPrecondition));
    let locked = Err(("GOAL_LOCKED", 409, Code::FailedPrecondition));
    let (challenge, _) = ROTATING;
    let (all, active) = (List { active_only: false }, List { active_only: true });
    // More than there are: the lot falls on every goal that is left.
    let random = |replace_existing, exclude_active| {
        Random(challenge, lot(99, replace_existing, exclude_active))
    };
    let none = Random(challenge, lot(0, false, false));

    let service = start(|settings| settings.catalogue = Some(rotating())).await;
    let channel = grpc::connect(&service).await;
    for (given, ask, expected) in [
        (Nothing, all, Ok(())),
        (Initialised, active, Ok(())),
        (Completed, all, Ok(())),
        (Claimed, all, Ok(())),
        (Nothing, Initialise, Ok(())),
        (Nothing, Activate(challenge, "season-6", true), locked),
        (Claimed, Activate(challenge, "season-6", true), Ok(())),
        (Nothing, Activate("day", "day-1", true), Ok(())),
        (
            Nothing,
            Batch(challenge, &["season-2", "season-1"], false),
            Ok(()),
        ),
        (Active, Batch(challenge, &["season-1"], true), Ok(())),
        (Active, Batch(challenge, &["season-1"], false), Ok(())),
        (Claimed, Batch(challenge, &["season-6"], false), Ok(())),
        (
            Nothing,
            Batch("challenge-99", &["season-2"], false),
            unknown_challenge,
        ),
        (Nothing, Batch(challenge, &[], false), bad_request),
        (
            Claimed,
            Batch(
                challenge,
                &["season-2", "season-2", "goal-99-01", "season-1"],
                false,
            ),
            not_selectable,
        ),
        (
            Completed,
            Batch(challenge, &["season-2"], false),
            not_selectable,
        ),
        (
            Nothing,
            Batch(challenge, &["season-6"], false),
            not_selectable,
        ),
        (Nothing, random(false, false), Ok(())),
        (Active, random(true, true), Ok(())),
        (Claimed, random(false, true), Ok(())),
        (Nothing, none, bad_request),
        (Nothing, Rotation(challenge), Ok(())),
        (Active, Rotation(challenge), Ok(())),
        (Initialised, Rotation("day"), Ok(())),
        (Nothing, Rotation("week"), Ok(())),
        (Nothing, Rotation("story"), Ok(())),
        (Nothing, Rotation("challenge-99"), unknown_challenge),
    ] {
        check(&service, &channel, ROTATING, given, ask, expected).await;
    }

    // All that is left of the challenge is active already.
    for user in ["rest", "grpc"] {
        let user = format!("{user} {Nothing:?} {:?}", random(false, true));
        let goals = &["season-1", "season-2", "season-3", "season-4", "season-5"];
        let goals = Batch(challenge, goals, false);
        let (selected, _) = over_rest(&service, Some(&user), goals).await;
        selected.unwrap();
    }
    check(
        &service,
        &channel,
        ROTATING,
        Nothing,
        random(false, true),
        insufficient,
    )
    .await;
}
