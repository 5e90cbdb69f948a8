//! Every sentence of a report is made from values of its JSON, and the ledger says which.

#![allow(clippy::unwrap_used)]

mod story;
mod support;

use std::collections::BTreeMap;
use std::path::Path;

use brunt_report::comparison::{Comparison, Statistic};
use brunt_report::document::{Block, Document, Section, build, sequence, stated};
use brunt_report::ledger::{Claim, Output};
use brunt_report::stated::compare_if_stated;
use brunt_report::{Against, CompareOptions, ComparisonOutput, Sequence, language, load};
use regex::Regex;
use serde::Serialize;
use serde_json::Value;
use support::{Synthetic, compared};

/// Sections whose sentences tell of the runs; the others describe methods, files and settings.
const TELLING: [&str; 9] = [
    "verdict",
    "validity",
    "load",
    "actions",
    "failures",
    "findings",
    "steps",
    "recommendations",
    "readiness",
];

/// Figures that stand alone: neither part of a name (`phase9`, `http-503`) nor of `p95`.
fn figures(text: &str) -> Vec<String> {
    let figure = Regex::new(r"(?:^|[\s(])([+-]?\d[\d,]*(?:\.\d+)?)").unwrap();
    let all = figure.captures_iter(text);
    all.map(|found| found[1].trim_end_matches(',').to_owned())
        .collect()
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
        language::amount(v.round()),
        language::mean(v),
    ];
    all.extend(language::speed(1.0, v));
    // A change writes its smaller value in the unit of the larger.
    all.extend([1e3, 1e6].map(|unit| format!("{:.2} {:.1}", positive / unit, positive / unit)));
    all
}

/// How many values of a kind there are, of either run or of both: of each word how often it occurs, of
/// factors how many are below and above one. Of limits that none was met is a count too.
fn counts(values: &BTreeMap<String, Value>) -> Vec<String> {
    let mut counts: BTreeMap<(&str, &str, String), u64> = BTreeMap::new();
    for (pointer, value) in values {
        let (_, kind) = pointer.rsplit_once('/').unwrap();
        let word = match value.as_f64() {
            Some(v) if kind == "factor" => if v < 1.0 { "below" } else { "above" }.to_owned(),
            Some(_) => String::new(),
            None => value.to_string(),
        };
        for side in ["", "/a/", "/b/"] {
            if pointer.contains(side) {
                for limit in ["\"met\"", "\"missed\""] {
                    let known = (side, "verdict", limit.to_owned());
                    counts.entry(known).or_default();
                }
                *counts.entry((side, kind, word.clone())).or_default() += 1;
                *counts.entry((side, kind, "any".to_owned())).or_default() += 1;
            }
        }
    }
    counts.values().map(|n| language::count(*n)).collect()
}

fn check<T: Serialize>(numbers: &T, document: &Document) -> usize {
    let output = Output::with(numbers, document).unwrap();
    let json = serde_json::to_value(&output).unwrap();
    for claim in &output.ledger {
        for (pointer, value) in &claim.values {
            assert_eq!(json.pointer(pointer), Some(value), "{pointer}");
        }
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
            .chain(counts(&claim.values))
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
    // Every pointer leads to something: what it was made from, or that there is nothing of it.
    let plain = serde_json::to_value(numbers).unwrap();
    for (section, claim) in document.claims() {
        let leads = |pointer: &String| plain.pointer(pointer).is_some();
        let (sentence, pointers) = (&claim.sentence, &claim.pointers);
        assert!(
            pointers.is_empty() || pointers.iter().any(leads),
            "{sentence:?} of {section}: {pointers:?}"
        );
    }
    for section in document
        .sections
        .iter()
        .filter(|s| TELLING.contains(&&*s.id))
    {
        covered(section, &output.ledger, document);
    }
    output.ledger.len()
}

fn check_pair(comparison: &Comparison) -> usize {
    check(comparison, &build(comparison))
}

/// Counts may be added up: the verdicts of all actions, the targets of a run.
fn sums(numbers: &[f64]) -> Vec<String> {
    let total: f64 = numbers.iter().sum();
    vec![format!("{total}")]
}

/// No sentence with a figure is missing from the ledger, and none of a verdict.
fn covered(section: &Section, ledger: &[Claim], document: &Document) {
    // Those first that may hold others.
    let mut claims: Vec<&str> = ledger.iter().map(|claim| &*claim.sentence).collect();
    claims.sort_by_key(|claim| std::cmp::Reverse(claim.len()));
    let claimed = |text: &str| {
        let claims = claims.iter();
        claims.fold(text.to_owned(), |text, claim| text.replace(claim, ""))
    };
    for block in &section.blocks {
        let texts = match block {
            Block::Paragraph(text) => vec![text.clone()],
            Block::Callout(callout) => callout.lines.clone(),
            Block::List(items) => items.clone(),
            _ => vec![],
        };
        for text in texts {
            let left = claimed(&text);
            assert!(
                figures(&left).is_empty(),
                "{left:?} of {:?} in {} is in no claim",
                text,
                document.title
            );
        }
        if let Block::Callout(callout) = block
            && (section.id == "verdict" || section.id.starts_with("step-"))
        {
            let of_documents = |line: &&String| line.starts_with("What a document states");
            let lines = callout.lines.iter().filter(|line| !of_documents(line));
            for line in lines {
                assert_eq!(claimed(line).trim(), "", "{line:?} of {}", document.title);
            }
        }
    }
    for part in &section.sections {
        covered(part, ledger, document);
    }
}

#[test]
fn every_sentence_of_the_story_has_its_values() {
    assert!(check_pair(&story::comparison()) > 30);
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
        assert!(check_pair(&compared(&a, &b, &CompareOptions::default())) > 10);
    }
    let (a, b) = (Synthetic::closed("phase8"), Synthetic::closed("phase9"));
    check_pair(&compared(&a, &b, &CompareOptions::default()));
}

#[test]
fn every_sentence_about_runs_in_a_row_has_its_values() {
    let mut overloaded = Synthetic::two_stages("phase8");
    overloaded.action("initialize-new").piled_up = 0.542;
    let mut better = Synthetic::two_stages("phase9");
    better.action("claim").median_us = 9_000.0;
    let mut late = Synthetic::two_stages("phase10");
    late.action("list").lateness_us = 4_000;
    let mut invalid = Synthetic::two_stages("phase11");
    invalid.clock_step_us = 1_000_000;
    let mut other = Synthetic::two_stages("phase12");
    other.stages[0].seconds = 30;
    let phase8 = Synthetic::two_stages("phase8");
    for runs in [
        vec![overloaded, better.clone(), late, invalid],
        vec![phase8, better, other],
    ] {
        let temp = tempfile::tempdir().unwrap();
        let runs: Vec<_> = (0..)
            .zip(runs)
            .map(|(i, run): (u32, Synthetic)| {
                load(&run.write(&temp.path().join(i.to_string()))).unwrap()
            })
            .collect();
        for against in [Against::Previous, Against::First] {
            let made = Sequence::of(&runs, against, &CompareOptions::default()).unwrap();
            let document = sequence(&made);
            // A title, and a line a step; in the part of each step at least two.
            assert!(check(&made, &document) > 3 * made.steps.len());
            let title = document.claims().next().unwrap().1;
            assert!(!title.pointers.is_empty());
        }
    }
}

#[test]
fn every_sentence_about_what_documents_state_has_its_values() {
    let examples =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../results/examples/recorded-phases-8-9");
    let [a, b] = ["stated-phase8", "stated-phase9"].map(|name| examples.join(name));
    let told = |dirs: &[&Path]| {
        let comparison = compare_if_stated(dirs).unwrap().unwrap();
        check(&comparison, &stated(&comparison))
    };
    assert!(told(&[&a, &b]) > 20);
    told(&[&a, &a]);
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
