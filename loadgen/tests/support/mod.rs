//! A real HTTP server to put under load, and a short way to run a scenario against it.

#![allow(clippy::unwrap_used, dead_code)]

pub(crate) mod functions;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::extract::{Path as InPath, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use brunt_loadgen::{RunError, RunOptions, RunOutcome, Scenario, Update, run};
use brunt_record::{Build, Measure, Outcome, Record, new_histogram};
use hdrhistogram::Histogram;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How the server behaves, and what it saw.
#[derive(Default)]
pub(crate) struct Behaviour {
    pub(crate) seen: AtomicU64,
    /// Every n-th request gets a 503; 0 for none.
    pub(crate) fail_every: u64,
    pub(crate) delay: Duration,
    /// Requests that come between these two instants after the first one wait for the second.
    pub(crate) stall: Option<(Duration, Duration)>,
    pub(crate) first: std::sync::OnceLock<tokio::time::Instant>,
    /// Every value of that header that came.
    pub(crate) authorization: Mutex<BTreeSet<String>>,
    /// The number in the path of every request, and when it came.
    pub(crate) came: Mutex<Vec<(u64, SystemTime)>>,
    /// Requests that are being worked on, and the most that ever were.
    pub(crate) at_work: AtomicU64,
    pub(crate) most_at_work: AtomicU64,
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) behaviour: Arc<Behaviour>,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start(behaviour: Behaviour) -> Self {
        let behaviour = Arc::new(behaviour);
        let app = Router::new()
            .route("/job/{n}", get(work))
            .with_state(Arc::clone(&behaviour));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self {
            address,
            behaviour,
            task,
        }
    }

    pub(crate) fn kill(&self) {
        self.task.abort();
    }

    pub(crate) fn seen(&self) -> u64 {
        self.behaviour.seen.load(Ordering::SeqCst)
    }
}

async fn work(
    State(behaviour): State<Arc<Behaviour>>,
    InPath(number): InPath<u64>,
    headers: HeaderMap,
) -> StatusCode {
    let came = (number, SystemTime::now());
    behaviour.came.lock().unwrap().push(came);
    let at_work = behaviour.at_work.fetch_add(1, Ordering::SeqCst) + 1;
    behaviour.most_at_work.fetch_max(at_work, Ordering::SeqCst);
    if let Some(value) = headers.get("authorization") {
        let value = value.to_str().unwrap().to_owned();
        behaviour.authorization.lock().unwrap().insert(value);
    }
    let now = tokio::time::Instant::now();
    let first = *behaviour.first.get_or_init(|| now);
    if let Some((from, until)) = behaviour.stall
        && (first + from..first + until).contains(&now)
    {
        tokio::time::sleep_until(first + until).await;
    }
    tokio::time::sleep(behaviour.delay).await;
    behaviour.at_work.fetch_sub(1, Ordering::SeqCst);
    let n = behaviour.seen.fetch_add(1, Ordering::SeqCst) + 1;
    if behaviour.fail_every > 0 && n.is_multiple_of(behaviour.fail_every) {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    StatusCode::OK
}

/// One stage, one stream, one action.
pub(crate) fn scenario(address: SocketAddr, rate: &str, duration: &str, more: &str) -> String {
    format!(
        r#"format = 1
name = "test"
[addresses]
http = "http://{address}"
[actions.work]
http = "GET /job/${{ordinal}}"
timeout = "5s"
[[stages]]
name = "load"
duration = "{duration}"
grace = "3s"
[[stages.streams]]
name = "main"
rate = "{rate}"
mix = {{ work = 1 }}
{more}"#
    )
}

pub(crate) async fn run_in(
    dir: &Path,
    text: &str,
    stop: CancellationToken,
) -> Result<RunOutcome, RunError> {
    let scenario = Scenario::parse(Path::new("test.toml"), text).unwrap();
    run_scenario(dir, &scenario, text, stop, |_| {}).await
}

async fn run_scenario(
    dir: &Path,
    scenario: &Scenario,
    text: &str,
    stop: CancellationToken,
    watch: impl Fn(Update) + Send + Sync + 'static,
) -> Result<RunOutcome, RunError> {
    run(scenario, text, options(dir), stop, watch).await
}

/// A run whose record goes to `dir`.
pub(crate) fn options(dir: &Path) -> RunOptions {
    RunOptions {
        phase: "phase1".into(),
        results: dir.to_owned(),
        labels: BTreeMap::new(),
        overrides: Vec::new(),
        threads: None,
        build: Build {
            version: "0.0.0".into(),
            commit: None,
        },
    }
}

/// Runs, and returns the record after checking that nothing in it disagrees.
pub(crate) async fn record_of(dir: &Path, text: &str, stop: CancellationToken) -> Record {
    checked(&run_in(dir, text, stop).await.unwrap())
}

/// The same of a scenario file.
pub(crate) async fn record_of_file(dir: &Path, file: &Path, stop: CancellationToken) -> Record {
    let (scenario, text) = Scenario::read(file).unwrap();
    let outcome = run_scenario(dir, &scenario, &text, stop, |_| {}).await;
    checked(&outcome.unwrap())
}

/// The same, and `watch` sees what the run tells.
pub(crate) async fn run_watched(
    dir: &Path,
    text: &str,
    stop: CancellationToken,
    watch: impl Fn(Update) + Send + Sync + 'static,
) -> Record {
    let scenario = Scenario::parse(Path::new("test.toml"), text).unwrap();
    let outcome = run_scenario(dir, &scenario, text, stop, watch).await;
    checked(&outcome.unwrap())
}

fn checked(outcome: &RunOutcome) -> Record {
    let record = Record::open(&outcome.dir).unwrap();
    assert_eq!(record.problems(), []);
    for total in &record.manifest.totals {
        assert_eq!(
            total.offered,
            total.ok + total.failed + total.unsent,
            "{total:?}"
        );
    }
    record
}

/// This measure of all successes of a run.
pub(crate) fn merged(record: &Record, measure: Measure) -> Histogram<u64> {
    let mut sum = new_histogram();
    let log = record.latencies().unwrap();
    log.visit(
        |tag| tag.outcome == Outcome::Ok && tag.measure == measure,
        |interval| sum.add(&interval.histogram).unwrap(),
    )
    .unwrap();
    sum
}
