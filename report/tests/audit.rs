//! Reports of other people against their own figures.

#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::path::Path;

use brunt_report::audit::{Check, audit};
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
    let mut checked = 0;
    for file in [
        "results/examples/demo-sqlite/report.md",
        "results/examples/demo-postgres/report.md",
        "README.md",
        "benches/README.md",
    ] {
        let audited = audit(&std::fs::read_to_string(root.join(file)).unwrap());
        assert_eq!(audited.findings, [], "{file}");
        checked += audited.checked;
    }
    assert!(checked > 50, "{checked}");
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
