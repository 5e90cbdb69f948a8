//! The real binary: what it says, and that it stops when told to. What survives its death is in
//! `durability.rs`.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod support;

use std::process::Command;

use challenge_service::throwaway::Postgres;
use sqlx::{Connection as _, PgConnection};
use support::binary::Binary;
use support::send;

#[tokio::test]
async fn it_says_what_runs_where_and_no_more() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("challenge.db");
    let service = Binary::start(&format!("sqlite:{}", path.display()), &[]);
    assert_eq!(service.field("phase"), "phase9");
    assert_eq!(service.field("role"), "all");
    assert_eq!(service.field("database"), "sqlite");
    assert!(
        !service.ready_line.contains('\u{1b}'),
        "no colours outside a terminal"
    );
    for name in ["http", "admin"] {
        let url = format!("http://{}/healthz", service.field(name));
        assert_eq!(send("GET", &url, &[], None).await.status, 200);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn told_to_stop_it_closes_the_database_and_succeeds() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("challenge.db");
    let mut service = Binary::start(&format!("sqlite:{}", path.display()), &[]);
    let url = format!(
        "http://{}/challenge/v1/challenges/initialize",
        service.field("http")
    );
    assert_eq!(
        send("POST", &url, &[("x-mock-user", "ann")], None)
            .await
            .status,
        200
    );
    let pid = service.child.id().to_string();
    assert!(Command::new("kill").arg(pid).status().unwrap().success());
    assert!(service.child.wait().unwrap().success());
    let mut rest = String::new();
    std::io::Read::read_to_string(&mut service.log, &mut rest).unwrap();
    assert!(rest.contains("challenge service stopped"), "{rest}");
    let log = path.with_extension("db-wal");
    assert!(!log.exists(), "the log was folded into the database");
}

#[cfg(unix)]
#[tokio::test]
async fn a_changed_catalogue_is_taken_up_and_a_broken_one_is_not() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("goals.toml");
    let write = |goals: &[&str], namespace: &str| {
        let challenge = "[[challenges]]\nid = \"one\"\nname = \"One\"\ndescription = \"\"\n";
        let goal = |id: &&str| {
            format!(
                "[[challenges.goals]]\nid = \"{id}\"\nname = \"\"\ndescription = \"\"\n\
                 requirement = {{ stat_code = \"wins\", kind = \"increment\", target = 3 }}\n\
                 reward = {{ reward_id = \"coin\", type = \"wallet\", quantity = 1 }}\n"
            )
        };
        let goals: String = goals.iter().map(goal).collect();
        std::fs::write(&file, format!("{namespace}\n{challenge}{goals}")).unwrap();
    };
    let namespace = "namespace = \"test\"";
    write(&["old"], namespace);
    let database = format!("sqlite:{}", directory.path().join("challenge.db").display());
    let mut service = Binary::start(&database, &["--catalogue", file.to_str().unwrap()]);
    let url = format!("http://{}/challenge/v1/challenges", service.field("http"));
    let goals = async || -> Vec<String> {
        let list = send("GET", &url, &[("x-mock-user", "ann")], None)
            .await
            .json();
        let goals = list["challenges"][0]["goals"].as_array().unwrap();
        let id = |goal: &serde_json::Value| goal["goalId"].as_str().unwrap().to_owned();
        goals.iter().map(id).collect()
    };
    assert_eq!(goals().await, ["old"]);

    write(&["old", "new"], namespace);
    let said = service.hang_up("the catalogue was replaced");
    assert!(said.contains("challenges=1 goals=2"), "{said}");
    assert_eq!(goals().await, ["old", "new"]);

    write(&["new", "new"], "namespace = 7");
    let said = service.hang_up("stands twice");
    for expected in [
        "ERROR",
        "the old catalogue stays",
        "goals.toml:1:13: the catalogue: namespace: invalid type: integer `7`, expected a string",
        "goals.toml:13:6: goal \"new\" stands twice, first at 7:6",
    ] {
        assert!(said.contains(expected), "no {expected:?} in {said}");
    }
    assert_eq!(goals().await, ["old", "new"]);

    std::fs::remove_file(&file).unwrap();
    service.hang_up("the old catalogue stays");
    assert_eq!(goals().await, ["old", "new"]);
}

#[cfg(unix)]
#[tokio::test]
async fn a_built_in_catalogue_is_not_loaded_again() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("challenge.db");
    let mut service = Binary::start(&format!("sqlite:{}", path.display()), &[]);
    service.hang_up("the catalogue is built in");
    let url = format!("http://{}/healthz", service.field("http"));
    assert_eq!(send("GET", &url, &[], None).await.status, 200);
}

#[test]
fn what_cannot_be_done_is_said_and_ends_with_two() {
    let check = |arguments: &[&str], expected: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_challenge-service"))
            .args(arguments)
            .args([
                "--http",
                "127.0.0.1:0",
                "--grpc",
                "127.0.0.1:0",
                "--admin",
                "127.0.0.1:0",
            ])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(expected), "{said}");
        assert!(output.stdout.is_empty());
    };
    check(&["--phase", "phase7"], "presets are phase8, phase9");
    check(
        &["--database", "mysql://a:secret@b/c"],
        "must start with postgres:// or sqlite:",
    );
    check(&["--reward-url", "ftp://rewards"], "no http:// URL");
    check(&["--catalogue", "/nowhere.toml"], "/nowhere.toml");
}

#[tokio::test]
async fn a_pool_that_the_server_does_not_take_is_refused_with_a_hint() {
    let server = Postgres::start()
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    // The server itself takes far more; what it says of a role has the same code.
    let mut connection = PgConnection::connect(&server.url()).await.unwrap();
    for statement in [
        "create role few login password 'few' connection limit 5",
        "create database few owner few",
    ] {
        sqlx::query(statement)
            .execute(&mut connection)
            .await
            .unwrap();
    }
    let url = server.url();
    let (_, address) = url.rsplit_once('@').unwrap();
    let (address, _) = address.split_once('/').unwrap();
    let ended = Command::new(env!("CARGO_BIN_EXE_challenge-service"))
        .args(["--pool", "6", "--http", "127.0.0.1:0"])
        .args(["--grpc", "127.0.0.1:0", "--admin", "127.0.0.1:0"])
        .env(
            "CHALLENGE_DATABASE",
            format!("postgres://few:few@{address}/few"),
        )
        .env_remove("RUST_LOG")
        .output()
        .unwrap();
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(2), "{said}");
    assert!(said.contains("refuses a pool of 6 connections"), "{said}");
    assert!(said.contains("max_connections"), "{said}");
}
