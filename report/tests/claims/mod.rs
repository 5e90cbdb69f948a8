//! Is every sentence of a report made from values of its JSON?

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "every test takes what it needs"
)]

use std::collections::BTreeMap;

use brunt_report::document::{Block, Card, Document, Section};
use brunt_report::language;
use brunt_report::ledger::{Claim, Output};
use brunt_report::profile::{Measure, Scale};
use regex::Regex;
use serde::Serialize;
use serde_json::Value;

/// Sections whose sentences tell of the runs; the others describe methods, files and settings.
const TELLING: [&str; 13] = [
    "verdict",
    "validity",
    "load",
    "targets",
    "actions",
    "failures",
    "resources",
    "database",
    "profiles",
    "findings",
    "steps",
    "recommendations",
    "readiness",
];

/// What sentences say of their method, of every run alike: begins of paragraphs, and bounds in others.
const METHODS: [&str; 2] = ["A function has moved where", "A step passes when"];
const BOUNDS: [&str; 2] = ["more than 95.0 % of the cores", "more than 5 % apart"];

/// A sentence without the bounds that it was judged by.
fn told(sentence: &str) -> String {
    let bounds = BOUNDS.iter();
    bounds.fold(sentence.to_owned(), |told, bound| told.replace(bound, ""))
}

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
        // Seconds are told as times, amounts with their signs.
        language::duration(positive * 1e6),
        language::signed(v, language::cpu_time),
        language::signed(v, language::memory),
        language::signed(v, language::pieces),
        language::points(v),
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
    // The whole of a profile has the digits of pprof.
    for measure in [Measure::Time { ns: 1.0 }, Measure::Memory { bytes: 1.0 }] {
        let whole = positive.round() as u64;
        all.push(Scale::of(measure, whole, whole).write(whole.cast_signed()));
    }
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

/// Every figure of every sentence is from the values that it names, and no sentence with a figure is
/// without them. How many sentences there are.
pub fn check<T: Serialize>(numbers: &T, document: &Document) -> usize {
    let output = Output::with(numbers, document).unwrap();
    let json = serde_json::to_value(&output).unwrap();
    for claim in &output.ledger {
        for (pointer, value) in &claim.values {
            assert_eq!(json.pointer(pointer), Some(value), "{pointer}");
        }
        // Lateness is told as a share of the value, a function as one of the whole; what goes on beside
        // the searched rate is the rest, a rate a multiple of the planned one; and of several findings how many they are.
        let numbers: Vec<f64> = claim.values.values().filter_map(Value::as_f64).collect();
        let says = |words: &str| claim.sentence.contains(words);
        let of_whole = says("sent late") || says("Most of it");
        let beside = says(", beside ");
        let scaled = claim.values.contains_key("/search/planned_per_s");
        let shares = numbers.iter().flat_map(|a| {
            let ratios = numbers.iter().filter(|_| of_whole).map(move |b| a / b);
            let rests = numbers.iter().filter(|_| beside).map(move |b| a - b);
            let products = numbers.iter().filter(|_| scaled).map(move |b| a * b);
            let derived = ratios.chain(rests).chain(products).map(Value::from);
            derived.flat_map(|v| writings(&v))
        });
        let known: Vec<String> = claim
            .values
            .values()
            .flat_map(writings)
            .chain(shares)
            .chain(counts(&claim.values))
            .flat_map(|text| figures(&format!(" {text}")))
            .collect();
        for figure in figures(&told(&claim.sentence)) {
            let plain = figure.trim_start_matches('+');
            assert!(
                known
                    .iter()
                    .any(|k| k == &figure || k.trim_start_matches('+') == plain)
                    || sums(&claim.values).contains(&plain.replace(',', "")),
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

/// Counts may be added up: the verdicts of all actions, the targets of a run. "And 2 more" are those
/// beside the one that is told.
fn sums(values: &BTreeMap<String, Value>) -> Vec<String> {
    let mut sums: BTreeMap<&str, f64> = BTreeMap::new();
    let mut missed = 0_u64;
    for (pointer, value) in values {
        let (parent, _) = pointer.rsplit_once('/').unwrap();
        if let Some(v) = value.as_f64() {
            *sums.entry("").or_default() += v;
            *sums.entry(parent).or_default() += v;
        }
        missed += u64::from(value == "missed" || value == "inconclusive");
    }
    let more = missed.saturating_sub(1) as f64;
    sums.into_values()
        .chain([more])
        .map(|sum| sum.to_string())
        .collect()
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
            Block::Cards(cards) => cards.iter().map(Card::sentence).collect(),
            _ => vec![],
        };
        for text in texts {
            if METHODS.iter().any(|begin| text.starts_with(begin)) {
                continue;
            }
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
