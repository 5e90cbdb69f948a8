//! What was used, from gauges and statements of two records.

#![allow(clippy::unwrap_used, clippy::float_cmp)]

mod support;
mod taken;

use brunt_record::{Mark, MarkKind, StatementRow};
use brunt_report::comparison::{CostKind, Level, Side, Watched};
use brunt_report::profile::{Subject, Taken, read};
use brunt_report::run::Evidence;
use brunt_report::{
    Against, CompareOptions, Comparison, MarkdownOutput, Run, Sequence, compare, document, html,
    load, markdown,
};
use support::Synthetic;
use support::gauges::{self, constant, counter, series, source};
use taken::Taken as Written;

/// What one run used: cores of the service, statements and rows a second, and how busy one statement
/// was in the stages.
struct Used {
    cores: f64,
    statements_per_s: f64,
    extra_calls: [u64; 2],
}

const INSERTED: &str = "table_inserts_total{table=\"progress\"}";
const IDLE_TABLE: &str = "table_inserts_total{table=\"migrations\"}";
const WAITING: &str = "waiting{type=\"LWLock\",event=\"WALWrite\"}";

fn evidence(used: &Used) -> Evidence {
    let (service, database) = ("process/service", "postgres/main");
    let snapshot = |number: u32, queryid: i64, calls: u64, text: &str| StatementRow {
        snapshot: number,
        source: database.into(),
        queryid,
        calls,
        total_us: calls * 100,
        rows: calls,
        text: if number == 0 {
            text.into()
        } else {
            String::new()
        },
        ..StatementRow::default()
    };
    let [first, second] = used.extra_calls;
    Evidence {
        gauges: vec![
            counter(service, "cpu_user_us_total", used.cores * 0.75e6, 1),
            counter(service, "cpu_system_us_total", used.cores * 0.25e6, 1),
            constant(service, "memory_bytes", 64.0 * 1024.0 * 1024.0),
            counter(database, "statements_total", used.statements_per_s, 10),
            constant(database, "active", 3.0),
            counter(database, "deadlocks_total", 0.0, 1),
            counter(database, INSERTED, used.statements_per_s / 10.0, 10),
            counter(database, IDLE_TABLE, 0.0, 10),
            counter(
                "host",
                "disk_written_bytes_total{disk=\"vda\"}",
                used.cores * 1e6,
                1,
            ),
            constant("host", "load_1m", used.cores),
            // Seen once in four readings.
            series(
                database,
                WAITING,
                (0..=300).step_by(4).map(|s| (s * 1_000_000, 2.0)).collect(),
            ),
        ],
        statements: vec![
            snapshot(0, 1, 10, "select ?"),
            snapshot(0, 2, 0, "insert into extra values ($1)"),
            snapshot(1, 1, 1_010, ""),
            snapshot(1, 2, first, ""),
            snapshot(2, 1, 2_010, ""),
            snapshot(2, 2, first + second, ""),
        ],
        marks: vec![Mark {
            at_us: 5_000_000,
            kind: MarkKind::Note,
            text: "deployed v2".into(),
        }],
        sources: vec![source(service), source(database)],
        host_cores: Some(2),
    }
}

fn run(phase: &str, used: &Used) -> Run {
    let temp = tempfile::tempdir().unwrap();
    let synthetic = Synthetic::two_stages(phase);
    let mut run = load(&synthetic.write(temp.path())).unwrap();
    for (index, stage) in run.manifest.plan.stages.iter_mut().enumerate() {
        stage.started_us.get_or_insert(index as u64);
    }
    run.evidence = evidence(used);
    run
}

fn compared() -> Comparison {
    let a = run(
        "phase8",
        &Used {
            cores: 0.5,
            statements_per_s: 1_000.0,
            extra_calls: [0, 0],
        },
    );
    let b = run(
        "phase9",
        &Used {
            cores: 1.0,
            statements_per_s: 3_000.0,
            extra_calls: [0, 500],
        },
    );
    compare(&a, &b, &CompareOptions::default())
}

#[test]
fn costs_are_what_grew_divided_by_the_requests_that_succeeded() {
    let comparison = compared();
    let judged: Vec<&String> = comparison.stages.iter().map(|stage| &stage.stage).collect();
    for stage in judged {
        let cost = |kind: CostKind| {
            let mut rows = comparison.resources.costs.iter();
            let row = rows.find(|row| row.stage == *stage && row.cost == kind);
            row.unwrap_or_else(|| panic!("no {kind:?} in {stage}"))
        };
        let cpu = cost(CostKind::Cpu);
        let (a, b) = (cpu.sides.a.unwrap(), cpu.sides.b.unwrap());
        let seconds = a.total / 0.5e6;
        assert!((b.total / a.total - 2.0).abs() < 0.01, "{stage}: {cpu:?}");
        assert!(
            (a.per_request - 0.5e6 * seconds / a.requests as f64).abs() < 1e-6,
            "{stage}: {cpu:?}"
        );
        let interval = a.interval.unwrap();
        assert!(interval.low < a.per_request && a.per_request < interval.high);
        let certainty = cpu.change.as_ref().unwrap().certainty.as_ref().unwrap();
        assert!(certainty.percent_95.low > 50.0, "{stage}: {certainty:?}");

        let statements = cost(CostKind::Statements);
        let change = statements.change.as_ref().unwrap();
        assert!((change.factor - 3.0).abs() < 0.05, "{stage}: {change:?}");
    }
}

/// A profile of second 25 to 35, in the second stage, took the service 1 s to build, and one of its memory
/// 0.5 s: the record says so, and with its end the stage is over before the last.
#[test]
fn what_building_profiles_took_is_no_cost_of_requests() {
    let used = Used {
        cores: 0.5,
        statements_per_s: 1_000.0,
        extra_calls: [0, 0],
    };
    let plain = run("phase8", &used);
    let mut profiled = run("phase8", &used);
    let of = |component: &str, kind: &str| Subject {
        component: component.to_owned(),
        kind: kind.to_owned(),
        stage: "play".to_owned(),
    };
    let taken = |from_s: f64, took_s: i64, building_s: f64| {
        let mut written = Written::cpu();
        written.took_ns = took_s * 1_000_000_000;
        written.comments = vec![format!("building_cpu_nanoseconds={}", building_s * 1e9)];
        let profile = read(&written.bytes()).unwrap();
        Taken {
            from_s: Some(from_s),
            ..Taken::bare("a.pb.gz", profile)
        }
    };
    let span = plain.series.stage("play").unwrap().clone();
    profiled.profiles.taken = [
        (of("service", "cpu"), vec![taken(25.0, 10, 1.0)]),
        (
            of("service", "heap"),
            vec![taken(35.0, 0, 0.5), taken(span.ended_s, 0, 0.5)],
        ),
        (of("events", "cpu"), vec![taken(25.0, 10, 7.0)]),
    ]
    .into();
    let comparison = compare(&plain, &profiled, &CompareOptions::default());
    let cpu = |stage: &str| {
        let mut rows = comparison.resources.costs.iter();
        let row = rows.find(|row| row.stage == stage && row.cost == CostKind::Cpu);
        let sides = &row.unwrap().sides;
        (sides.a.unwrap(), sides.b.unwrap())
    };
    let (a, b) = cpu("play");
    assert!((a.total - b.total - 1.5e6).abs() < 1.0, "{a:?} {b:?}");
    assert_eq!((a.profiles_us, b.profiles_us), (None, Some(1.5e6)));
    let (a, b) = cpu("init");
    assert_eq!((a.total, b.profiles_us), (b.total, None));
    let MarkdownOutput { text, .. } = markdown(&document(&comparison), "");
    let said = "without 1.50 s in all that building profiles took";
    assert!(text.contains(said), "{text}");
}

/// Readings ten seconds apart say nothing of windows of a few seconds.
#[test]
fn windows_that_share_a_reading_give_no_interval() {
    let comparison = compared();
    for row in &comparison.resources.costs {
        let side = row.sides.a.unwrap();
        let span = comparison.series.a.stage(&row.stage).unwrap();
        let judged_s = span.ended_s - span.judged_from_s;
        let gap_s = if row.cost == CostKind::Statements {
            10.0
        } else {
            1.0
        };
        let enough = judged_s / 5.0 >= 2.0 * gap_s;
        assert_eq!(side.interval.is_some(), enough, "{row:?} over {judged_s} s");
    }
}

#[test]
fn levels_waits_and_statements_are_told_stage_by_stage() {
    let comparison = compared();
    let resources = &comparison.resources;
    let stage = &comparison.stages.last().unwrap().stage;
    let level = |what: &str| -> Level {
        let mut rows = resources.levels.iter();
        let row = rows.find(|row| row.stage == *stage && row.what == what);
        row.unwrap().sides.b.unwrap()
    };
    let cores = level("cores busy");
    assert!(
        (cores.mean - 1.0).abs() < 0.02 && cores.peak > cores.mean,
        "{cores:?}"
    );
    assert_eq!(level("memory").peak, 64.0 * 1024.0 * 1024.0);
    assert_eq!(level("active").mean, 3.0);

    let mut waits = resources.waits.iter().filter(|wait| wait.stage == *stage);
    let wait = waits.next().unwrap();
    assert_eq!(wait.event, "LWLock:WALWrite");
    // Two connections in one of four readings.
    assert!((wait.sides.a.unwrap() - 0.5).abs() < 0.1, "{wait:?}");

    let statements = resources.statements.iter();
    let top = statements.clone().find(|row| row.stage == *stage).unwrap();
    assert_eq!(top.text, "insert into extra values ($1)");
    assert_eq!(top.sides.a.unwrap().calls, 0);
    assert_eq!(top.sides.b.unwrap().calls, 500);
    assert!(top.moved_us() > 0.0);
}

#[test]
fn levels_have_intervals_and_changes() {
    let comparison = compared();
    let rows = comparison.resources.levels.iter();
    let find = |what: &str| {
        let mut rows = rows.clone();
        rows.find(|row| row.stage == "play" && row.what == what)
            .unwrap_or_else(|| panic!("no {what}"))
    };
    for (what, a) in [
        ("cores busy", 0.5),
        ("disk, written (vda)", 0.5e6),
        ("load of the last minute", 0.5),
    ] {
        let row = find(what);
        let (a_level, b_level) = (row.sides.a.unwrap(), row.sides.b.unwrap());
        assert!((a_level.mean / a - 1.0).abs() < 0.02, "{row:?}");
        let interval = b_level.interval.unwrap();
        assert!(interval.low <= b_level.mean && b_level.mean <= interval.high);
        let change = row.change.as_ref().unwrap();
        assert!((change.percent - 100.0).abs() < 2.0, "{row:?}");
        // Twice as much is more than the noise that is assumed from run to run.
        let certainty = change.certainty.as_ref().unwrap();
        assert!(certainty.percent_95.low > 50.0 && certainty.percent_95.high < 200.0);
    }
}

#[test]
fn what_databases_count_is_told_table_by_table() {
    let comparison = compared();
    let rows = comparison.resources.tallies.iter();
    let told: Vec<(Option<&str>, &str)> = rows
        .clone()
        .filter(|row| row.stage == "play")
        .map(|row| (row.of.as_deref(), &*row.what))
        .collect();
    // Of the table in which nothing happened nothing is told, of deadlocks that there were none.
    assert_eq!(
        told,
        [(None, "deadlocks"), (Some("progress"), "rows inserted")]
    );
    for row in rows.filter(|row| row.of.is_some()) {
        let (a, b) = (row.sides.a.unwrap(), row.sides.b.unwrap());
        let seconds = if row.stage == "init" { 20.0 } else { 40.0 };
        assert!((a.total / (100.0 * seconds) - 1.0).abs() < 0.02, "{row:?}");
        assert!((b.total / a.total - 3.0).abs() < 0.05, "{row:?}");
        assert!((row.change.as_ref().unwrap().factor - 3.0).abs() < 0.05);
    }
}

/// A kernel whose accounts come to more than the time that went by: 3 s of two cores a second.
#[test]
fn the_host_is_as_busy_as_its_accounts_say() {
    let temp = tempfile::tempdir().unwrap();
    let synthetic = Synthetic::two_stages("phase8");
    let mut run = load(&synthetic.write(temp.path())).unwrap();
    run.evidence = gauges::evidence(vec![
        counter("host", "cpu_user_us_total", 1.5e6, 1),
        counter("host", "cpu_idle_us_total", 1.5e6, 1),
    ]);
    let cores = |host_cores: Option<u32>| {
        let mut run = run.clone();
        run.evidence.host_cores = host_cores;
        let comparison = compare(&run, &run, &CompareOptions::default());
        let mut rows = comparison.resources.levels.into_iter();
        rows.next().unwrap().sides.a.unwrap().mean
    };
    assert!((cores(Some(2)) - 1.0).abs() < 0.02, "{}", cores(Some(2)));
    // Who does not know the cores takes the time.
    assert!((cores(None) - 1.5).abs() < 0.03, "{}", cores(None));
}

#[test]
fn what_to_watch_says_what_validity_says() {
    let comparison = compared();
    let busy = |stage: &str| {
        comparison
            .validity
            .b
            .stage(stage)
            .unwrap()
            .host_busy
            .unwrap()
    };
    let watches = comparison.readiness.watches.iter();
    let cores: Vec<_> = watches
        .filter_map(|watch| match &watch.what {
            Watched::Cores { stage, of } => Some((stage, f64::from(*of), watch.measured)),
            _ => None,
        })
        .collect();
    assert_eq!(cores.len(), 2);
    for (stage, of, measured) in cores {
        assert_eq!(measured, busy(stage) * of, "{stage}");
    }
}

#[test]
fn the_report_tells_it_in_tables_and_charts() {
    let comparison = compared();
    let document = document(&comparison);
    let MarkdownOutput { text, .. } = markdown(&document, "");
    for part in [
        "CPU time for each request that succeeded",
        "Cores and memory in the judged span",
        "Growth of memory over the judged span",
        "Waits: active connections",
        "LWLock:WALWrite",
        "insert into extra values",
        "Cores busy, process/service",
        "Memory, process/service",
        "disk, written (vda)",
        "rows inserted",
    ] {
        assert!(text.contains(part), "{part}");
    }
    assert!(!text.contains("CPU and memory of the service: not measured"));
    assert!(html(&document).unwrap().contains("deployed v2"));
    // Both runs were marked in the same second of the stage: on charts of latency, too.
    for title in [
        "Cores busy, process/service",
        "Offered against answered, A: phase8",
        "p95 over the stage, init / initialize-new",
        "Response times over the stage, init / initialize-new, B: phase9",
    ] {
        let figures = document.figures();
        let figure = figures.iter().find(|figure| figure.title == title);
        let figure = figure.unwrap_or_else(|| panic!("no {title}"));
        let told = &figure.description;
        assert!(told.contains(" 5 s deployed v2"), "{title}: {told}");
    }
}

/// Where A is through with the first stage later than B, its second one begins later.
#[test]
fn charts_of_whole_runs_hold_a_stage_against_itself() {
    let failing = |phase: &str, idle_s: u64| {
        let mut run = Synthetic::two_stages(phase);
        run.stages[0].idle_s = idle_s;
        run.action("claim").failed = 0.1;
        run
    };
    let comparison = support::compared(
        &failing("phase8", 7),
        &failing("phase9", 0),
        &CompareOptions::default(),
    );
    let play = |side: Side| comparison.series.get(side).stage("play").unwrap().started_s;
    assert_eq!(play(Side::A) - play(Side::B), 7.0);
    let document = document(&comparison);
    let figures = document.figures();
    let failures = figures
        .iter()
        .find(|figure| figure.title == "Failures over time");
    let rows = &failures.unwrap().data.rows;
    let failed = |side: usize| -> Vec<&str> {
        let failing = rows.iter().filter(|row| row[side].text.starts_with("30"));
        failing.map(|row| &*row[0].text).collect()
    };
    assert!(failed(1).len() > 30, "{rows:?}");
    assert_eq!(failed(1), failed(2));
}

#[test]
fn runs_in_a_row_tell_what_a_request_cost_in_each() {
    let used = |cores: f64| Used {
        cores,
        statements_per_s: 1_000.0,
        extra_calls: [0, 0],
    };
    let mut runs: Vec<Run> = [("phase8", 1.0), ("phase9", 0.5), ("phase10", 0.25)]
        .map(|(phase, cores)| run(phase, &used(cores)))
        .into();
    // Who measured nothing has no cost, and no change.
    let mut bare = run("phase11", &used(0.25));
    bare.evidence = Evidence::default();
    runs.push(bare);
    let sequence = Sequence::of(&runs, Against::Previous, &CompareOptions::default()).unwrap();
    let MarkdownOutput { text, .. } = markdown(&document::sequence(&sequence), "charts");
    let rows: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("| init | process/service | CPU time |"))
        .collect();
    let [row] = rows[..] else { panic!("{rows:?}") };
    let cells: Vec<&str> = row.split(" | ").skip(3).collect();
    assert!(
        !cells[0].contains('%'),
        "the first has none before it: {row}"
    );
    assert!(cells[1].contains("-50.0 %"), "{row}");
    assert!(cells[2].contains("-50.0 %"), "{row}");
    assert!(cells[3].starts_with("not measured"), "{row}");
}
