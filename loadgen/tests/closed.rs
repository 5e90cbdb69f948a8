//! Users of the closed model at a real server.

#![allow(clippy::unwrap_used)]

mod support;

use std::time::Duration;

use brunt_record::Measure;
use support::{Behaviour, Server, merged, record_of, scenario};
use tokio_util::sync::CancellationToken;

/// Each of three users sends two requests: 0.3 s each, and 0.2 s of thinking between them. The stage,
/// which has minutes, is over with them.
#[tokio::test(flavor = "multi_thread")]
async fn users_of_a_closed_model_wait_for_each_response_and_think() {
    let server = Server::start(Behaviour {
        delay: Duration::from_millis(300),
        ..Behaviour::default()
    })
    .await;
    let temp = tempfile::tempdir().unwrap();
    let text = scenario(
        server.address,
        "1/s",
        "5min",
        "users = 3\nthink = \"200ms\"\niterations = 2\n",
    )
    .replace("rate = \"1/s\"\n", "");
    let record = record_of(temp.path(), &text, CancellationToken::new()).await;
    let total = &record.manifest.totals[0];
    assert_eq!((total.offered, total.ok, total.unsent), (6, 6, 0));
    assert_eq!(server.seen(), 6);
    let response = merged(&record, Measure::Response);
    assert!(response.min() >= 299_000, "{}", response.min());
    let stage = &record.manifest.plan.stages[0];
    let ended_us = stage.ended_us.unwrap();
    assert!(
        (800_000..stage.duration_us).contains(&ended_us),
        "{stage:?}"
    );
    assert!(stage.drained_us.unwrap() < stage.duration_us, "{stage:?}");
    assert!(record.manifest.completeness.seconds < 300);
    let stream = &stage.streams[0];
    assert_eq!(
        stream.process,
        "closed: 3 users, think 200ms, 2 iterations each"
    );
    assert_eq!(
        (stream.rate_per_s, stream.arrivals, stream.max_in_flight),
        (None, None, 3)
    );
}

/// Without iterations users go on until the stage ends; what is in flight then is waited for.
#[tokio::test(flavor = "multi_thread")]
async fn users_of_a_closed_model_end_with_their_stage() {
    let server = Server::start(Behaviour {
        delay: Duration::from_millis(50),
        ..Behaviour::default()
    })
    .await;
    let temp = tempfile::tempdir().unwrap();
    let text = scenario(server.address, "1/s", "1s", "users = 4\n").replace("rate = \"1/s\"\n", "");
    let record = record_of(temp.path(), &text, CancellationToken::new()).await;
    let total = &record.manifest.totals[0];
    // Of at most 20 requests a user; a slow machine sends fewer.
    assert!((4..=80).contains(&total.ok), "{total:?}");
    assert_eq!((total.offered, server.seen()), (total.ok, total.ok));
    assert_eq!(record.manifest.plan.stages[0].ended_us, None);
}

/// Where a stream of the stage has no last request, the stage has its whole duration.
#[tokio::test(flavor = "multi_thread")]
async fn a_stage_with_arrivals_to_come_waits_for_them() {
    let server = Server::start(Behaviour::default()).await;
    let temp = tempfile::tempdir().unwrap();
    let text = scenario(server.address, "10/s", "1s", "")
        + "[[stages.streams]]\nname = \"users\"\nusers = 1\niterations = 1\nmix = { work = 1 }\n";
    let record = record_of(temp.path(), &text, CancellationToken::new()).await;
    let stage = &record.manifest.plan.stages[0];
    assert_eq!(stage.ended_us, None);
    assert!(stage.drained_us.unwrap() >= stage.duration_us, "{stage:?}");
    assert_eq!(record.manifest.totals[0].ok, 11);
}
