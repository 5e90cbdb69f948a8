//! Profiles of the real service: taken by a run, stored in its record, read back, and read by Go.

#![allow(clippy::unwrap_used)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use brunt_record::Record;
use brunt_report::profile::{ProfileReport, Taken, read_file};
use serde_json::Value;

/// The service as it is shipped, until this is dropped.
struct Service {
    child: Child,
    http: String,
    admin: String,
}

impl Service {
    fn start(folder: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_brunt"));
        command.args(["serve", "challenges", "--allow-mock-user"]);
        command.args(["--log-format", "json", "--faults", "cpu=2ms"]);
        for address in ["--http", "--grpc", "--admin"] {
            command.args([address, "127.0.0.1:0"]);
        }
        let database = format!("sqlite:{}", folder.join("challenge.db").display());
        command.args(["--database", &database]);
        let child = command
            .env_remove("RUST_LOG")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut service = Self {
            child,
            http: String::new(),
            admin: String::new(),
        };
        let mut log = BufReader::new(service.child.stderr.take().unwrap());
        let mut line = String::new();
        while service.admin.is_empty() {
            line.clear();
            assert_ne!(log.read_line(&mut line).unwrap(), 0, "the service ended");
            let said: Value = serde_json::from_str(&line).unwrap_or_default();
            if let (Some(http), Some(admin)) = (said["http"].as_str(), said["admin"].as_str()) {
                (service.http, service.admin) = (http.to_owned(), admin.to_owned());
            }
        }
        // What it says from now on is thrown away, so that it is never held up.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        service
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// A run of some seconds that takes every kind of profile. Returns its record.
fn run(folder: &Path, service: &Service) -> Record {
    let scenario = format!(
        r#"format = 1
name = "profiled"
[addresses]
http = "http://{}"
admin = "http://{}"
[users]
count = 10
id = "${{index}}"
[actions.list]
http = "GET /challenge/v1/challenges"
headers = {{ x-mock-user = "${{user}}" }}
[[stages]]
name = "play"
duration = "8s"
[[stages.streams]]
name = "main"
rate = "40/s"
mix = {{ list = 1 }}
[[captures]]
component = "service"
stage = "play"
duration = "4s"
kinds = ["cpu", "heap", "contention", "tasks"]
"#,
        service.http, service.admin
    );
    let file = folder.join("profiled.toml");
    std::fs::write(&file, scenario).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_brunt"))
        .arg("run")
        .arg(&file)
        .arg("--quiet")
        .arg("--out")
        .arg(folder.join("runs"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let path = String::from_utf8(output.stdout).unwrap();
    Record::open(Path::new(path.trim())).unwrap()
}

fn of_kind<'a>(record: &'a Record, kind: &'a str) -> impl Iterator<Item = PathBuf> + 'a {
    let captures = record.manifest.captures.iter();
    let of_kind = captures.filter(move |capture| capture.kind == kind);
    of_kind.map(|capture| {
        assert_eq!(capture.problem, None, "{capture:?}");
        record.dir.join(capture.file.as_ref().unwrap())
    })
}

fn report(file: &Path, sample: &str) -> ProfileReport {
    let taken = Taken::bare("profile", read_file(file).unwrap());
    ProfileReport::of(None, ("new", &[taken]), None, Some(sample)).unwrap()
}

fn has(report: &ProfileReport, function: &str) -> bool {
    let mut functions = report.functions.iter();
    functions.any(|row| row.function.contains(function))
}

/// What Go's reader prints, where there is Go.
fn go(file: &Path, sample: &str) -> Option<String> {
    let printed = Command::new("go")
        .args(["tool", "pprof", "-top", "-nodecount=1000"])
        .arg(format!("-sample_index={sample}"))
        .arg(file)
        .env("PPROF_TMPDIR", file.parent().unwrap())
        .output();
    let Ok(printed) = printed else {
        // Past the capture of the test's output: nobody is to take this for a success.
        let said = "LEFT OUT: what go tool pprof makes of the service's profiles; there is no Go (apt-get install golang-go)\n";
        std::io::stderr().write_all(said.as_bytes()).unwrap();
        return None;
    };
    let complaints = String::from_utf8(printed.stderr).unwrap();
    assert!(printed.status.success(), "{complaints}");
    for complaint in ["error", "warn", "not available", "incomplete"] {
        let found = complaints.to_lowercase().contains(complaint);
        assert!(!found, "{complaints}");
    }
    Some(String::from_utf8(printed.stdout).unwrap())
}

#[test]
fn a_run_takes_profiles_of_the_service_that_everybody_can_read() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(folder.path());
    let record = run(folder.path(), &service);

    let cpu: Vec<_> = of_kind(&record, "cpu").collect();
    assert_eq!(cpu.len(), 1);
    let of_cpu = report(&cpu[0], "cpu");
    assert!(has(&of_cpu, "burn_cpu_for_fault"), "{of_cpu:#?}");
    // The profile carries what the process used by the system's account. How near the samples come to
    // it in a window of a few seconds depends on how much the machine let the service do.
    let window = &of_cpu.new.windows[0];
    assert!(window.process_cpu_s.unwrap() > 0.0 && window.cores.unwrap() >= 1.0);
    // The request lasts that long; the sampler begins when its thread does.
    let took_s = window.took_s.unwrap();
    assert!(took_s > 0.0 && took_s < 30.0, "{took_s}");

    let heap: Vec<_> = of_kind(&record, "heap").collect();
    assert_eq!(heap.len(), 2, "after the CPU profile, and at the end");
    for file in &heap {
        assert!(report(file, "inuse_space").new.total > 0.0);
        assert!(report(file, "alloc_space").new.total > 0.0);
    }
    let contention: Vec<_> = of_kind(&record, "contention").collect();
    report(&contention[0], "delay");
    let tasks: Vec<_> = of_kind(&record, "tasks").collect();
    assert_eq!(tasks.len(), 1);

    if let Some(printed) = go(&cpu[0], "cpu") {
        let burnt = printed
            .lines()
            .find(|line| line.contains("burn_cpu_for_fault"));
        // A development build has no debug information from which to tell the path.
        let path = |line: &str| cfg!(debug_assertions) || line.contains("::burn_cpu");
        assert!(burnt.is_some_and(path), "{printed}");
        go(&heap[0], "inuse_space");
        go(&contention[0], "delay");
    }

    // The heap twice: what was allocated in between is a cost of requests.
    let allocations = Command::new(env!("CARGO_BIN_EXE_brunt"))
        .arg("profile")
        .arg(&record.dir)
        .args(["--kind", "allocations"])
        .output()
        .unwrap();
    let said = String::from_utf8(allocations.stdout).unwrap();
    assert!(said.contains(" per request"), "{said}");
}
