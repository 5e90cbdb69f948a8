//! What the generator runs out of is its own failure: a real limit of a real process.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod support;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use brunt_record::{GENERATOR_FILES, Record};
use rlimit::Resource;
use support::{Behaviour, Server, run_in, scenario};
use tokio_util::sync::CancellationToken;

/// Descriptors of the generator: several times what it needs for itself, half of what its load does.
const DESCRIPTORS: u64 = 96;

/// The other half of the test below, which limits itself.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "it needs a process of its own"]
async fn a_generator_with_few_descriptors() {
    let var = |name| std::env::var(name).unwrap();
    let (_, most) = Resource::NOFILE.get().unwrap();
    Resource::NOFILE.set(DESCRIPTORS, most).unwrap();
    let address: SocketAddr = var("BRUNT_SERVICE").parse().unwrap();
    let results = PathBuf::from(var("BRUNT_RESULTS"));
    let text = scenario(address, "200/s", "1s", "").replace("\"5s\"", "\"1min\"");
    run_in(&results, &text, CancellationToken::new())
        .await
        .unwrap();
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
    let results = tempfile::tempdir().unwrap();
    let mut generator = Command::new(std::env::current_exe().unwrap());
    generator
        .args(["--exact", "a_generator_with_few_descriptors", "--ignored"])
        .env("BRUNT_SERVICE", server.address.to_string())
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
