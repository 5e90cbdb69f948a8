//! What a record has of processes and their machine.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::float_cmp)]

mod support;

use std::process::{Child, Command, Stdio};

use brunt_record::{GaugeSeries, Record};
use support::{Behaviour, Server, record_of, scenario};
use tokio_util::sync::CancellationToken;

/// A process that ends with the test, and what it has started with it.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It waits for its input to end.
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

fn sh(script: &str) -> Running {
    let child = Command::new("sh")
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn();
    Running(child.unwrap())
}

async fn record_with(gauges: &str) -> (tempfile::TempDir, Record) {
    let server = Server::start(Behaviour::default()).await;
    let temp = tempfile::tempdir().unwrap();
    let port = server.address.port().to_string();
    let text = scenario(server.address, "20/s", "3s", &gauges.replace("PORT", &port));
    let record = record_of(temp.path(), &text, CancellationToken::new()).await;
    (temp, record)
}

fn series<'s>(all: &'s [GaugeSeries], source: &str, gauge: &str) -> &'s GaugeSeries {
    let found = all.iter().find(|s| s.source == source && s.gauge == gauge);
    found.unwrap_or_else(|| {
        let known: Vec<_> = all.iter().map(|s| (&s.source, &s.gauge)).collect();
        panic!("no {gauge} of {source} in {known:?}")
    })
}

fn last(all: &[GaugeSeries], source: &str, gauge: &str) -> f64 {
    series(all, source, gauge).points.last().unwrap().1
}

#[tokio::test(flavor = "multi_thread")]
async fn the_generator_and_its_machine_are_read_every_second_and_at_the_end_of_a_stage() {
    let (_temp, record) = record_with("").await;
    let gauges = record.gauges().unwrap();
    for (source, gauge) in [
        ("process/generator", "cpu_user_us_total"),
        ("process/generator", "memory_peak_bytes"),
        ("process/generator", "descriptors"),
        ("host", "cpu_idle_us_total"),
    ] {
        let points = &series(&gauges, source, gauge).points;
        let drained = record.manifest.plan.stages[0].drained_us.unwrap();
        // Before the run, at seconds 1 to 3, and when the stage was over.
        assert!(points.len() >= 4, "{gauge}: {points:?}");
        assert!(points[0].0 < 1_000_000, "{gauge}: {points:?}");
        assert!(points.iter().any(|(at, _)| *at >= drained), "{points:?}");
        let counter = series(&gauges, source, gauge).is_counter();
        let grows = points.is_sorted_by_key(|(_, value)| *value);
        assert!(grows || !counter, "{gauge}: {points:?}");
    }
    let names: Vec<_> = record.manifest.gauges.iter().map(|s| &*s.name).collect();
    assert_eq!(names, ["process/generator", "host"]);
    let problems: Vec<_> = record
        .manifest
        .gauges
        .iter()
        .flat_map(|s| &s.problems)
        .collect();
    assert!(problems.is_empty(), "{problems:?}");
}

/// The server is a part of this very process.
#[tokio::test(flavor = "multi_thread")]
async fn processes_are_found_by_address_port_pid_and_name() {
    // A copy with a name of its own, and a process that it starts.
    let folder = tempfile::tempdir().unwrap();
    let name = format!("brunt-{}", std::process::id());
    let program = folder.path().join(&name);
    std::fs::copy("/bin/sh", &program).unwrap();
    let child = Command::new(&program)
        .args(["-c", "sleep 60 & read line; kill $!"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn();
    let named = Running(child.unwrap());
    let shell = sh("read line");
    let gauges = format!(
        r#"[gauges]
host = false
[gauges.process.by-address]
address = "http"
[gauges.process.by-port]
port = PORT
[gauges.process.by-pid]
pid = {}
[gauges.process.by-name]
name = "{name}"
tree = true
"#,
        shell.0.id()
    );
    let (_temp, record) = record_with(&gauges).await;
    let gauges = record.gauges().unwrap();
    for source in ["process/by-address", "process/by-port"] {
        let [own, found] = [
            last(&gauges, "process/generator", "threads"),
            last(&gauges, source, "threads"),
        ];
        assert!((own - found).abs() <= 8.0, "{source}: {own} {found}");
        assert!(last(&gauges, source, "memory_bytes") > 1e6, "{source}");
    }
    assert_eq!(last(&gauges, "process/by-pid", "threads"), 1.0);
    assert_eq!(last(&gauges, "process/by-name", "processes"), 2.0);
    assert!(gauges.iter().all(|series| series.source != "host"));
    drop(named);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_noted_and_the_run_goes_on() {
    let (_temp, record) = record_with(
        r#"[gauges.process.gone]
pid = 2147483646
[gauges.process.nobody]
port = 9
[gauges.process.elsewhere]
address = "admin"
[gauges.process.container]
container = "no such container"
[gauges.prometheus.deaf]
url = "http://127.0.0.1:9/metrics"
metrics = ["*"]
[gauges.prometheus.other]
address = "http"
metrics = ["*"]
[gauges.database.down]
url = "postgres://me:secret@127.0.0.1:9/shop"
[gauges.database.file]
url = "sqlite:/no/such/file.db"
[gauges.database.cache]
url = "redis://:secret@127.0.0.1:9"
"#,
    )
    .await;
    let problem = |name: &str| -> &str {
        let source = record.manifest.gauges.iter().find(|s| s.name == name);
        let problems = &source.unwrap_or_else(|| panic!("no {name}")).problems;
        assert_eq!(problems.len(), 1, "{name}: {problems:?}");
        &problems[0]
    };
    for (name, want) in [
        ("process/gone", "there is no process"),
        ("process/nobody", "nobody whom this user may look at"),
        ("process/elsewhere", "the scenario has no admin address"),
        ("process/container", "cgroup"),
        ("prometheus/deaf", "Connection refused"),
        ("prometheus/other", "HTTP 404"),
        ("postgres/down", "no connection: "),
        ("process/postgres-down", "nobody whom this user may look at"),
        ("sqlite/file", "No such file"),
        ("redis/cache", "refused"),
    ] {
        assert!(problem(name).contains(want), "{name}: {}", problem(name));
    }
    for file in ["run.json", "gauges.csv"] {
        let text = std::fs::read_to_string(record.dir.join(file)).unwrap();
        assert!(!text.contains("secret"), "{file}");
    }
}
