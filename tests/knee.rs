//! `brunt knee` against a real server whose capacity is known by its construction.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use brunt_record::Record;
use bytes::Bytes;
use http_body_util::Full;
use hyper::service::service_fn;
use hyper::{Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::time::Instant;

/// Requests that the server works on at once, and how long it takes for one: 40 a second.
const SLOTS: usize = 16;
const WORK: Duration = Duration::from_millis(400);

/// A server with a queue before its slots. Every user registers once, and claims once after that.
struct Server {
    address: SocketAddr,
    _runtime: tokio::runtime::Runtime,
}

#[derive(Default)]
struct State {
    registered: BTreeSet<String>,
    claimed: BTreeSet<String>,
    /// When each slot is free.
    free: Vec<Instant>,
}

impl State {
    /// What to answer, and when.
    fn take(&mut self, path: &str) -> (StatusCode, Instant) {
        let now = Instant::now();
        let (what, user) = path.trim_start_matches('/').split_once('/').unwrap();
        if what == "register" {
            let new = self.registered.insert(user.to_owned());
            return (
                if new {
                    StatusCode::OK
                } else {
                    StatusCode::CONFLICT
                },
                now,
            );
        }
        if !self.registered.contains(user) || !self.claimed.insert(user.to_owned()) {
            return (StatusCode::CONFLICT, now);
        }
        // By the clock and not by waking up: a slow machine has the same capacity.
        self.free.resize(SLOTS, now);
        let slot = self.free.iter_mut().min().unwrap();
        *slot = now.max(*slot) + WORK;
        (StatusCode::OK, *slot)
    }
}

impl Server {
    fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(serve(listener, Arc::default()));
        Self {
            address,
            _runtime: runtime,
        }
    }
}

async fn serve(listener: TcpListener, state: Arc<Mutex<State>>) {
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let state = Arc::clone(&state);
        tokio::spawn(async move {
            let service = service_fn(move |request: hyper::Request<_>| {
                let taken = state.lock().unwrap().take(request.uri().path());
                async move {
                    let (status, until) = taken;
                    tokio::time::sleep_until(until).await;
                    let mut response = Response::new(Full::<Bytes>::default());
                    *response.status_mut() = status;
                    Ok::<_, Infallible>(response)
                }
            });
            let server = auto::Builder::new(TokioExecutor::new());
            // A client that goes away is none of our business.
            let _ = server.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

fn scenario(address: SocketAddr) -> String {
    format!(
        r#"format = 1
name = "slots"
[addresses]
http = "http://{address}"
[users]
count = 100
[actions.register]
http = "GET /register/${{user}}"
user = "each"
[actions.claim]
http = "GET /claim/${{user}}"
user = "each"
targets = {{ p95 = "1s" }}
[[stages]]
name = "init"
duration = "500ms"
[[stages.streams]]
name = "api"
rate = "200/s"
mix = {{ register = 1 }}
[[stages]]
name = "play"
duration = "4s"
[[stages.streams]]
name = "api"
rate = "25/s"
mix = {{ claim = 1 }}
"#
    )
}

fn knee(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_brunt"));
    command
        .args(["knee", "slots.toml", "--quiet"])
        .args(args)
        .current_dir(folder);
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn refused(scenario: &str, args: &[&str]) -> String {
    let temp = tempfile::tempdir().unwrap();
    let names = "name\n".to_owned() + &"Ann\n".repeat(100);
    std::fs::write(temp.path().join("names.csv"), names).unwrap();
    std::fs::write(temp.path().join("slots.toml"), scenario).unwrap();
    let output = knee(temp.path(), args).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "");
    assert!(!temp.path().join("results").exists(), "nothing was sent");
    text(&output.stderr)
}

/// 25/s and 35/s are carried; at 50/s a quarter of what comes piles up, so that after 3 s of it the
/// wait is beyond the target.
#[test]
fn the_knee_of_a_server_with_slots_is_where_they_are_all_taken() {
    let server = Server::start();
    let temp = tempfile::tempdir().unwrap();
    std::fs::write(temp.path().join("slots.toml"), scenario(server.address)).unwrap();
    let args = [
        "--step-duration",
        "4s",
        "--warmup",
        "1s",
        "--pause",
        "0s",
        "--precision",
        "50%",
    ];
    let output = knee(temp.path(), &args).output().unwrap();
    let (said, printed) = (text(&output.stderr), text(&output.stdout));
    assert_eq!(output.status.code(), Some(0), "{said}\n{printed}");
    assert!(printed.starts_with("The knee is between "), "{printed}");
    let report = printed.lines().last().unwrap().strip_prefix("report: ");
    let folder = temp.path().join(report.unwrap()).with_file_name("");
    for file in ["report.html", "report.md"] {
        assert!(folder.join(file).exists(), "{file}");
    }
    let json = std::fs::read_to_string(folder.join("report.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let rate = |end: &str| json["rates"][end].as_f64().unwrap();
    let (low, high) = (rate("low_per_s"), rate("high_per_s"));
    assert!((25.0..=42.0).contains(&low), "{low}\n{printed}");
    assert!((38.0..=60.0).contains(&high), "{high}\n{printed}");

    let steps = json["steps"].as_array().unwrap();
    assert!(steps.len() >= 4, "{printed}");
    for (number, step) in (1..).zip(steps) {
        let record = Record::open(&folder.join(step["record"].as_str().unwrap())).unwrap();
        assert_eq!(record.problems(), []);
        assert_eq!(record.manifest.labels["knee-step"], format!("{number:02}"));
        // Users of other steps are refused, and so are those that nobody has prepared.
        for totals in &record.manifest.totals {
            assert_eq!(totals.failed, 0, "{number}: {totals:?}");
        }
    }
}

#[test]
fn a_search_that_is_stopped_exits_130() {
    let server = Server::start();
    let temp = tempfile::tempdir().unwrap();
    std::fs::write(temp.path().join("slots.toml"), scenario(server.address)).unwrap();
    let args = [
        "--step-duration",
        "1s",
        "--warmup",
        "0s",
        "--pause",
        "10min",
    ];
    let child = knee(temp.path(), &args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The first step is over, and the search rests.
    let runs = temp.path().join("results/runs");
    let finished = || -> Option<bool> {
        let knee = std::fs::read_dir(&runs).ok()?.next()?.ok()?.path();
        let step = std::fs::read_dir(knee).ok()?.next()?.ok()?.path();
        Some(step.join("run.json").exists())
    };
    while finished() != Some(true) {
        std::thread::sleep(Duration::from_millis(50));
    }
    let id = child.id().to_string();
    let killed = Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert!(killed.success());
    let output: Output = child.wait_with_output().unwrap();
    let printed = text(&output.stdout);
    assert_eq!(output.status.code(), Some(130), "{printed}");
    assert!(printed.starts_with("Not finished. "), "{printed}");
    assert!(
        printed.contains("The search was stopped before its end."),
        "{printed}"
    );
    assert!(printed.contains("report: results/runs/knee-"), "{printed}");
}

#[test]
fn what_has_no_knee_is_refused_with_all_that_is_against_it() {
    let address = SocketAddr::from(([127, 0, 0, 1], 1));
    let closed = scenario(address)
        .replace("rate = \"25/s\"", "users = 5")
        .replace("user = \"each\"\ntargets = { p95 = \"1s\" }", "");
    insta::assert_snapshot!(refused(&closed, &[]));
    let ramp = scenario(address).replace("25/s", "5/s -> 45/s");
    insta::assert_snapshot!(refused(&ramp, &["--target", "list/p99=1s"]));
    insta::assert_snapshot!(refused(&ramp, &["--stage", "later"]));
    insta::assert_snapshot!(refused(&ramp, &["--stream", "apis"]));
    // Every step registers users of its own, each with a name of its own.
    let names = scenario(address)
        .replace(
            "GET /register/${user}",
            "GET /register/${user}?${names.name}",
        )
        .replace(
            "[actions.register]",
            "[data.names]\nfile = \"names.csv\"\npick = \"unique\"\n[actions.register]",
        );
    insta::assert_snapshot!(refused(&names, &[]));
    // They register once for all steps.
    let once = names.replace("user = \"each\"\ntargets", "targets");
    let ramp = once.replace("25/s", "5/s -> 45/s");
    insta::assert_snapshot!(refused(&ramp, &[]));
}

#[test]
fn help_explains_the_search() {
    let output = Command::new(env!("CARGO_BIN_EXE_brunt"))
        .args(["knee", "--help"])
        .output()
        .unwrap();
    insta::assert_snapshot!(text(&output.stdout));
}

#[test]
fn a_dry_run_prints_the_first_step_and_touches_nothing() {
    let temp = tempfile::tempdir().unwrap();
    let target = TcpListener::bind("127.0.0.1:0").unwrap();
    target.set_nonblocking(true).unwrap();
    let address = target.local_addr().unwrap();
    std::fs::write(temp.path().join("slots.toml"), scenario(address)).unwrap();
    let args = ["--dry-run", "--from", "50/s", "--step-duration", "4s"];
    let output = knee(temp.path(), &args).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let plan = text(&output.stdout).replace(&address.to_string(), "ADDRESS");
    insta::assert_snapshot!(plan);
    let mut alone = knee(temp.path(), &[&args[..], &["--alone"]].concat());
    let alone = text(&alone.output().unwrap().stdout);
    assert!(plan.contains("init") && !alone.contains("init"), "{alone}");
    assert!(alone.contains("play"), "{alone}");
    assert!(target.accept().is_err(), "nobody has connected");
}
