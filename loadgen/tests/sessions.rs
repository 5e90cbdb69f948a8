//! Sessions against a real server: what they carry, how they are counted, how they end.

#![allow(clippy::unwrap_used)]

mod support;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use brunt_loadgen::{RunOptions, Scenario, run};
use brunt_record::{ActionTotals, Ending, LatencyLog, Measure, Outcome, Record, new_histogram};
use hdrhistogram::Histogram;
use support::{options, record_of};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// What came, in the order of time: `start USER`, `use USER ORDINAL`, `end USER`.
type Seen = Arc<Mutex<Vec<String>>>;

/// Gives `token-USER` at the start; everything else needs it. User 3 cannot end.
async fn service(delay: Duration) -> (SocketAddr, Seen) {
    let seen = Seen::default();
    let note = |seen: &Seen, what: String| seen.lock().unwrap().push(what);
    let start = async move |State(seen): State<Seen>, Path(user): Path<String>| {
        note(&seen, format!("start {user}"));
        tokio::time::sleep(delay).await;
        format!(r#"{{"token": "token-{user}"}}"#)
    };
    let with_token = async move |State(seen): State<Seen>, Path(parts): Path<Vec<String>>| {
        let [user, token, what] = &parts[..] else {
            return StatusCode::NOT_FOUND;
        };
        note(&seen, format!("{what} {user}"));
        match (what.as_str(), user.as_str()) {
            _ if *token != format!("token-{user}") => StatusCode::UNAUTHORIZED,
            ("end", "user-3") => StatusCode::CONFLICT,
            _ => StatusCode::OK,
        }
    };
    let app = Router::new()
        .route("/start/{user}", post(start))
        .route("/with/{user}/{token}/{what}", get(with_token))
        .with_state(Arc::clone(&seen));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    (address, seen)
}

/// One stage, one stream of these `settings`, of sessions with these `steps`.
fn scenario(address: SocketAddr, settings: &str, user: &str, steps: &str) -> String {
    format!(
        r#"format = 1
name = "test"
[addresses]
http = "http://{address}"
[users]
count = 100
[actions.start]
http = "POST /start/${{user}}"
extract = {{ token = "$.token" }}
[actions.use]
http = "GET /with/${{user}}/${{token}}/use-${{ordinal}}"
[actions.end]
http = "GET /with/${{user}}/${{token}}/end"
[sessions.visit]
user = "{user}"
steps = {steps}
[[stages]]
name = "load"
duration = "1s"
grace = "5s"
[[stages.streams]]
name = "visitors"
{settings}
mix = {{ visit = 1 }}
"#
    )
}

/// Offered, ok, failed and unsent of an action.
fn counts(totals: &[ActionTotals], name: &str) -> (u64, u64, u64, u64) {
    let total = totals.iter().find(|total| total.action == name);
    total.map_or((0, 0, 0, 0), |t| (t.offered, t.ok, t.failed, t.unsent))
}

fn responses(log: &LatencyLog) -> Histogram<u64> {
    let mut sum = new_histogram();
    log.visit(
        |tag| tag.outcome == Outcome::Ok && tag.measure == Measure::Response,
        |interval| sum.add(&interval.histogram).unwrap(),
    )
    .unwrap();
    sum
}

fn response_sum_us(log: &LatencyLog) -> f64 {
    let histogram = responses(log);
    histogram.mean() * histogram.len() as f64
}

/// Six sessions of three actions, of which one comes twice. What a session waited is what its
/// requests waited, however long it paused.
#[tokio::test(flavor = "multi_thread")]
async fn users_of_a_closed_model_go_through_sessions() {
    let (address, seen) = service(Duration::from_millis(20)).await;
    let temp = tempfile::tempdir().unwrap();
    let steps = r#"[{ action = "start", pause = "100ms" }, { action = "use", times = 2, pause = { uniform = ["1ms", "200ms"] } }, "end"]"#;
    let text = scenario(address, "users = 3\niterations = 2", "any", steps);
    let text = text.replace("duration = \"1s\"", "duration = \"5s\"");
    // User 3 is nobody's here.
    let text = text.replace("count = 100", "count = 3");
    let record = record_of(temp.path(), &text, CancellationToken::new()).await;

    let manifest = &record.manifest;
    assert_eq!(counts(&manifest.totals, "start"), (6, 6, 0, 0));
    assert_eq!(counts(&manifest.totals, "use"), (12, 12, 0, 0));
    assert_eq!(counts(&manifest.totals, "end"), (6, 6, 0, 0));
    assert_eq!(counts(&manifest.totals, "visit"), (0, 0, 0, 0));
    assert_eq!(counts(&manifest.session_totals, "visit"), (6, 6, 0, 0));
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 24);
    let mut ordinals: Vec<&String> = seen.iter().filter(|s| s.starts_with("use")).collect();
    ordinals.sort();
    ordinals.dedup();
    assert_eq!(ordinals.len(), 12, "no ordinal comes twice: {seen:?}");

    let sessions = record.session_latencies().unwrap().unwrap();
    let (waited, of_requests) = (
        response_sum_us(&sessions),
        response_sum_us(&record.latencies().unwrap()),
    );
    assert!(
        (waited / of_requests - 1.0).abs() < 0.01,
        "{waited} and {of_requests}"
    );
    let rows: Vec<_> = record.sessions.iter().map(|row| row.sent).collect();
    assert_eq!(rows.iter().sum::<u64>(), 6);
    let under_way: u64 = record.sessions.iter().map(|row| row.in_flight_us).sum();
    assert!(under_way >= 6 * 120_000, "pauses included: {under_way}");
    let [plan] = &manifest.plan.sessions[..] else {
        panic!("{:?}", manifest.plan.sessions);
    };
    let means: Vec<_> = plan.actions.iter().map(|a| (&*a.action, a.mean)).collect();
    assert_eq!(means, [("start", 1.0), ("use", 2.0), ("end", 1.0)]);
    assert_eq!(plan.mean_pause_us, 301_000);
}

/// Ten sessions, each of another user; that of user 3 fails at its second step.
#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_fails_ends_its_session() {
    let (address, seen) = service(Duration::ZERO).await;
    let temp = tempfile::tempdir().unwrap();
    let text = scenario(
        address,
        "rate = \"10/s\"",
        "each",
        r#"["start", "end", "use"]"#,
    );
    let record = record_of(temp.path(), &text, CancellationToken::new()).await;
    let manifest = &record.manifest;
    assert_eq!(counts(&manifest.totals, "start"), (10, 10, 0, 0));
    assert_eq!(counts(&manifest.totals, "end"), (10, 9, 1, 0));
    assert_eq!(counts(&manifest.totals, "use"), (9, 9, 0, 0));
    let [visits] = &manifest.session_totals[..] else {
        panic!("{:?}", manifest.session_totals);
    };
    assert_eq!((visits.offered, visits.ok, visits.failed), (10, 9, 1));
    assert_eq!(visits.failures, [("step-end".to_owned(), 1)].into());
    assert!(
        !seen
            .lock()
            .unwrap()
            .iter()
            .any(|s| s.starts_with("use") && s.ends_with("user-3"))
    );
    assert_eq!(manifest.totals.iter().map(|t| t.failed).sum::<u64>(), 1);
    let stream = &manifest.plan.stages[0].streams[0];
    let expected: Vec<_> = stream
        .expected
        .iter()
        .map(|e| (e.requests, e.certain))
        .collect();
    assert_eq!(expected, [(10.0, true); 3]);
}

/// What pauses beyond the grace of its stage is cut off; what never began is unsent.
#[tokio::test(flavor = "multi_thread")]
async fn sessions_that_outlast_their_stage_are_cut_off_and_counted() {
    let (address, _) = service(Duration::ZERO).await;
    let temp = tempfile::tempdir().unwrap();
    let steps = r#"[{ action = "start", pause = "1min" }, "end"]"#;
    let text = scenario(address, "rate = \"10/s\"\nmax_in_flight = 4", "any", steps);
    let text = text.replace("grace = \"5s\"", "grace = \"500ms\"");
    let options = RunOptions {
        threads: Some(2),
        ..options(temp.path())
    };
    let scenario = Scenario::parse(std::path::Path::new("test.toml"), &text).unwrap();
    let outcome = run(&scenario, &text, options, CancellationToken::new(), |_| {})
        .await
        .unwrap();
    let record = Record::open(&outcome.dir).unwrap();
    assert_eq!(record.problems(), []);
    let manifest = &record.manifest;
    assert_eq!(manifest.completeness.ending, Ending::Complete);
    assert_eq!(counts(&manifest.totals, "start"), (10, 4, 0, 6));
    assert_eq!(counts(&manifest.totals, "end"), (0, 0, 0, 0));
    assert_eq!(counts(&manifest.session_totals, "visit"), (10, 0, 4, 6));
    let failures = &manifest.session_totals[0].failures;
    assert_eq!(*failures, [("cut-off".to_owned(), 4)].into());
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_under_way_are_settled_when_the_run_is_stopped() {
    let (address, seen) = service(Duration::ZERO).await;
    let temp = tempfile::tempdir().unwrap();
    let steps = r#"[{ action = "start", pause = "1min" }, "end"]"#;
    let text = scenario(address, "users = 5\nthink = \"1s\"", "any", steps);
    let text = text.replace("duration = \"1s\"", "duration = \"10min\"");
    let stop = CancellationToken::new();
    let (record, ()) = tokio::join!(record_of(temp.path(), &text, stop.clone()), async {
        while seen.lock().unwrap().len() < 5 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        stop.cancel();
    });
    let manifest = &record.manifest;
    assert_eq!(manifest.completeness.ending, Ending::Interrupted);
    assert_eq!(counts(&manifest.totals, "start"), (5, 5, 0, 0));
    assert_eq!(counts(&manifest.session_totals, "visit"), (5, 0, 5, 0));
    let failures = &manifest.session_totals[0].failures;
    assert_eq!(*failures, [("interrupted".to_owned(), 5)].into());
}

/// One thread or three: the same requests of the same users.
#[tokio::test(flavor = "multi_thread")]
async fn chance_and_branches_are_those_of_the_seed_on_any_number_of_threads() {
    let steps = r#"["start", { chance = "40 %", times = 2, action = "use" }, { one_of = [{ weight = 3, action = "use" }, { weight = 1, steps = ["use", "end"] }] }]"#;
    let mut all = Vec::new();
    for threads in [1, 3] {
        let (address, seen) = service(Duration::ZERO).await;
        let temp = tempfile::tempdir().unwrap();
        let text = scenario(
            address,
            "rate = \"60/s\"\nprocess = \"poisson\"",
            "any",
            steps,
        );
        let options = RunOptions {
            threads: Some(threads),
            ..options(temp.path())
        };
        let scenario = Scenario::parse(std::path::Path::new("test.toml"), &text).unwrap();
        let outcome = run(&scenario, &text, options, CancellationToken::new(), |_| {})
            .await
            .unwrap();
        let record = Record::open(&outcome.dir).unwrap();
        assert_eq!(record.problems(), []);
        let mut requests = seen.lock().unwrap().clone();
        requests.sort();
        all.push(requests);
    }
    assert!(all[0].iter().any(|s| s.starts_with("end")), "{:?}", all[0]);
    assert_eq!(all[0], all[1]);
}
