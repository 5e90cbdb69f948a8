//! A record is written, cut short, damaged, and read back.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use brunt_record::{
    ActionTotals, Build, Completeness, CountsRow, DataFile, DataKind, Ending, ErrorSample,
    FailureCounts, GaugeRow, GaugeWriter, Host, LatencyTag, Manifest, Mark, MarkError, MarkKind,
    MarkWriter, Measure, Outcome, Plan, Problem, ProfileName, Record, RecordError, RecordWriter,
    SCHEMA_VERSION, ScenarioRef, Second, SessionPlan, StatementRow, is_running, mark,
    new_histogram,
};

fn manifest() -> Manifest {
    Manifest {
        schema: SCHEMA_VERSION,
        id: "20260101-120000-phase9".into(),
        phase: "phase9".into(),
        started_at: "2026-01-01T12:00:00Z".parse().unwrap(),
        ended_at: None,
        build: Build {
            version: "0.1.0".into(),
            commit: None,
        },
        scenario: ScenarioRef {
            name: "smoke".into(),
            sha256: String::new(),
            includes: vec![],
            data: Some(vec![DataFile {
                kind: DataKind::DataSet,
                name: "players".into(),
                sha256: String::new(),
            }]),
        },
        overrides: vec![],
        seed: 1,
        labels: BTreeMap::new(),
        addresses: BTreeMap::new(),
        plan: Plan {
            stages: vec![],
            actions: vec![],
            sessions: vec![],
            success_target: None,
            users: None,
        },
        host: Host {
            cpu: None,
            cores: None,
            memory_bytes: None,
            kernel: None,
            governor: None,
            fsync_us: None,
            timer_late_p99_us: None,
            shared_with_target: true,
        },
        shards: 1,
        generator: None,
        completeness: Completeness {
            ending: Ending::Running,
            reason: None,
            seconds: 0,
        },
        totals: vec![],
        session_totals: vec![],
        captures: vec![],
        gauges: vec![],
        files: BTreeMap::new(),
    }
}

/// Second `n` of a run in which every arrival settles one second after it was due.
fn second(n: u64) -> Second {
    let mut histogram = new_histogram();
    histogram.record_n(1_000 + n, 9).unwrap();
    let settled = u64::from(n > 0);
    Second {
        second: n,
        latencies: vec![(
            LatencyTag {
                stage: "init".into(),
                action: "get".into(),
                outcome: Outcome::Ok,
                measure: Measure::Response,
            },
            histogram,
        )],
        counts: vec![CountsRow {
            second: n,
            stage: "init".into(),
            action: "get".into(),
            offered: 10 * u64::from(n < 3),
            sent: 10 * settled,
            ok: 9 * settled,
            failed: settled,
            open: 10 * u64::from(n < 3),
            failures: FailureCounts((n > 0).then(|| ("timeout".into(), 1)).into_iter().collect()),
            ..CountsRow::default()
        }],
        errors: vec![ErrorSample {
            at_us: n * 1_000_000,
            stage: "init".into(),
            action: "get".into(),
            kind: "timeout".into(),
            message: "no response within 10 s".into(),
            response_us: 10_000_000,
        }],
        ..Second::default()
    }
}

fn written(dir: &Path) -> RecordWriter {
    let mut writer = RecordWriter::create(dir, &manifest(), b"name = \"smoke\"\n").unwrap();
    for n in 0..4 {
        writer.append(&second(n)).unwrap();
    }
    writer
}

fn finished(dir: &Path) {
    let writer = written(dir);
    let name = ProfileName {
        component: "service".into(),
        kind: "cpu".into(),
        stage: "init".into(),
        second: 1,
    };
    RecordWriter::add_profile(dir, &name, b"bytes").unwrap();
    let mut manifest = manifest();
    manifest.completeness.ending = Ending::Complete;
    manifest.totals = vec![ActionTotals {
        stage: "init".into(),
        action: "get".into(),
        offered: 30,
        ok: 27,
        failed: 3,
        unsent: 0,
        failures: BTreeMap::from([("timeout".into(), 3)]),
    }];
    writer.finish(manifest).unwrap();
}

fn read_seconds(record: &Record) -> Vec<u64> {
    let mut seconds = Vec::new();
    let log = record.latencies().unwrap();
    log.visit(|_| true, |i| seconds.push(i.second)).unwrap();
    seconds
}

#[test]
fn a_finished_record_reads_back_without_a_problem() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("run");
    finished(&dir);
    let record = Record::open(&dir).unwrap();
    assert_eq!(record.problems(), []);
    assert_eq!(record.manifest.completeness.ending, Ending::Complete);
    assert_eq!(record.scenario().unwrap(), b"name = \"smoke\"\n");
    assert_eq!(
        record.counts,
        (0..4)
            .map(|n| second(n).counts.remove(0))
            .collect::<Vec<_>>()
    );
    assert_eq!(
        record.errors,
        (0..4)
            .map(|n| second(n).errors.remove(0))
            .collect::<Vec<_>>()
    );
    assert_eq!(read_seconds(&record), [0, 1, 2, 3]);
    assert_eq!(
        record.manifest.files.keys().collect::<Vec<_>>(),
        [
            "counts.csv",
            "errors.ndjson",
            "latency.hlog",
            "marks.ndjson",
            "profiles/service-cpu-init-1.pb.gz",
            "scenario.toml"
        ]
    );
}

#[test]
fn a_record_that_was_cut_short_holds_what_was_appended_and_says_so() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("run");
    drop(written(&dir));
    for file in ["counts.csv", "latency.hlog", "errors.ndjson"] {
        let path = dir.join(file);
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..bytes.len() - 3]).unwrap();
    }
    let record = Record::open(&dir).unwrap();
    assert_eq!(record.problems(), [Problem::Incomplete]);
    assert_eq!(record.counts.len(), 3);
    assert_eq!(record.errors.len(), 3);
    assert_eq!(read_seconds(&record), [0, 1, 2]);
}

#[test]
fn damage_is_noticed() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("run");
    finished(&dir);
    let path = dir.join("counts.csv");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen(",9,1,", ",8,1,", 1)).unwrap();
    fs::remove_file(dir.join("profiles/service-cpu-init-1.pb.gz")).unwrap();
    let problems: Vec<String> = Record::open(&dir)
        .unwrap()
        .problems()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(problems.contains(&"counts.csv is not the file that was written".to_owned()));
    assert!(problems.contains(&"profiles/service-cpu-init-1.pb.gz is missing".to_owned()));
    assert!(
        problems
            .iter()
            .any(|p| p.starts_with("init/get: second 1: 20 offered so far, 8 ok")),
        "{problems:?}"
    );
}

#[test]
fn copies_of_files_can_be_stored_before_the_run_starts() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("run");
    RecordWriter::reserve(&dir).unwrap();
    RecordWriter::add_replay(&dir, 0, "recorded.csv", b"0\n").unwrap();
    assert!(RecordWriter::reserve(&dir).is_err());
    let draft = manifest();
    let writer = RecordWriter::begin(&dir, &draft, b"").unwrap();
    writer.finish(draft).unwrap();
    let record = Record::open(&dir).unwrap();
    assert!(record.manifest.files.contains_key("replays/1-recorded.csv"));
}

#[test]
fn an_existing_directory_is_never_overwritten() {
    let temp = tempfile::tempdir().unwrap();
    let error = RecordWriter::create(temp.path(), &manifest(), b"")
        .err()
        .unwrap();
    assert!(matches!(error, RecordError::Exists { .. }));
}

#[test]
fn a_later_schema_and_a_foreign_directory_are_refused() {
    let temp = tempfile::tempdir().unwrap();
    assert!(matches!(
        Record::open(temp.path()).err().unwrap(),
        RecordError::NotARecord { .. }
    ));
    fs::write(
        temp.path().join("run.json"),
        r#"{"schema": 2, "new": true}"#,
    )
    .unwrap();
    assert!(matches!(
        Record::open(temp.path()).err().unwrap(),
        RecordError::Schema { found: 2, .. }
    ));
}

/// Sessions have files and totals of their own, checked as those of the actions are.
#[test]
fn sessions_stand_apart_from_their_requests() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("run");
    let mut draft = manifest();
    draft.plan.sessions = vec![SessionPlan {
        name: "player".into(),
        actions: vec![],
        mean_pause_us: 0,
        targets: vec![],
    }];
    let mut writer = RecordWriter::create(&dir, &draft, b"").unwrap();
    for n in 0..4 {
        let of = second(n);
        let mut sessions = of.counts.clone();
        sessions[0].action = "player".into();
        let mut session_latencies = of.latencies.clone();
        session_latencies[0].0.action = "player".into();
        let second = Second {
            sessions,
            session_latencies,
            ..of
        };
        writer.append(&second).unwrap();
    }
    let total = |action: &str| ActionTotals {
        stage: "init".into(),
        action: action.into(),
        offered: 30,
        ok: 27,
        failed: 3,
        unsent: 0,
        failures: [("timeout".into(), 3)].into(),
    };
    draft.completeness.ending = Ending::Complete;
    draft.totals = vec![total("get")];
    draft.session_totals = vec![total("player")];
    writer.finish(draft).unwrap();

    let record = Record::open(&dir).unwrap();
    assert_eq!(record.problems(), []);
    let names = |rows: &[CountsRow]| rows.iter().map(|r| r.action.clone()).collect::<Vec<_>>();
    assert_eq!(names(&record.counts), ["get"; 4]);
    assert_eq!(names(&record.sessions), ["player"; 4]);
    for (log, name) in [
        (record.latencies().unwrap(), "get"),
        (record.session_latencies().unwrap().unwrap(), "player"),
    ] {
        let mut seen = Vec::new();
        log.visit(|_| true, |i| seen.push(i.tag.action)).unwrap();
        assert_eq!(seen, [name; 4]);
    }

    let path = dir.join("sessions.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replacen(",9,", ",8,", 1)).unwrap();
    let problems = Record::open(&dir).unwrap().problems();
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert!(
        told.iter().any(|p| p.contains("sessions.csv sums to")),
        "{told:?}"
    );
}

fn gauge(at_us: u64, value: f64) -> GaugeRow {
    GaugeRow {
        at_us,
        source: "process/service".into(),
        gauge: "cpu_user_us_total".into(),
        value,
    }
}

fn statement(snapshot: u32, calls: u64) -> StatementRow {
    StatementRow {
        snapshot,
        at_us: u64::from(snapshot) * 4_000_000,
        source: "postgres/database".into(),
        queryid: -7,
        calls,
        total_us: 10 * calls,
        wal_bytes: (snapshot > 0).then_some(99),
        text: "insert into progress values ($1, \"…\")".into(),
        ..StatementRow::default()
    }
}

/// A record with gauges, statements and marks, not yet finished.
fn observed(dir: &Path) -> RecordWriter {
    let writer = written(dir);
    let mut gauges = GaugeWriter::create(dir).unwrap();
    gauges.append(&[gauge(0, 1.0)]).unwrap();
    gauges.append(&[gauge(1_000_000, 2.5)]).unwrap();
    gauges.append_statements(&[statement(0, 1)]).unwrap();
    gauges.append_statements(&[statement(1, 8)]).unwrap();
    gauges.finish().unwrap();
    let marks = MarkWriter::open(dir).unwrap();
    for (at_us, text) in [(2_000_000, "load"), (0, "init")] {
        let mark = Mark {
            at_us,
            kind: MarkKind::Stage,
            text: text.into(),
        };
        marks.append(&mark).unwrap();
    }
    writer
}

#[test]
fn gauges_statements_and_marks_read_back() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("run");
    let writer = observed(&dir);
    let mut complete = manifest();
    complete.completeness.ending = Ending::Interrupted;
    complete.totals = vec![ActionTotals {
        stage: "init".into(),
        action: "get".into(),
        offered: 30,
        ok: 27,
        failed: 3,
        unsent: 0,
        failures: BTreeMap::from([("timeout".into(), 3)]),
    }];
    writer.finish(complete).unwrap();

    let record = Record::open(&dir).unwrap();
    assert_eq!(record.problems(), []);
    let [series] = &record.gauges().unwrap()[..] else {
        panic!("one gauge was written");
    };
    assert_eq!(series.points, [(0, 1.0), (1_000_000, 2.5)]);
    assert_eq!(
        record.statements().unwrap(),
        [statement(0, 1), statement(1, 8)]
    );
    let marks = record.marks().unwrap();
    assert_eq!(
        marks.iter().map(|m| &*m.text).collect::<Vec<_>>(),
        ["init", "load"]
    );
    let digests = &record.manifest.files;
    for file in ["gauges.csv", "statements.csv", "marks.ndjson"] {
        assert!(digests.contains_key(file), "{file}");
        fs::write(dir.join(file), "").unwrap();
    }
    assert_eq!(Record::open(&dir).unwrap().problems().len(), 3);
}

#[test]
fn a_torn_end_of_gauges_statements_and_marks_is_dropped() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("run");
    drop(observed(&dir));
    for file in ["gauges.csv", "statements.csv", "marks.ndjson"] {
        let path = dir.join(file);
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..bytes.len() - 2]).unwrap();
    }
    let record = Record::open(&dir).unwrap();
    assert_eq!(record.gauges().unwrap()[0].points, [(0, 1.0)]);
    assert_eq!(record.statements().unwrap(), [statement(0, 1)]);
    assert_eq!(record.marks().unwrap().len(), 1);
}

#[test]
fn a_record_from_before_gauges_has_none() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("run");
    finished(&dir);
    let path = dir.join("run.json");
    let mut manifest: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    manifest["files"]
        .as_object_mut()
        .unwrap()
        .remove("marks.ndjson");
    fs::write(&path, manifest.to_string()).unwrap();
    fs::remove_file(dir.join("marks.ndjson")).unwrap();
    let record = Record::open(&dir).unwrap();
    assert_eq!(record.problems(), []);
    assert_eq!(record.manifest.gauges, []);
    assert_eq!(record.gauges().unwrap(), []);
    assert_eq!(record.statements().unwrap(), []);
    assert_eq!(record.marks().unwrap(), []);
}

#[test]
fn whoever_notes_something_needs_a_run_that_goes_on() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("run");
    let writer = written(&dir);
    assert!(is_running(&dir).unwrap());
    mark(&dir, "deployed v2").unwrap();
    drop(writer);
    // Its generator was killed.
    assert!(!is_running(&dir).unwrap());
    let refused = mark(&dir, "too late").unwrap_err();
    assert!(matches!(refused, MarkError::Ended { .. }), "{refused}");
    let marks = Record::open(&dir).unwrap().marks().unwrap();
    let [note] = &marks[..] else {
        panic!("{marks:?}")
    };
    assert_eq!((note.kind, &*note.text), (MarkKind::Note, "deployed v2"));

    let done = temp.path().join("done");
    finished(&done);
    let refused = mark(&done, "too late").unwrap_err();
    assert!(matches!(refused, MarkError::Ended { .. }), "{refused}");
    assert!(mark(temp.path(), "nothing here").is_err());
}
