//! What a scraper reads.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod support;

use std::time::Duration;

use challenge_service::grpc::events_v1::StatItemUpdated;
use challenge_service::grpc::events_v1::stat_item_updated_events_client::StatItemUpdatedEventsClient;
use challenge_service::metrics::{CacheMetrics, EventFlushMetrics, SetActiveMetrics};
use challenge_service::phase::{Events, Phase, SetActive};
use challenge_service::settings::Role;
use challenge_service::throwaway::Postgres;
use serde_json::json;
use support::{Running, complete, start};
use tokio::io::AsyncWriteExt as _;
use tonic::Code;
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

const INITIALIZE: &str = "/challenge/v1/challenges/initialize";

async fn scrape(service: &Running) -> String {
    let answer = service.call("GET", "/metrics", "", None).await;
    assert_eq!(answer.status, 200);
    assert!(
        answer
            .content_type
            .starts_with("application/openmetrics-text")
    );
    String::from_utf8(answer.body.to_vec()).unwrap()
}

/// The value of a series, by its name with its labels.
fn value(text: &str, series: &str) -> Option<f64> {
    text.lines()
        .find_map(|line| line.strip_prefix(series)?.strip_prefix(' ')?.parse().ok())
}

#[tokio::test]
async fn a_scrape_shows_pool_runtime_process_and_build() {
    let service = start(|_| ()).await;
    let text = scrape(&service).await;
    let check = |series: &str, least: f64| {
        let found = value(&text, series).unwrap_or_else(|| panic!("no {series} in\n{text}"));
        assert!(found >= least, "{series} is {found}");
    };
    check("challenge_pool_waiting", 0.0);
    check("challenge_pool_acquire_duration_seconds_count", 0.0);
    // The worker of the outbox may have the only one right now.
    let connections = ["idle", "in_use"].map(|state| {
        let series = format!(r#"challenge_pool_connections{{state="{state}"}}"#);
        value(&text, &series).unwrap_or_else(|| panic!("no {series} in\n{text}"))
    });
    assert!(connections[0] + connections[1] >= 1.0, "{connections:?}");
    check("tokio_workers", 1.0);
    check("tokio_workers_busy_seconds_total", 0.0);
    check("tokio_global_queue_depth", 0.0);
    check("tokio_alive_tasks", 1.0);
    if cfg!(target_os = "linux") {
        check("process_cpu_seconds_total", 0.0);
        check("process_resident_memory_bytes", 1e6);
        check("process_open_fds", 4.0);
        check("process_threads", 1.0);
    }
    let version = env!("CARGO_PKG_VERSION");
    check(
        &format!(r#"challenge_build_info{{version="{version}",phase="phase9",database="sqlite"}}"#),
        1.0,
    );
    assert!(text.ends_with("# EOF\n"), "{text}");
}

#[tokio::test]
async fn a_part_shows_its_metrics_once_it_is_there() {
    let service = start(|_| ()).await;
    let names = [
        r#"challenge_cache_requests_total{outcome="hit"}"#,
        "challenge_queued_events",
        "challenge_set_active_conflicts_total",
    ];
    let before = scrape(&service).await;
    for name in names {
        assert_eq!(value(&before, name), None, "{name}");
    }
    let metrics = &service.app.metrics;
    metrics.group::<CacheMetrics>().hits.inc_by(3);
    metrics.group::<EventFlushMetrics>().batches.queued.set(3);
    metrics.group::<SetActiveMetrics>().conflicts.inc_by(3);
    let after = scrape(&service).await;
    for name in names {
        assert_eq!(value(&after, name), Some(3.0), "{name}");
    }
}

#[tokio::test]
async fn a_process_has_the_parts_of_its_role_alone() {
    for (role, players, events) in [
        (Role::Api, true, false),
        (Role::Events, false, true),
        (Role::All, true, true),
    ] {
        let service = start(|settings| {
            settings.role = role;
            settings.phase = Phase::load("phase10").unwrap();
            settings.phase.switches.events = Events::WriteBehind;
        })
        .await;
        let text = scrape(&service).await;
        for (series, expected) in [
            (r#"challenge_cache_requests_total{outcome="hit"}"#, players),
            ("challenge_queued_events", events),
        ] {
            assert_eq!(value(&text, series).is_some(), expected, "{role}: {series}");
        }
    }
}

#[tokio::test]
async fn the_writer_of_sqlite_shows_its_commits_and_its_log() {
    let service = start(|settings| settings.phase = Phase::load("phase12").unwrap()).await;
    let initialised = service.call("POST", INITIALIZE, "ann", None).await;
    assert_eq!(initialised.status, 200);
    let text = scrape(&service).await;
    let commits = value(&text, "challenge_commit_size_count").unwrap();
    assert!(commits >= 1.0, "{text}");
    assert!(value(&text, "challenge_commit_size_sum").unwrap() >= commits);
    let timed = value(&text, "challenge_commit_duration_seconds_count").unwrap();
    assert!((timed - commits).abs() <= 1.0, "{timed} of {commits}");
    // Once a second.
    let folded = async {
        loop {
            let text = scrape(&service).await;
            let folds = value(&text, "challenge_checkpoint_duration_seconds_count").unwrap();
            if folds > 0.0 && value(&text, "challenge_log_pages").unwrap() > 0.0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), folded)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_show_what_they_do_together() {
    let server = Postgres::start()
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let service = start(|settings| {
        settings.database = server.url().into();
        settings.phase = Phase::load("phase12").unwrap();
        settings.phase.switches.set_active = SetActive::Queued;
    })
    .await;
    let initialised = service.call("POST", INITIALIZE, "ann", None).await;
    assert_eq!(initialised.status, 200);
    let path = "/challenge/v1/challenges/challenge-01/goals/goal-01-02/active";
    let on = json!({ "isActive": true });
    let switched = service.call("PUT", path, "ann", Some(&on)).await;
    assert_eq!(switched.status, 200);
    let text = scrape(&service).await;
    for (series, expected) in [
        ("challenge_new_user_flush_size_sum", Some(1.0)),
        ("challenge_new_user_flush_duration_seconds_count", Some(1.0)),
        ("challenge_queued_new_users", Some(0.0)),
        ("challenge_goal_switch_flush_size_sum", Some(1.0)),
        (
            "challenge_goal_switch_flush_duration_seconds_count",
            Some(1.0),
        ),
        ("challenge_queued_goal_switches", Some(0.0)),
        ("challenge_event_flush_size_count", Some(0.0)),
        ("challenge_commit_size_count", None),
    ] {
        assert_eq!(value(&text, series), expected, "{series}\n{text}");
    }
}

#[tokio::test]
async fn callers_cannot_make_labels() {
    let service = start(|_| ()).await;
    for number in 0..3 {
        let path = format!("/nowhere/{number}");
        assert_eq!(service.call("GET", &path, "ann", None).await.status, 404);
        let path = format!("/challenge/v1/challenges/c-{number}/goals/g/claim");
        assert_eq!(service.call("POST", &path, "ann", None).await.status, 404);
        let method = format!("FETCH{number}");
        service.call(&method, "/healthz", "ann", None).await;
        let mut unknown = tonic::client::Grpc::new(connect(&service).await);
        unknown.ready().await.unwrap();
        let path = format!("/nobody.v1.Service/Call{number}").parse().unwrap();
        let codec = tonic_prost::ProstCodec::<(), ()>::default();
        let refused = unknown
            .unary(tonic::Request::new(()), path, codec)
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Code::Unimplemented);
    }
    let text = scrape(&service).await;
    for (labels, count) in [
        (
            r#"protocol="rest",route="(none)",method="GET",status="404""#,
            3.0,
        ),
        (
            r#"protocol="rest",route="/challenge/v1/challenges/{challenge}/goals/{goal}/claim",method="POST",status="404""#,
            3.0,
        ),
        (
            r#"protocol="rest",route="/healthz",method="(other)",status="405""#,
            3.0,
        ),
        (
            r#"protocol="grpc",route="(unknown)",method="POST",status="Unimplemented""#,
            3.0,
        ),
    ] {
        let series = format!("challenge_requests_total{{{labels}}}");
        assert_eq!(value(&text, &series), Some(count), "{series}\n{text}");
    }
    for name in ["nowhere", "c-0", "FETCH", "nobody"] {
        assert!(!text.contains(name), "{name}\n{text}");
    }
}

#[tokio::test]
async fn a_call_is_in_progress_until_its_caller_has_the_outcome() {
    let service = start(|_| ()).await;
    let mut client = StatItemUpdatedEventsClient::new(connect(&service).await);
    let event = StatItemUpdated {
        id: "event".into(),
        namespace: "test".into(),
        user_id: "ann".into(),
        stat_code: "stat-01".into(),
        value: 1.0,
        inc: 1.0,
    };
    client.on_message(event).await.unwrap();
    let text = scrape(&service).await;
    let route =
        r#"protocol="grpc",route="/brunt.events.v1.StatItemUpdatedEvents/OnMessage",method="POST""#;
    for (series, expected) in [
        (
            format!(r#"challenge_requests_total{{{route},status="OK"}}"#),
            1.0,
        ),
        (format!("challenge_requests_in_progress{{{route}}}"), 0.0),
        (
            format!("challenge_request_duration_seconds_count{{{route}}}"),
            1.0,
        ),
        (
            r#"challenge_requests_in_progress{protocol="grpc",route="(unknown)",method="POST"}"#
                .into(),
            0.0,
        ),
    ] {
        assert_eq!(value(&text, &series), Some(expected), "{series}\n{text}");
    }
}

#[tokio::test]
async fn a_caller_that_hangs_up_is_counted_as_such() {
    // Takes connections and never answers, so that a claim is in progress until its caller goes.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let rewards = silent.local_addr().unwrap();
    let service = start(|settings| settings.reward_url = format!("http://{rewards}").into()).await;
    complete(&service, "ann", "challenge-01", "goal-01-50").await;
    let mut caller = tokio::net::TcpStream::connect(service.addresses.http)
        .await
        .unwrap();
    let claim = "POST /challenge/v1/challenges/challenge-01/goals/goal-01-50/claim HTTP/1.1\r\n\
                 Host: challenge\r\nX-Mock-User: ann\r\n\r\n";
    caller.write_all(claim.as_bytes()).await.unwrap();
    let route = r#"protocol="rest",route="/challenge/v1/challenges/{challenge}/goals/{goal}/claim",method="POST""#;
    until(
        &service,
        &format!("challenge_requests_in_progress{{{route}}}"),
        1.0,
    )
    .await;
    drop(caller);
    let hung_up = format!(r#"challenge_requests_total{{{route},status="hung-up"}}"#);
    until(&service, &hung_up, 1.0).await;
    until(
        &service,
        &format!("challenge_requests_in_progress{{{route}}}"),
        0.0,
    )
    .await;
}

#[tokio::test]
async fn a_watch_that_its_caller_ends_is_no_failure() {
    let service = start(|_| ()).await;
    let mut health = HealthClient::new(connect(&service).await);
    let whole = HealthCheckRequest::default();
    let mut watched = health.watch(whole).await.unwrap().into_inner();
    watched.message().await.unwrap().unwrap();
    drop(watched);
    let route = r#"protocol="grpc",route="/grpc.health.v1.Health/Watch",method="POST""#;
    let ended = format!(r#"challenge_requests_total{{{route},status="OK"}}"#);
    until(&service, &ended, 1.0).await;
    let text = scrape(&service).await;
    let hung_up = format!(r#"challenge_requests_total{{{route},status="hung-up"}}"#);
    assert_eq!(value(&text, &hung_up), None, "{text}");
    let in_progress = format!("challenge_requests_in_progress{{{route}}}");
    assert_eq!(value(&text, &in_progress), Some(0.0), "{text}");
}

/// Scrapes until a series has this value.
async fn until(service: &Running, series: &str, expected: f64) {
    let wait = async {
        while value(&scrape(service).await, series) != Some(expected) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), wait)
        .await
        .unwrap_or_else(|_| panic!("{series} never was {expected}"));
}

async fn connect(service: &Running) -> Channel {
    let address = service.addresses.grpc;
    let endpoint = Channel::from_shared(format!("http://{address}")).unwrap();
    endpoint.connect().await.unwrap()
}
