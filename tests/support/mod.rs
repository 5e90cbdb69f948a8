//! What every demo must leave behind, whichever phase wins.

#![allow(clippy::unwrap_used, dead_code)]

pub(crate) mod chromium;

use std::path::{Path, PathBuf};

use brunt_record::{Ending, Record};

/// The records of a demo, older phase first.
pub(crate) fn records_of(demo: &Path) -> Vec<PathBuf> {
    let mut records: Vec<PathBuf> = std::fs::read_dir(demo)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("run.json").is_file())
        .collect();
    records.sort();
    records
}

/// Accounting, completeness and consistency of a demo's directory; panics on what is wrong.
pub(crate) fn check_demo(demo: &Path) {
    let records = records_of(demo);
    assert_eq!(records.len(), 2, "{}", demo.display());
    for dir in &records {
        check_record(dir);
    }
    for name in ["report.html", "report.md", "report.json"] {
        assert!(
            std::fs::metadata(demo.join(name)).unwrap().len() > 1_000,
            "{name}"
        );
    }
    let json = std::fs::read_to_string(demo.join("report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report["schema"], 1);
}

fn check_record(dir: &Path) {
    let record = Record::open(dir).unwrap();
    let name = dir.display();
    assert_eq!(record.problems(), [], "{name}");
    let manifest = &record.manifest;
    assert_eq!(manifest.completeness.ending, Ending::Complete, "{name}");
    for stage in &manifest.plan.stages {
        let planned: Option<u64> = stage.streams.iter().map(|stream| stream.arrivals).sum();
        let of_stage = manifest
            .totals
            .iter()
            .filter(|total| total.stage == stage.name);
        let offered: u64 = of_stage.map(|total| total.offered).sum();
        assert_eq!(Some(offered), planned, "{name}: {}", stage.name);
    }
    let open: u64 = manifest
        .totals
        .iter()
        .filter_map(|total| {
            let rows = record.counts.iter().rev();
            let mut rows =
                rows.filter(|row| row.stage == total.stage && row.action == total.action);
            rows.next()
        })
        .map(|row| row.open)
        .sum();
    assert_eq!(open, 0, "{name}: nothing is open at the end");
    // Not every build of the service offers every kind of profile; a CPU profile all do.
    for capture in manifest.captures.iter().filter(|c| c.kind == "cpu") {
        assert_eq!(capture.problem, None, "{name}: {capture:?}");
    }
    check_gauges(&record);
    let mut histograms = 0;
    record
        .latencies()
        .unwrap()
        .visit(|_| true, |_| histograms += 1)
        .unwrap();
    assert!(histograms > 0, "{name}");
}

/// The processes of a demo, its machine and its database have told of themselves, from before the
/// first stage until after the last one.
fn check_gauges(record: &Record) {
    let name = record.dir.display();
    for source in &record.manifest.gauges {
        // A slow machine may leave a reading out.
        let late = |problem: &String| problem.starts_with("no answer within");
        assert!(source.problems.iter().all(late), "{name}: {source:?}");
    }
    let gauges = record.gauges().unwrap();
    let database = record.manifest.labels["database"].as_str();
    let of_database: &[(&str, &str)] = match database {
        "postgres" => &[
            ("postgres/main", "rows_inserted_total"),
            ("postgres/main", "statements_total"),
            ("process/postgres-main", "cpu_user_us_total"),
        ],
        _ => &[("sqlite/main", "pages")],
    };
    let always = [
        ("process/generator", "sampler_cpu_us_total"),
        ("process/service", "cpu_user_us_total"),
        ("process/reward-mock", "memory_bytes"),
        ("prometheus/service", "challenge_pool_waiting"),
        ("host", "load_1m"),
    ];
    let drained = |stage: &brunt_record::StagePlan| stage.drained_us;
    let end = record
        .manifest
        .plan
        .stages
        .last()
        .and_then(drained)
        .unwrap();
    for (source, gauge) in always.iter().chain(of_database) {
        let series = gauges.iter();
        let series = series.filter(|s| s.source == *source && s.gauge == *gauge);
        let points: Vec<_> = series.flat_map(|series| &series.points).collect();
        let about = |at_us: u64| points.iter().any(|(at, _)| at.abs_diff(at_us) < 1_500_000);
        assert!(
            about(0) && about(end),
            "{name}: {source} {gauge} {points:?}"
        );
    }
    let statements = record.statements().unwrap();
    let inserts = statements.iter().filter(|row| {
        let text = row.text.to_ascii_lowercase();
        text.starts_with("insert into user_goal_progress")
    });
    assert_eq!(inserts.count() > 0, database == "postgres", "{name}");
}
