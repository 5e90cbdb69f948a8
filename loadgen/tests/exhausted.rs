//! What the generator runs out of is its own failure: a real limit of a real process.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod support;

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use brunt_record::{GENERATOR_FILES, Record};
use rlimit::Resource;
use support::{Behaviour, Server, run_in, scenario};
use tokio_util::sync::CancellationToken;

/// Descriptors of the generator: several times what it needs for itself, half of what its load does.
const DESCRIPTORS: u64 = 96;

/// The other half of the tests below, which limits itself.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "it needs a process of its own"]
async fn a_generator_with_few_descriptors() {
    let var = |name| std::env::var(name).unwrap();
    let (_, most) = Resource::NOFILE.get().unwrap();
    Resource::NOFILE.set(DESCRIPTORS, most).unwrap();
    let results = PathBuf::from(var("BRUNT_RESULTS"));
    run_in(&results, &var("BRUNT_SCENARIO"), CancellationToken::new())
        .await
        .unwrap();
}

/// The record of a run in a process with few descriptors.
async fn limited(text: &str) -> Record {
    let results = tempfile::tempdir().unwrap();
    let mut generator = Command::new(std::env::current_exe().unwrap());
    generator
        .args(["--exact", "a_generator_with_few_descriptors", "--ignored"])
        .env("BRUNT_SCENARIO", text)
        .env("BRUNT_RESULTS", results.path());
    let output = tokio::task::spawn_blocking(move || generator.output());
    let output = output.await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
    let mut records = std::fs::read_dir(results.path()).unwrap();
    let record = Record::open(&records.next().unwrap().unwrap().path()).unwrap();
    assert_eq!(record.problems(), []);
    record
}

/// The service holds every request until long after the last one was due, so that each of the 200
/// needs a connection of its own.
#[tokio::test(flavor = "multi_thread")]
async fn requests_without_a_descriptor_are_the_generators_failures() {
    let server = Server::start(Behaviour {
        delay: Duration::from_secs(4),
        ..Behaviour::default()
    })
    .await;
    let text = scenario(server.address, "200/s", "1s", "").replace("\"5s\"", "\"1min\"");
    let record = limited(&text).await;
    let total = &record.manifest.totals[0];
    assert_eq!((total.offered, total.unsent), (200, 0));
    assert!(total.ok > 0, "{total:?}");
    let kinds: Vec<_> = total.failures.keys().collect();
    assert_eq!(kinds, [GENERATOR_FILES], "{total:?}");
    assert_eq!(
        server.seen(),
        total.ok,
        "what failed never reached the service"
    );
    let error = &record.errors[0];
    assert_eq!(error.kind, GENERATOR_FILES);
    assert!(error.message.contains("Too many open files"), "{error:?}");
}

/// Each of more users than there are descriptors has pauses to wait for.
#[tokio::test(flavor = "multi_thread")]
async fn users_need_no_descriptor_to_think() {
    let server = Server::start(Behaviour::default()).await;
    let users = "users = 200\nthink = \"200ms\"\niterations = 3\n";
    let text = scenario(server.address, "1/s", "5min", "").replace("rate = \"1/s\"\n", users);
    let record = limited(&text).await;
    let total = &record.manifest.totals[0];
    assert_eq!((total.offered, total.unsent), (600, 0));
    assert!(total.ok > 0, "{total:?}");
    let others = total.failures.keys().find(|kind| *kind != GENERATOR_FILES);
    assert_eq!(others, None, "{total:?}");
}
