//! Does the generator see a stall as its users would? `cargo bench -p brunt-loadgen --bench stall`
//!
//! A server that answers at once stands still for 2 s in the middle of 20 s at 300/s. The k-th of
//! the 600 arrivals that are due meanwhile waits 2 − k/300 s, and k/c more while the server drains
//! what queued up at c requests/s, which is measured. Of 6,000 arrivals the 95th percentile is
//! k = 300, the 99th k = 60, the maximum k = 0. With 1,000 places in flight all of them wait at the
//! server; with 50 most wait in the generator, and the figures must be the same. One that is more than 3 %
//! from what it should be fails the bench.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Query, State};
use axum::routing::get;
use brunt_loadgen::{RunOptions, Scenario, run};
use brunt_record::{Build, Measure, Record, new_histogram};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

const RATE: f64 = 300.0;
const ARRIVALS: u64 = 6_000;
const STALL_FROM: Duration = Duration::from_secs(8);
const STALL_UNTIL: Duration = Duration::from_secs(10);
/// How far a measured figure may be from the analytic one.
const TOLERANCE_PERCENT: f64 = 3.0;
/// Arrivals that are due while the server stands still.
const HELD: std::ops::Range<u64> = 2_400..3_000;

/// When the first request came, and when the last arrival of the stall was answered.
#[derive(Default)]
struct Times {
    first: Option<Instant>,
    drained: Option<Instant>,
}

type Shared = Arc<Mutex<Times>>;

async fn work(State(times): State<Shared>, Query(arrival): Query<BTreeMap<String, u64>>) {
    let now = Instant::now();
    let first = *times.lock().unwrap().first.get_or_insert(now);
    if (first + STALL_FROM..first + STALL_UNTIL).contains(&now) {
        tokio::time::sleep_until(first + STALL_UNTIL).await;
    }
    if HELD.contains(&arrival["n"]) {
        times.lock().unwrap().drained = Some(Instant::now());
    }
}

/// The server on a runtime of its own, as far from the generator as one process allows.
fn serve(times: Shared) -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async move {
            let app = Router::new().route("/", get(work)).with_state(times);
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, app).await.unwrap();
        });
    });
    address
}

#[tokio::main]
async fn main() -> ExitCode {
    let mut kept = true;
    for places in [50, 1_000] {
        println!("{places} places in flight");
        kept &= stall(places).await;
    }
    if kept {
        ExitCode::SUCCESS
    } else {
        println!("a deviation is above {TOLERANCE_PERCENT} %");
        ExitCode::FAILURE
    }
}

/// Prints what was measured; was all of it as it should be?
async fn stall(places: usize) -> bool {
    let times = Shared::default();
    let address = serve(Arc::clone(&times));
    let text = format!(
        r#"format = 1
name = "stall"
[addresses]
http = "http://{address}"
[actions.work]
http = "GET /?n=${{ordinal}}"
[[stages]]
name = "load"
duration = "20s"
[[stages.streams]]
name = "main"
rate = "{RATE}/s"
max_in_flight = {places}
mix = {{ work = 1 }}
"#
    );
    let scenario = Scenario::parse(Path::new("stall.toml"), &text).unwrap();
    let results = tempfile::tempdir().unwrap();
    let options = RunOptions {
        phase: "stall".into(),
        results: results.path().to_owned(),
        labels: BTreeMap::new(),
        overrides: Vec::new(),
        threads: None,
        build: Build {
            version: "0.0.0".into(),
            commit: None,
        },
    };
    let outcome = run(&scenario, &text, options, CancellationToken::new(), |_| {})
        .await
        .unwrap();
    let record = Record::open(&outcome.dir).unwrap();
    assert_eq!(record.problems(), []);
    let mut responses = new_histogram();
    let log = record.latencies().unwrap();
    log.visit(
        |tag| tag.measure == Measure::Response,
        |interval| responses.add(&interval.histogram).unwrap(),
    )
    .unwrap();
    assert_eq!(responses.len(), ARRIVALS);

    let times = times.lock().unwrap();
    let drain = times.drained.unwrap() - (times.first.unwrap() + STALL_UNTIL);
    let held = HELD.count();
    let drain_per_s = held as f64 / drain.as_secs_f64();
    println!(
        "{held} arrivals held, drained in {:.1} ms ({drain_per_s:.0}/s)",
        drain.as_secs_f64() * 1e3
    );
    println!(
        "{:<8} {:>12} {:>12} {:>10}",
        "quantile", "analytic s", "measured s", "deviation"
    );
    let mut kept = true;
    for (name, quantile, k) in [("p95", 0.95, 300.0), ("p99", 0.99, 60.0), ("max", 1.0, 0.0)] {
        let analytic = 2.0 - k / RATE + k / drain_per_s;
        let measured = responses.value_at_quantile(quantile) as f64 / 1e6;
        let percent = 100.0 * (measured / analytic - 1.0);
        println!("{name:<8} {analytic:>12.3} {measured:>12.3} {percent:>9.2}%");
        kept &= percent.abs() <= TOLERANCE_PERCENT;
    }
    let lateness = record.manifest.generator.as_ref().unwrap().lateness;
    println!(
        "dispatch lateness p50 {} us, p99 {} us, max {} us",
        lateness.p50_us, lateness.p99_us, lateness.max_us
    );
    kept
}
