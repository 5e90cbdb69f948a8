//! Claims while the real binary dies or is told to stop: every reward is granted, and once.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod support;

use std::process::Command;
use std::time::Duration;

use challenge_service::throwaway::Postgres;
use support::binary::Binary;
use support::players::Game;
use support::{MockAddresses, mock, send};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

const PLAYERS: usize = 20;

fn player(n: usize) -> String {
    format!("player-{n}")
}

/// A service that gives up on the reward platform soon, and so takes up soon what was left behind.
fn start(phase: &str, database: &str, mock: &MockAddresses) -> (Binary, Game) {
    let rewards = mock.url();
    let arguments = [
        "--phase",
        phase,
        "--reward-url",
        &rewards,
        "--reward-timeout",
        "800ms",
    ];
    let service = Binary::start(database, &arguments);
    let game = Game {
        http: service.field("http"),
        grpc: service.field("grpc"),
    };
    (service, game)
}

/// How a service ends while claims are under way.
#[derive(Debug, Clone, Copy)]
enum End {
    Killed,
    ToldToStop,
}

/// Everybody claims; the service ends when the platform has heard of some of them.
async fn claim_until_the_end(mut service: Binary, game: &Game, mock: &MockAddresses, end: End) {
    let before = mock.total("attempts").await;
    let mut claims = JoinSet::new();
    for n in 0..PLAYERS {
        let game = game.clone();
        claims.spawn(async move { game.try_claim(&player(n)).await });
    }
    while mock.total("attempts").await < before + 5 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    match end {
        End::Killed => service.child.kill().unwrap(),
        End::ToldToStop => {
            let pid = service.child.id().to_string();
            assert!(Command::new("kill").arg(pid).status().unwrap().success());
        }
    }
    let ended = service.child.wait().unwrap();
    assert_eq!(ended.success(), matches!(end, End::ToldToStop), "{ended}");
    claims.join_all().await;
}

/// Claims again whatever is not claimed, until all rewards are granted.
async fn settle(game: &Game) {
    for n in 0..PLAYERS {
        let user = player(n);
        loop {
            let answer = game.claim(&user).await;
            if answer.status == 200 {
                break;
            }
            match answer.problem().1.as_str() {
                "ALREADY_CLAIMED" => break,
                // Left behind by the one that died, and not yet taken up.
                "CLAIM_IN_PROGRESS" => tokio::time::sleep(Duration::from_millis(50)).await,
                other => panic!("{other}"),
            }
        }
        while game.goal(&user).await["rewardStatus"] != "granted" {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

async fn check(phase: &str, database: &str, end: End) {
    let stop = CancellationToken::new();
    let slow = |args: &mut challenge_service::rewards::MockArgs| {
        args.behaviour.latency = "100ms..500ms".parse().unwrap();
    };
    let mock = mock(slow, &stop).await;
    let (service, game) = start(phase, database, &mock);
    for n in 0..PLAYERS {
        game.complete(&player(n)).await;
    }
    claim_until_the_end(service, &game, &mock, end).await;
    let (service, game) = start(phase, database, &mock);
    settle(&game).await;

    let what = format!("{phase}, {end:?}");
    let counts = mock.tell("/counts").await;
    assert_eq!(
        counts["totals"]["granted"], PLAYERS as u64,
        "{what}: {counts}"
    );
    assert_eq!(counts["window"]["grantedAgain"], 0, "{what}: {counts}");
    assert_eq!(counts["totals"]["keysReused"], 0, "{what}: {counts}");
    let outbox = format!("http://{}/debug/outbox", service.field("admin"));
    let outbox = send("GET", &outbox, &[], None).await.json();
    assert_eq!(
        (&outbox["pending"], &outbox["dead"]),
        (&0.into(), &0.into())
    );
}

const PHASES: [&str; 2] = ["phase9", "phase11"];

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite_every_reward_is_granted_once_whatever_ends_the_service() {
    for phase in PHASES {
        for end in [End::Killed, End::ToldToStop] {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("challenge.db");
            check(phase, &format!("sqlite:{}", path.display()), end).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres_every_reward_is_granted_once_whatever_ends_the_service() {
    let server = Postgres::start()
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    for phase in PHASES {
        for (n, end) in [End::Killed, End::ToldToStop].into_iter().enumerate() {
            let name = format!("{phase}_{n}");
            let database = server.create_database(&name).await.unwrap();
            check(phase, &database, end).await;
        }
    }
}

/// Left owed by a phase with an outbox, granted under one without.
#[tokio::test(flavor = "multi_thread")]
async fn another_phase_grants_what_is_owed() {
    let stop = CancellationToken::new();
    let hang = |args: &mut challenge_service::rewards::MockArgs| {
        args.behaviour.hang_rate = "100%".parse().unwrap();
    };
    let mock = mock(hang, &stop).await;
    let directory = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", directory.path().join("challenge.db").display());
    let (service, game) = start("phase11", &database, &mock);
    game.complete("ann").await;
    assert_eq!(game.claim("ann").await.json()["rewardStatus"], "pending");
    drop(service);
    let answering = serde_json::json!({ "hangRate": 0.0 });
    let url = format!("http://{}/behaviour", mock.admin);
    send("PATCH", &url, &[], Some(&answering)).await;
    let (_service, game) = start("phase9", &database, &mock);
    while game.goal("ann").await["rewardStatus"] != "granted" {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(mock.total("granted").await, 1);
}
