//! `brunt init`, `brunt run` and `brunt schema`, as somebody at a terminal uses them, against a real
//! service.

#![allow(clippy::unwrap_used)]

#[path = "support/target.rs"]
mod target;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use brunt_record::{Ending, Record};
use target::Target;

fn brunt_in(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_brunt"))
        .args(args)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Runs with these arguments, which must go well; the record.
fn run(folder: &Path, args: &[&str]) -> Record {
    let output = brunt_in(folder, &[&["run", "--quiet"], args].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let record = Record::open(&folder.join(text(&output.stdout).trim())).unwrap();
    assert_eq!(record.problems(), []);
    record
}

#[test]
fn what_init_writes_runs_once_its_address_is_right() {
    let target = Target::start();
    let temp = tempfile::tempdir().unwrap();
    for (args, files) in [
        (&["init", "loads/web.toml"][..], &["loads/web.toml"][..]),
        (
            &["init", "loads/all.toml", "--grpc"],
            &["loads/all.toml", "loads/health.proto"],
        ),
    ] {
        let output = brunt_in(temp.path(), args);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let printed = text(&output.stdout);
        assert_eq!(printed.lines().collect::<Vec<_>>(), files);

        let again = brunt_in(temp.path(), args);
        assert_eq!(again.status.code(), Some(2));
        assert!(text(&again.stderr).contains("--force"));
        let forced = brunt_in(temp.path(), &[args, &["--force"]].concat());
        assert_eq!(forced.status.code(), Some(0));

        let file = temp.path().join(files[0]);
        let edited = std::fs::read_to_string(&file)
            .unwrap()
            .replace("127.0.0.1:8000", &target.address.to_string())
            .replace("127.0.0.1:8001", &target.address.to_string());
        std::fs::write(&file, edited).unwrap();
        let record = run(temp.path(), &[files[0], "--duration", "2s"]);
        let ok: u64 = record.manifest.totals.iter().map(|t| t.ok).sum();
        assert_eq!(ok, 40, "{:?}", record.manifest.totals);
        assert_eq!(record.manifest.overrides, ["--duration 2s"]);
    }
    let calls = [&target.http, &target.grpc].map(|n| n.load(Ordering::SeqCst));
    assert!(calls[1] > 0, "{calls:?}");
    assert_eq!(calls.iter().sum::<u64>(), 80);
}

fn scenario(address: SocketAddr) -> String {
    format!(
        r#"format = 1
name = "test"
[addresses]
http = "http://{address}"
[users]
count = 10
[actions.once]
http = "GET /once/${{user}}"
user = "each"
[actions.fails]
http = "GET /fail"
[[stages]]
name = "first"
duration = "1s"
[[stages.streams]]
name = "api"
rate = "10/s"
mix = {{ once = 1 }}
[[stages]]
name = "second"
duration = "1s"
[[stages.streams]]
name = "api"
rate = "100/s"
mix = {{ fails = 1 }}
"#
    )
}

#[test]
fn overrides_change_what_is_sent_and_stand_in_the_record() {
    let target = Target::start();
    let temp = tempfile::tempdir().unwrap();
    std::fs::write(temp.path().join("t.toml"), scenario(target.address)).unwrap();
    let record = run(
        temp.path(),
        &[
            "t.toml",
            "--scale",
            "3",
            "--rate",
            "second/api=20/s",
            "--duration",
            "second=2s",
        ],
    );
    let offered: Vec<_> = record.manifest.totals.iter().map(|t| t.offered).collect();
    assert_eq!(offered, [30, 40]);
    assert_eq!(target.http.load(Ordering::SeqCst), 30);
    assert_eq!(record.manifest.plan.users, Some(30), "each user once");
    assert_eq!(
        record.manifest.overrides,
        [
            "--duration second=2s",
            "--scale 3",
            "--rate second/api=20/s"
        ]
    );

    let record = run(temp.path(), &["t.toml", "--users", "12"]);
    assert_eq!(record.manifest.plan.users, Some(12));
    assert_eq!(record.manifest.overrides, ["--users 12"]);

    let wrong = brunt_in(
        temp.path(),
        &[
            "run",
            "t.toml",
            "--rate",
            "apj=20/s",
            "--duration",
            "third=1s",
        ],
    );
    assert_eq!(wrong.status.code(), Some(2));
    let said = text(&wrong.stderr);
    assert!(said.contains("did you mean \"api\"?"), "{said}");
    assert!(said.contains("no stage \"third\""), "{said}");
}

/// However late or busy the generator is: users wait for their responses, and have no due times.
#[test]
fn runs_of_the_closed_model_are_compared_by_their_throughput() {
    let target = Target::start();
    let temp = tempfile::tempdir().unwrap();
    let scenario = format!(
        r#"format = 1
name = "closed"
[addresses]
http = "http://{}"
[actions.browse]
http = "GET /"
[[stages]]
name = "load"
duration = "3s"
[[stages.streams]]
name = "players"
users = 3
think = "5ms"
mix = {{ browse = 1 }}
"#,
        target.address
    );
    std::fs::write(temp.path().join("t.toml"), scenario).unwrap();
    let [a, b] = [(); 2].map(|()| run(temp.path(), &["t.toml"]));
    let [a, b] = [&a, &b].map(|record| record.dir.to_str().unwrap());
    let output = brunt_in(temp.path(), &["compare", a, b]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let said = text(&output.stdout).replace('\n', " ");
    assert!(
        said.contains("Throughput of the closed streams in stage load: "),
        "{said}"
    );
    assert!(!said.contains("invalid"), "{said}");
}

#[test]
fn a_dry_run_prints_the_plan_and_touches_nothing() {
    let temp = tempfile::tempdir().unwrap();
    let target = TcpListener::bind("127.0.0.1:0").unwrap();
    target.set_nonblocking(true).unwrap();
    let address = target.local_addr().unwrap();
    std::fs::write(temp.path().join("t.toml"), scenario(address)).unwrap();
    let output = brunt_in(temp.path(), &["run", "t.toml", "--dry-run", "--scale", "2"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let plan = text(&output.stdout).replace(&address.to_string(), "ADDRESS");
    insta::assert_snapshot!(plan);
    assert!(target.accept().is_err(), "nobody has connected");
    assert_eq!(
        std::fs::read_dir(temp.path()).unwrap().count(),
        1,
        "no record"
    );

    let broken = scenario(address)
        .replace("GET /fail", "fail")
        .replace("100/s", "100");
    std::fs::write(temp.path().join("t.toml"), broken).unwrap();
    let output = brunt_in(temp.path(), &["run", "t.toml", "--dry-run"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).contains("2 mistakes"),
        "{}",
        text(&output.stderr)
    );
    assert_eq!(text(&output.stdout), "");
}

fn scrape(address: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!("GET /metrics HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    response
}

#[test]
fn prometheus_sees_a_run_while_it_goes_on() {
    let target = Target::start();
    let temp = tempfile::tempdir().unwrap();
    std::fs::write(temp.path().join("t.toml"), scenario(target.address)).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_brunt"))
        .args(["run", "t.toml", "--duration", "second=10min", "--quiet"])
        .args(["--metrics", "127.0.0.1:0"])
        .current_dir(temp.path())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    stderr.read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("metrics: http://").unwrap();
    let address = address.strip_suffix("/metrics").unwrap().to_owned();

    // A second that has a failure is there in time, on however slow a machine.
    let started = Instant::now();
    let metrics = loop {
        let metrics = scrape(&address);
        if metrics.contains("kind=\"http-500\"") {
            break metrics;
        }
        assert!(started.elapsed() < Duration::from_mins(1), "{metrics}");
        std::thread::sleep(Duration::from_millis(100));
    };
    for want in [
        "content-type: application/openmetrics-text; version=1.0.0; charset=utf-8",
        "# TYPE brunt_offered counter",
        "brunt_offered_total{stage=\"first\",action=\"once\"} 10\n",
        "brunt_sent_total{stage=\"first\",action=\"once\"} 10\n",
        "brunt_ok_total{stage=\"first\",action=\"once\"} 10\n",
        "brunt_unsent_total{stage=\"first\",action=\"once\"} 0\n",
        "brunt_failed_total{stage=\"second\",action=\"fails\",kind=\"http-500\"} ",
        "brunt_in_flight{stage=\"second\",action=\"fails\"} ",
        "brunt_waiting{stage=\"second\",action=\"fails\"} ",
        "# TYPE brunt_response_time_seconds gauge",
        "# TYPE brunt_dispatch_lateness_seconds gauge",
        "# EOF",
    ] {
        assert!(metrics.contains(want), "{want}\n{metrics}");
    }

    // The port is taken: another run says so before it sends anything.
    let sent = target.http.load(Ordering::SeqCst);
    let second = brunt_in(temp.path(), &["run", "t.toml", "--metrics", &address]);
    assert_eq!(second.status.code(), Some(2));
    let said = text(&second.stderr);
    assert!(said.contains(&address) && said.contains("hint:"), "{said}");
    assert_eq!(target.http.load(Ordering::SeqCst), sent);

    let id = child.id().to_string();
    let killed = Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert!(killed.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

/// A second of warm-up, then three at 100/s.
fn steady(address: SocketAddr) -> String {
    format!(
        r#"format = 1
name = "steady"
[addresses]
http = "http://{address}"
[actions.once]
http = "GET /once"
timeout = "1s"
[[stages]]
name = "load"
duration = "4s"
warmup = "1s"
[[stages.streams]]
name = "api"
rate = "100/s"
mix = {{ once = 1 }}
"#
    )
}

#[test]
fn a_service_that_dies_in_mid_run_is_in_the_record_and_in_the_report() {
    let target = Target::start();
    let temp = tempfile::tempdir().unwrap();
    std::fs::write(temp.path().join("t.toml"), steady(target.address)).unwrap();
    let whole = brunt_in(temp.path(), &["run", "--quiet", "t.toml", "--phase", "up"]);
    assert_eq!(whole.status.code(), Some(0), "{}", text(&whole.stderr));

    let before = target.http.load(Ordering::SeqCst);
    let child = Command::new(env!("CARGO_BIN_EXE_brunt"))
        .args(["run", "--quiet", "t.toml", "--phase", "died"])
        .current_dir(temp.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while target.http.load(Ordering::SeqCst) < before + 120 {
        std::thread::sleep(Duration::from_millis(10));
    }
    drop(target);
    let died = child.wait_with_output().unwrap();
    assert_eq!(died.status.code(), Some(0), "{}", text(&died.stderr));
    let [whole, died] = [whole, died].map(|output| text(&output.stdout).trim().to_owned());
    let record = Record::open(&temp.path().join(&died)).unwrap();
    assert_eq!(record.problems(), []);
    assert_eq!(record.manifest.completeness.ending, Ending::Complete);
    let [total] = &record.manifest.totals[..] else {
        panic!("{:?}", record.manifest.totals)
    };
    assert_eq!(total.offered, 400);
    let settled = total.ok + total.failed + total.unsent;
    assert_eq!((settled, total.failed > 0), (400, true), "{total:?}");

    let report = brunt_in(
        temp.path(),
        &["compare", &whole, &died, "--md", "report.md"],
    );
    // 3 where this machine was too busy to send on time.
    let code = report.status.code().unwrap();
    assert!([0, 3].contains(&code), "{}", text(&report.stderr));
    let report = std::fs::read_to_string(temp.path().join("report.md")).unwrap();
    for told in ["died could not carry the load of stage load", "connect"] {
        assert!(report.contains(told), "no {told}: {report}");
    }
}

#[test]
fn schemas_are_printed_as_they_are_committed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (subject, file) in [
        ("scenario", "scenarios/scenario.schema.json"),
        ("run", "record/schema/run.schema.json"),
        ("comparison", "report/schema/comparison.schema.json"),
        ("gate", "report/schema/gate.schema.json"),
        ("knee", "report/schema/knee.schema.json"),
    ] {
        let output = brunt_in(root, &["schema", subject]);
        let committed = std::fs::read(root.join(file)).unwrap();
        assert_eq!(text(&output.stdout), text(&committed));
    }
}

#[test]
fn a_screen_needs_a_terminal() {
    let output = brunt_in(
        Path::new(env!("CARGO_MANIFEST_DIR")),
        &["run", "scenarios/smoke.toml", "--ui", "tui"],
    );
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    assert!(said.contains("--ui plain"), "{said}");
}

/// On a terminal of its own, by script(1): the screen is entered, a key ends the run in order, and
/// what was there before comes back.
#[test]
fn a_key_stops_the_run_and_the_terminal_is_left_as_it_was() {
    const ENTER: &str = "\u{1b}[?1049h";
    const LEAVE: &str = "\u{1b}[?1049l";
    let target = Target::start();
    let temp = tempfile::tempdir().unwrap();
    std::fs::write(temp.path().join("t.toml"), scenario(target.address)).unwrap();
    let brunt = env!("CARGO_BIN_EXE_brunt");
    let command = format!(
        "stty rows 24 cols 80; stty -a > before; {brunt} run t.toml --duration second=10min --ui tui; \
         code=$?; stty -a > after; exit $code"
    );
    let mut child = Command::new("script")
        .args(["--quiet", "--return", "--command", &command, "/dev/null"])
        .current_dir(temp.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut keys = child.stdin.take().unwrap();
    let mut screen = child.stdout.take().unwrap();
    let mut seen = Vec::new();
    let mut chunk = [0; 4096];
    while !text(&seen).contains("q or ctrl-c stops the run") {
        let n = screen.read(&mut chunk).unwrap();
        assert!(n > 0, "{}", text(&seen));
        seen.extend_from_slice(&chunk[..n]);
    }
    keys.write_all(b"q").unwrap();
    screen.read_to_end(&mut seen).unwrap();
    let seen = text(&seen);
    assert_eq!(child.wait().unwrap().code(), Some(130), "{seen}");
    let (_, rest) = seen.split_once(ENTER).unwrap();
    let (_, after) = rest.split_once(LEAVE).unwrap();
    let path = after.find("results/runs/").map(|at| &after[at..]).unwrap();
    let path = path.lines().next().unwrap().trim();
    let record = Record::open(&temp.path().join(path)).unwrap();
    assert_eq!(record.manifest.completeness.ending, Ending::Interrupted);
    let [before, after] = ["before", "after"].map(|file| {
        let file = temp.path().join(file);
        std::fs::read_to_string(file).unwrap()
    });
    assert_eq!(before, after, "the modes of the terminal");
}
