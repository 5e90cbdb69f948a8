//! Every sentence of a report is made from values of the comparison, and the ledger says which.

#![allow(clippy::unwrap_used)]

mod story;
mod support;

use brunt_report::comparison::{Comparison, Statistic};
use brunt_report::document::{Block, Document, Section, build};
use brunt_report::{CompareOptions, ComparisonOutput, language};
use regex::Regex;
use serde_json::Value;
use support::{Synthetic, compared};

/// Sections whose sentences tell of the runs; the others describe methods, files and settings.
const TELLING: [&str; 7] = [
    "verdict",
    "validity",
    "actions",
    "failures",
    "findings",
    "recommendations",
    "readiness",
];

/// Figures that stand alone: neither part of a name (`phase9`, `http-503`) nor of `p95`.
fn figures(text: &str) -> Vec<String> {
    let figure = Regex::new(r"(?:^|[\s(])([+-]?\d[\d,]*(?:\.\d+)?)").unwrap();
    let all = figure.captures_iter(text);
    all.map(|found| found[1].to_owned()).collect()
}

/// All ways in which a value may be written.
fn writings(value: &Value) -> Vec<String> {
    let Some(v) = value.as_f64() else {
        return vec![value.as_str().unwrap_or_default().to_owned()];
    };
    let positive = v.max(0.0);
    let mut all = vec![
        language::duration(positive),
        language::change(positive.max(1.0), positive.max(1.0)),
        language::limit(positive as u64),
        language::cpu_time(positive),
        language::count(positive as u64),
        language::percent_change(v / 100.0),
        language::points(v / 100.0),
        language::factor(v),
        language::share_of(v),
        language::share_target(v),
        language::percent(v),
        language::percent(v / 100.0),
        language::rate(v),
        language::amount(v),
        language::mean(v),
    ];
    all.extend(language::speed(1.0, v));
    // A change writes its smaller value in the unit of the larger.
    all.extend([1e3, 1e6].map(|unit| format!("{:.2} {:.1}", positive / unit, positive / unit)));
    all
}

fn check(comparison: &Comparison) -> usize {
    let document = build(comparison);
    let output = ComparisonOutput::with(comparison, &document).unwrap();
    for claim in &output.ledger {
        // Lateness is told as a share of the value, and of several findings how many they are.
        let numbers: Vec<f64> = claim.values.values().filter_map(Value::as_f64).collect();
        let shares = numbers.iter().flat_map(|a| {
            let ratios = numbers.iter().map(move |b| Value::from(a / b));
            ratios
                .filter(|_| claim.sentence.contains("sent late"))
                .flat_map(|v| writings(&v))
        });
        let known: Vec<String> = claim
            .values
            .values()
            .flat_map(writings)
            .chain(shares)
            .flat_map(|text| figures(&format!(" {text}")))
            .collect();
        for figure in figures(&claim.sentence) {
            let plain = figure.trim_start_matches('+');
            assert!(
                known
                    .iter()
                    .any(|k| k == &figure || k.trim_start_matches('+') == plain)
                    || sums(&numbers).contains(&plain.replace(',', "")),
                "{figure} of {:?} is from none of {:#?}",
                claim.sentence,
                claim.values
            );
        }
    }
    for section in document
        .sections
        .iter()
        .filter(|s| TELLING.contains(&&*s.id))
    {
        covered(section, &output, &document);
    }
    output.ledger.len()
}

/// Counts may be added up: the verdicts of all actions, the targets of a run.
fn sums(numbers: &[f64]) -> Vec<String> {
    let total: f64 = numbers.iter().sum();
    vec![format!("{total}")]
}

/// No sentence with a figure is missing from the ledger.
fn covered(section: &Section, output: &ComparisonOutput<'_>, document: &Document) {
    for block in &section.blocks {
        let texts = match block {
            Block::Paragraph(text) => vec![text.clone()],
            Block::Callout(callout) => callout.lines.clone(),
            Block::List(items) => items.clone(),
            _ => vec![],
        };
        for text in texts {
            let claims = output.ledger.iter().map(|claim| &claim.sentence);
            let left = claims.fold(text.clone(), |text, claim| text.replace(claim.as_str(), ""));
            assert!(
                figures(&left).is_empty(),
                "{left:?} of {:?} in {} is in no claim",
                text,
                document.title
            );
        }
    }
    for part in &section.sections {
        covered(part, output, document);
    }
}

#[test]
fn every_sentence_of_the_story_has_its_values() {
    assert!(check(&story::comparison()) > 30);
}

#[test]
fn every_sentence_about_real_records_has_its_values() {
    let mut better = Synthetic::two_stages("phase9");
    better.action("claim").median_us = 9_000.0;
    better.action("list").median_us = 5_000.0;
    let mut failing = Synthetic::two_stages("phase9");
    failing.action("claim").failed = 0.02;
    failing.action("list").growth = 0.6;
    failing.action("list").lateness_us = 4_000;
    let mut overloaded = Synthetic::two_stages("phase9");
    overloaded.action("list").unsent = 0.3;
    let mut other = Synthetic::two_stages("phase9");
    other.seed = 7;
    other.stages[0].seconds = 30;
    for b in [better, failing, overloaded, other] {
        let a = Synthetic::two_stages("phase8");
        assert!(check(&compared(&a, &b, &CompareOptions::default())) > 10);
    }
    let (a, b) = (Synthetic::closed("phase8"), Synthetic::closed("phase9"));
    check(&compared(&a, &b, &CompareOptions::default()));
}

#[test]
fn a_claim_names_where_its_values_stand() {
    let comparison = story::comparison();
    let output = ComparisonOutput::of(&comparison).unwrap();
    let claims = output.ledger.iter();
    let worst = claims
        .filter(|claim| claim.sentence.starts_with("Largest regression"))
        .collect::<Vec<_>>();
    let [worst] = &worst[..] else {
        panic!("{worst:?}");
    };
    assert_eq!(worst.section, "verdict");
    let at = comparison.actions[2]
        .statistics
        .iter()
        .position(|one| one.statistic == Statistic::P95)
        .unwrap();
    let pointer = format!("/actions/2/statistics/{at}/estimates/b/value/us");
    let p95 = &comparison.actions[2].statistics[at];
    let us = p95.estimates.b.value.us();
    assert_eq!(worst.values[&pointer].as_f64(), us);
    // What it says stands in the JSON itself.
    let json = serde_json::to_value(&output).unwrap();
    assert_eq!(json.pointer(&pointer), Some(&worst.values[&pointer]));
}
