//! Profiles that are taken of a service under load, and the marks of a run.

#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeSet;
use std::io::Read as _;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use brunt_record::{Capture, MarkKind, Record};
use flate2::read::GzDecoder;
use support::{Behaviour, Server, record_of, scenario};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

const CPU: &[u8] = b"\x1f\x8b compressed already";
const HEAP: &[u8] = b"a heap profile, not compressed";

/// An admin address that offers CPU and heap profiles, the latter at a path of its own too.
async fn admin() -> SocketAddr {
    let app = Router::new()
        .route(
            "/debug/pprof/profile",
            get(async |query: axum::extract::RawQuery| {
                assert_eq!(query.0.unwrap(), "seconds=1&frequency=99");
                CPU
            }),
        )
        .route("/debug/pprof/heap", get(async || HEAP))
        .route("/profiles/locks", get(async || HEAP));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    address
}

async fn record_with(captures: &str, admin: SocketAddr) -> (tempfile::TempDir, Record) {
    record_of_length("3s", captures, admin).await
}

async fn record_of_length(
    duration: &str,
    captures: &str,
    admin: SocketAddr,
) -> (tempfile::TempDir, Record) {
    let server = Server::start(Behaviour::default()).await;
    let temp = tempfile::tempdir().unwrap();
    let text = scenario(server.address, "5/s", duration, captures);
    let text = text.replace("[actions", &format!("admin = \"http://{admin}\"\n[actions"));
    let record = record_of(temp.path(), &text, CancellationToken::new()).await;
    (temp, record)
}

fn told(capture: &Capture) -> (&str, &str, Option<u64>, Option<&str>) {
    let Capture {
        kind,
        stage,
        length_us,
        problem,
        ..
    } = capture;
    (kind, stage, *length_us, problem.as_deref())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_is_fetched_in_the_middle_of_its_stage_or_the_record_says_why_not() {
    const CAPTURE: &str =
        "[[captures]]\ncomponent = \"shop\"\nstage = \"load\"\nduration = \"1s\"\n";
    let (_temp, record) = record_with(CAPTURE, admin().await).await;
    let [capture] = &record.manifest.captures[..] else {
        panic!("{:?}", record.manifest.captures);
    };
    assert_eq!(told(capture), ("cpu", "load", Some(1_000_000), None));
    let file = capture.file.as_ref().unwrap();
    assert_eq!(std::fs::read(record.dir.join(file)).unwrap(), CPU);

    let elsewhere = Server::start(Behaviour::default()).await;
    let (_temp, record) = record_with(CAPTURE, elsewhere.address).await;
    let [capture] = &record.manifest.captures[..] else {
        panic!("{:?}", record.manifest.captures);
    };
    let problem = format!("http://{}: HTTP 404 Not Found", elsewhere.address);
    let told = told(capture);
    assert_eq!(told, ("cpu", "load", Some(1_000_000), Some(&*problem)));
    assert_eq!(capture.file, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stage_that_is_long_enough_has_three_cpu_profiles() {
    const CAPTURE: &str =
        "[[captures]]\ncomponent = \"shop\"\nstage = \"load\"\nduration = \"1s\"\n";
    let (_temp, record) = record_of_length("6s", CAPTURE, admin().await).await;
    let captures = &record.manifest.captures;
    let files: BTreeSet<_> = captures.iter().filter_map(|c| c.file.as_ref()).collect();
    assert_eq!(files.len(), 3, "{captures:?}");
    let begun = captures.iter().map(|c| c.started_us.unwrap());
    for (begun, planned) in begun.zip([500_000, 2_500_000, 4_500_000]) {
        assert!(begun >= planned, "{captures:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_is_taken_from_wherever_the_scenario_says() {
    let admin = admin().await;
    let captures = format!(
        r#"[[captures]]
component = "shop"
stage = "load"
duration = "1s"
kinds = ["heap", "cpu", "contention", "tasks"]
address = "http://{admin}"
paths = {{ contention = "/profiles/locks" }}
"#
    );
    let nobody = SocketAddr::from(([127, 0, 0, 1], 9));
    let (_temp, record) = record_with(&captures, nobody).await;
    let captures = &record.manifest.captures;
    let mut kinds: Vec<_> = captures
        .iter()
        .map(|c| {
            (
                &*c.kind,
                c.file.is_some(),
                c.started_us.unwrap() / 1_000_000,
            )
        })
        .collect();
    kinds.sort_unstable();
    // The others come when the CPU profile is over, and the heap once more at the end.
    assert_eq!(
        kinds,
        [
            ("contention", true, 2),
            ("cpu", true, 1),
            ("heap", true, 2),
            ("heap", true, 3),
            ("tasks", false, 2)
        ]
    );
    let heap = captures.iter().find(|c| c.kind == "heap").unwrap();
    let bytes = std::fs::read(record.dir.join(heap.file.as_ref().unwrap())).unwrap();
    let mut plain = Vec::new();
    GzDecoder::new(&bytes[..]).read_to_end(&mut plain).unwrap();
    assert_eq!(plain, HEAP);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_marks_stages_profiles_and_what_ended_it() {
    let captures = "[[captures]]\ncomponent = \"shop\"\nstage = \"load\"\nduration = \"1s\"\n";
    let (_temp, record) = record_with(captures, admin().await).await;
    let marks = record.marks().unwrap();
    let told: Vec<_> = marks
        .iter()
        .map(|mark| (mark.at_us / 1_000_000, mark.kind, &*mark.text))
        .collect();
    assert_eq!(
        told,
        [
            (0, MarkKind::Stage, "load"),
            (1, MarkKind::Profile, "CPU profile of shop"),
            (3, MarkKind::StageEnd, "load"),
        ]
    );

    let server = Server::start(Behaviour::default()).await;
    let temp = tempfile::tempdir().unwrap();
    let text = scenario(server.address, "5/s", "30s", "");
    let stop = CancellationToken::new();
    let soon = stop.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        soon.cancel();
    });
    let record = record_of(temp.path(), &text, stop).await;
    let marks = record.marks().unwrap();
    let kinds: Vec<_> = marks.iter().map(|mark| (mark.kind, &*mark.text)).collect();
    assert_eq!(
        kinds,
        [
            (MarkKind::Stage, "load"),
            (MarkKind::StageEnd, "load"),
            (MarkKind::Abort, "stopped by a signal"),
        ]
    );
    assert!(marks[2].at_us < 10_000_000, "{marks:?}");
}
