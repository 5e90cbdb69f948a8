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
    for capture in &manifest.captures {
        assert_eq!(capture.problem, None, "{name}: {capture:?}");
    }
    let mut histograms = 0;
    record
        .latencies()
        .unwrap()
        .visit(|_| true, |_| histograms += 1)
        .unwrap();
    assert!(histograms > 0, "{name}");
}
