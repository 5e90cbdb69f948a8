//! Reports of other people against their own figures.

#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use brunt_report::audit::{Check, Finding, audit};
use proptest::prelude::*;

fn told(markdown: &str) -> String {
    let mut text = String::new();
    for finding in audit(markdown).findings {
        let (line, check) = (finding.line, finding.check);
        writeln!(
            text,
            "{line}: {check}: {} | {}",
            finding.states, finding.gives
        )
        .unwrap();
    }
    text
}

#[test]
fn a_report_with_the_known_mistakes_is_told_all_of_them() {
    insta::assert_snapshot!(told(include_str!("audit/story.md")));
}

#[test]
fn every_check_finds_something_in_it() {
    let found = audit(include_str!("audit/story.md")).findings;
    for check in [
        Check::Change,
        Check::Points,
        Check::Share,
        Check::Total,
        Check::Arithmetic,
        Check::Load,
        Check::Little,
        Check::Verdict,
        Check::Estimate,
        Check::ProfileSize,
    ] {
        assert!(
            found.iter().any(|finding| finding.check == check),
            "{check}"
        );
    }
}

#[test]
fn the_reports_of_the_repository_have_nothing_to_be_found() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = vec![root.join("README.md"), root.join("benches/README.md")];
    for folder in ["docs", "results"] {
        markdown_below(&root.join(folder), &mut files);
    }
    let mut checked = 0;
    for file in &files {
        let audited = audit(&std::fs::read_to_string(file).unwrap());
        assert_eq!(audited.findings, [], "{}", file.display());
        checked += audited.checked;
    }
    let reports = files.iter().filter(|file| file.ends_with("report.md"));
    assert!(reports.count() >= 4 && checked > 100, "{checked}");
}

fn markdown_below(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            markdown_below(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            files.push(path);
        }
    }
}

#[test]
fn the_examples_of_the_document_are_findings_in_the_story() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let document = std::fs::read_to_string(root.join("docs/audit.md")).unwrap();
    let found = audit(include_str!("audit/story.md")).findings;
    let rows: Vec<Vec<&str>> = document
        .lines()
        .map(|line| line.split('|').map(str::trim).collect())
        .filter(|cells: &Vec<&str>| cells.len() == 5 && !cells[2].starts_with("---"))
        .skip(1)
        .collect();
    for cells in &rows {
        let is_told = |finding: &Finding| {
            let said = [
                finding.check.to_string(),
                finding.states.clone(),
                finding.gives.clone(),
            ];
            said.iter()
                .map(String::as_str)
                .eq(cells[1..4].iter().copied())
        };
        assert!(found.iter().any(is_told), "{cells:?}");
    }
    let told: std::collections::BTreeSet<&str> = rows.iter().map(|cells| cells[1]).collect();
    let checks = found.iter().map(|finding| finding.check.to_string());
    let checks: std::collections::BTreeSet<String> = checks.collect();
    assert!(
        checks.iter().map(String::as_str).eq(told.iter().copied()),
        "{told:?}"
    );
}

/// A table of a phase against another, with the column of changes.
fn phases(rows: &str) -> String {
    format!("| Metric | Phase 8 | Phase 9 | Change |\n|---|---|---|---|\n{rows}\n")
}

#[test]
fn the_mistakes_of_a_recorded_analysis_are_found() {
    const PLAN: &str =
        "# R\n\n1min init @ 600 RPS + 30min gameplay @ 300 RPS API + 500 EPS events\n\n";
    let latency =
        "# R\n\nThe initialize endpoint shows **99% latency reduction**.\n\n## Initialize\n\n"
            .to_owned()
            + &phases("| p95 | 12.72s | 2.7s | -78.8% |");
    let failures = "| Endpoint | Failed | Total | Failure Rate |\n|---|---|---|---|\n\
                    | Initialize (init) | 580 | 4,687 | 12.4% |\n\
                    | Initialize (gameplay) | 85 | 53,968 | 0.16% |\n\
                    | Challenges | 247 | 377,611 | 0.07% |\n\
                    | Set Active | 103 | 80,908 | 0.13% |\n\
                    | **Total** | **1,033** | **544,105** | **0.19%** |\n";
    let init = "## Initialize\n\nFor 600 users.\n\n".to_owned()
        + &phases(
            "| Average | 7.38s | 1.84s | -75.1% |\n| Failed | 580 / 4,687 | 0 / 4,600 | -100% |",
        );
    let summary = format!(
        "# R\n\n| Metric | Phase 8 |\n|---|---|\n| Success rate | 99.89% |\n\n## Phase 8 failures\n\n{failures}"
    );
    let events = "| Metric | Phase 8 |\n|---|---|\n| Total events | 1,444,019 |\n";
    let targets = "VERDICT: PERFORMANCE TARGET ACHIEVED\n\n\
                   | Metric | Target | Phase 9 |\n|---|---|---|\n\
                   | a | 50ms | 2.7s |\n| b | 10ms | 893ms |\n| c | 200ms | 313ms |\n\
                   | d | 100ms | 500ms |\n| e | 500ms | 65.5ms |\n";
    for (report, gives) in [
        (latency, "-78.8 % (p95)"),
        ("**471x faster** than Phase 8 (2.7s vs 12.72s)".into(), "(4.71× faster)"),
        ("**52% faster** (893ms vs 1.7s)".into(), "-47.5 % (1.90× faster)"),
        ("**20% slower** (313ms vs 249ms)".into(), "+25.7 % (1.26× slower)"),
        ("**54% slower** (65.5ms vs 28.5ms)".into(), "+129.8 % (2.30× slower)"),
        (phases("| p95 | 12.72s | 2.7s | -78.8% (471x faster) |"), "(4.71× faster)"),
        (phases("| Success rate | 87% | 99.9% | +12.9% |"), "+12.9 points"),
        (
            format!("# R\n\n## Init\n\n{}\nGone: the 13% failure rate\n", phases("| Failed | 580 / 4,687 | 0 / 4,600 | - |")),
            "580 of 4,687: 12.37 %",
        ),
        ("10x reduction in writes (10 goals vs 500 goals)".into(), "(50× fewer)"),
        ("```\nPhase 8: 600 users × 500 goals × 5ms = 12.72s (saturated)\n```".into(), "1,500 s"),
        ("```\nPhase 9: 600 users × 10 goals × 5ms = 2.7s (fine)\n```".into(), "30 s"),
        (
            "| Endpoint | Failed | Total | Failure Rate |\n|---|---|---|---|\n| Set Active | 2 | ~80,800 | 0.00% |".into(),
            "0.0025 %",
        ),
        (failures.into(), "the rows sum to 1,015"),
        (failures.into(), "the rows sum to 517,174"),
        (
            format!("{PLAN}{failures}"),
            "600/s for 60 s offer 36,000: 13 % of that was sent",
        ),
        (
            format!("{PLAN}{events}\n{failures}"),
            "500/s for 30 min offer 900,000: 160 % of that was sent; 899,914 are left without the 544,105",
        ),
        (
            format!("{PLAN}{init}\n{failures}"),
            "577 in flight, where 600/s would keep 4,428: near its 600 users",
        ),
        (summary, "1,033 of 544,105 failed (line 15): 99.81 %"),
        (targets.into(), "4 of 5 targets missed"),
        (
            phases("| CPU | 100% | **~85%** (estimated) | -15% |"),
            "about 85% is marked as an estimate, the change is not",
        ),
    ] {
        let told = told(&report);
        assert!(told.contains(gives), "{report}\n{gives}\n{told}");
    }
}

#[test]
fn plans_in_prose_and_in_tables_are_held_against_counts() {
    for (report, gives) in [
        (
            "The load was 300 req/s for 30 min.\n\n- Total requests: 512,487\n",
            "300/s for 30 min offer 540,000: 94.9 % of that was sent",
        ),
        (
            "30 min at 300 RPS\n\n| Endpoint | Requests |\n|---|---|\n| a | 1 |\n| Total | 400,000 |",
            "300/s for 30 min offer 540,000: 74 % of that was sent",
        ),
        (
            "| Stage | Rate | Duration |\n|---|---|---|\n| Warm | 10/s | 60 s |\n| Shop | 20/s | 5 min |\n\n\
             | Stage | Requests |\n|---|---|\n| Warm | 600 |\n| Shop | 3,000 |",
            "20/s for 5 min offer 6,000: 50 % of that was sent",
        ),
        (
            "- Requests: 30,000\n- Throughput: 600 req/s\n- Duration: 60 s\n",
            "600/s for 60 s are 36,000",
        ),
        (
            "| Concurrent users | Throughput | Avg |\n|---|---|---|\n| 20 | 600 req/s | 50 ms |\n| 40 | 600 req/s | 50 ms |",
            "30 in flight: no 20 users wait for so many responses",
        ),
        (
            "- Concurrency: 20\n- Throughput: 600 req/s\n- Mean latency: 50 ms\n",
            "30 in flight: no 20 users wait for so many responses",
        ),
    ] {
        let told = told(report);
        assert!(
            told.contains(gives) && told.lines().count() == 1,
            "{report}\n{told}"
        );
    }
}

#[test]
fn what_is_right_or_cannot_be_told_is_left_alone() {
    for right in [
        "Start: 4.5x faster (2.4s vs 10.8s), a 77% reduction (10.8s → 2.4s)",
        "67% faster (3s vs 5s): of the speed",
        "2.3x increase in p95 (65ms vs 28ms)",
        "89x faster than the target (< 10ms vs 893ms)",
        "Latency improved by 30%.",
        "The run of 2025-11-11 with 50 users took 10min @ night",
        "Success 99.99% vs 99.89%",
        "3 operations: 1. COUNT (~1ms) 2. SELECT (~10ms)",
        "a = b, 5 x 3 = fifteen",
        "5 × 3 = 15, 2 × 3 ms = 6 ms",
        "| A | B | C |\n|---|---|---|\n| 1 | 2 | 3 |",
        "| Metric | v1 | v2 | Change |\n|---|---|---|---|\n| p95 | 249.2ms | 313.09ms | +25.6% |\n| avg | 108.3ms | 108.32ms | 0% |\n| p90 | 14.1ms | 24.5ms | 73.8% worse |",
        "| Endpoint | Failed | Total | Rate |\n|---|---|---|---|\n| a | 85 | 53,968 | 0.16% |\n| b | 1 | 10 | 10% |\n| Total | 86 | 53,978 | 0.16% |",
        // A gain has no sign that can be wrong, and may be one of speed.
        "| Metric | Old | New | Improvement |\n|---|---|---|---|\n| p95 | 100 ms | 50 ms | +50% |\n| p99 | 100 ms | 50 ms | 100% faster |\n| avg | 100 ms | 50 ms | 2x |",
        // Ranges, bounds, what stands between the two.
        "| Metric | Old | New | Target | Improvement |\n|---|---|---|---|---|\n| p95 | 30+ s | 2-4 s | 1 s | 90% |\n| p99 | 100 ms | 50 ms | 10 ms | 50% |\n| avg | 47 s | < 100 ms | 1 s | 99%+ |",
        // Changes against another row, and columns of several things.
        "| Run | p50 | p95 | Change |\n|---|---|---|---|\n| old | 100 ms | 200 ms | - |\n| new | 80 ms | 150 ms | -20% |",
        "| Run | One | Two | Change |\n|---|---|---|---|\n| old | 100 ms | 200 ms | baseline |\n| new | 80 ms | 150 ms | -20% |",
        "| Run | TC1 | Change | TC2 | Change |\n|---|---|---|---|---|\n| new | 80 ms | -20% | 150 ms | -10% |",
        "| Run | Latency | Rate | Gain over the improvement |\n|---|---|---|---|\n| new | 80 | 150 | -20% |",
        "| Metric | Old | New | Improvement |\n|---|---|---|---|\n| calls | ~20 s | 0 s | 100% |\n| lines | ~900 | ~220 | 76% |",
        "up to 5x faster (10 ms vs 5 ms), over 10x less (5 vs 4)",
        "5x faster with more threads (2 threads vs 64 threads)",
        "9x more throughput (900 MB/s vs 1.2 GB/s)",
        "Coverage is 5 points better, +5 percentage points (60% vs 65%)",
        "| Run | Avg (ms) | Requests |\n|---|---|---|\n| a | 5 | 10 |\n| b | 9 | 20 |\n| Total | 7 | 30 |",
        "| Kind | Failed | Total | Success rate |\n|---|---|---|---|\n| a | 1 | 100 | 99% |",
        "p95 of 250 ms at 300 req/s\n\n- Total requests: 5\n",
        "a ramp to 300 req/s for 30 min\n\n- Total requests: 5\n",
        "- Connections: 10\n- Throughput: 600 req/s\n- Mean latency: 50 ms\n\nwith pipelining",
        "300 req/s × 60 s = 18,000, 4 + 2 × 3 = 10, 10 - 2 × 3 × 4 = 9",
    ] {
        assert_eq!(told(right), "", "{right}");
    }
}

proptest! {
    #[test]
    fn no_text_is_too_odd(text in r"([0-9.,%xs×=@/|~\-+*#( )a-eµ\n]|ms|faster|vs|RPS|Total){0,200}") {
        let lines = text.lines().count();
        for finding in audit(&text).findings {
            prop_assert!(finding.line >= 1 && finding.line <= lines);
        }
    }

    #[test]
    fn a_change_that_was_computed_is_never_a_finding(a in 1.0f64..100_000.0, b in 1.0f64..100_000.0) {
        let percent = (b / a - 1.0) * 100.0;
        // To four digits of the values and a decimal of the change, as tables have them.
        let row = format!("| p95 | {a:.3}ms | {b:.3}ms | {percent:+.1}% |");
        let table = format!("| Metric | A | B | Change |\n|---|---|---|---|\n{row}\n");
        prop_assert_eq!(told(&table), "");
    }
}
