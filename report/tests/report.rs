//! A comparison as a document, and the document as HTML, Markdown and text.

#![allow(clippy::unwrap_used)]

mod page;
mod story;

use brunt_report::comparison::{
    Aspect, Conclusion, Difference, Fact, Fault, Resources, Side, Sides,
};
use brunt_report::document::{Block, Document, build};
use brunt_report::render::{html, markdown, terminal};
use page::Page;
use proptest::prelude::*;

#[test]
fn markdown_of_the_story() {
    let out = markdown(&build(&story::comparison()), "charts");
    insta::assert_snapshot!(out.text);
    assert_eq!(out.files.len(), 39);
    for (name, svg) in &out.files {
        assert!(out.text.contains(&format!("](charts/{name})")));
        assert!(svg.len() < 30_000, "{name} has {} bytes", svg.len());
        let svg = std::str::from_utf8(svg).unwrap();
        assert!(svg.contains("fill=\"#ffffff\""), "{name} has no background");
        assert!(!svg.contains("00A0\""), "{name} has a placeholder colour");
        Page::parse(svg).unwrap();
    }
}

#[test]
fn terminal_of_the_story() {
    insta::assert_snapshot!(terminal(&build(&story::comparison())));
}

#[test]
fn html_is_well_formed_and_self_contained() {
    let html = html(&build(&story::comparison())).unwrap();
    let page = Page::parse(&html).unwrap();
    page.check_ids().unwrap();
    for absent in [
        "<script src",
        "<link",
        "http://www",
        "https://",
        "@import",
        "00A0\"",
        "NaN",
        "~",
    ] {
        assert!(!html.contains(absent), "{absent}");
    }
    assert!(html.starts_with("<!doctype html>"));
    assert!(html.len() < 500_000, "{} bytes", html.len());
    let at = |text: &str| html.find(text).unwrap();
    assert!(at("id=\"verdict\"") < at("id=\"validity\""));
    assert!(at("id=\"validity\"") < at("id=\"targets\""));
}

#[test]
fn every_chart_has_its_data() {
    let document = build(&story::comparison());
    assert_eq!(document.figures().len(), 39);
    for figure in document.figures() {
        assert!(!figure.data.rows.is_empty(), "{}", figure.title);
        let svg = figure.drawing.inline("id", "title", "description");
        assert!(svg.contains("<polyline"), "{}", figure.title);
        assert!(svg.len() < 30_000, "{} has {}", figure.title, svg.len());
    }
    let html = html(&document).unwrap();
    assert_eq!(
        html.matches("<figure").count(),
        html.matches("Data of this chart").count()
    );
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let once = build(&story::comparison());
    let again = build(&story::comparison());
    assert_eq!(html(&once).unwrap(), html(&again).unwrap());
    assert_eq!(markdown(&once, "c"), markdown(&again, "c"));
    assert_eq!(terminal(&once), terminal(&again));
}

#[test]
fn the_top_says_why_nothing_is_judged() {
    let mut comparison = story::comparison();
    comparison.verdict.conclusion = Conclusion::NotComparable;
    comparison.verdict.facts = vec![Fact::NotComparable { forbidding: 1 }];
    comparison.comparable.differences = vec![Difference {
        what: Aspect::Rate {
            stage: "init".to_owned(),
            stream: "users".to_owned(),
        },
        a: "600/s".to_owned(),
        b: "300/s".to_owned(),
        forbids: true,
    }];
    let top = terminal(&build(&comparison));
    for said in [
        "No verdict: the runs are not comparable",
        "so nothing is judged",
        "stream init/users: rate: 600/s in A, 300/s in B",
    ] {
        assert!(top.contains(said), "{said} in {top}");
    }

    comparison.verdict.conclusion = Conclusion::Invalid;
    comparison.verdict.facts = vec![Fact::Invalid {
        side: Side::B,
        fault: Fault::Generator,
    }];
    let top = terminal(&build(&comparison));
    assert!(top.contains("The record of phase9 is invalid"), "{top}");
    assert!(!top.contains("improved,"), "{top}");
}

#[test]
fn two_runs_of_one_phase_are_told_apart() {
    let document = build(&story::named("phase9", "phase9", str::to_owned));
    assert_eq!(document.title, "run B (phase9) against run A (phase9)");
}

#[test]
fn nothing_measured_is_a_report_too() {
    let mut comparison = story::comparison();
    comparison.actions.clear();
    comparison.stages.clear();
    comparison.targets.clear();
    comparison.failures.clear();
    comparison.series = Sides::default();
    comparison.resources = Resources::default();
    comparison.verdict.facts.clear();
    let document = build(&comparison);
    Page::parse(&html(&document).unwrap()).unwrap();
    assert!(document.figures().is_empty());
    // What was not measured is said where it would stand.
    for (id, title) in [
        ("resources", "Resources"),
        ("database", "Database"),
        ("profiles", "Profiles"),
    ] {
        let mut sections = document.sections.iter();
        let section = sections.find(|section| section.id == id).unwrap();
        assert_eq!(section.title, title);
        let said = |block: &Block| matches!(block, Block::Paragraph(text) if text.contains("not measured"));
        assert!(section.blocks.iter().any(said), "{section:?}");
    }
}

/// Names as a hostile scenario or service would choose them.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("<script>alert(1)</script>"),
        Just("\" onload=\"x"),
        Just("' onerror='x"),
        Just("| a |"),
        Just("`code`"),
        Just("`"),
        Just("\n\n# heading"),
        Just("\r- item"),
        Just("</title><img src=x>"),
        Just("](javascript:x)"),
        Just("&lt;"),
        Just("{{ style }}"),
        Just(" -> "),
        Just("\u{1b}[31m"),
        Just("\u{0}"),
        Just("***"),
        Just("µ×…"),
    ];
    proptest::collection::vec(piece, 1..5).prop_map(|pieces| pieces.concat())
}

fn documents(name: &str) -> Document {
    build(&story::named(
        &format!("{name}a"),
        &format!("{name}b"),
        |known| format!("{known}{name}"),
    ))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hostile_names_stay_text(name in hostile()) {
        let document = documents(&name);
        let html = html(&document).unwrap();
        let page = Page::parse(&html).map_err(TestCaseError::fail)?;
        page.check_ids().map_err(TestCaseError::fail)?;
        page.check_known().map_err(TestCaseError::fail)?;

        let out = markdown(&document, "charts");
        let plain = markdown(&documents("x"), "charts").text;
        // As many lines and as many table cells as with a plain name: no name opens anything.
        prop_assert_eq!(out.text.lines().count(), plain.lines().count());
        let mut literal = false;
        for (hostile, plain) in out.text.lines().zip(plain.lines()) {
            prop_assert!(!hostile.contains(char::is_control), "{}", hostile);
            if plain == "```" {
                prop_assert!(hostile.starts_with("```"), "{}", hostile);
                literal = !literal;
            }
            if !literal {
                prop_assert_eq!(bars(hostile), bars(plain), "{} / {}", hostile, plain);
                prop_assert_eq!(tags(hostile), tags(plain), "{} / {}", hostile, plain);
            }
        }
        for (_, svg) in &out.files {
            let svg = std::str::from_utf8(svg).unwrap();
            Page::parse(svg).map_err(TestCaseError::fail)?;
        }

        let text = terminal(&document);
        prop_assert!(text.lines().count() <= 25, "{}", text);
        for line in text.lines() {
            prop_assert!(line.chars().count() <= 100 && !line.contains(char::is_control), "{}", line);
        }
    }
}

/// Unescaped bars.
fn bars(line: &str) -> usize {
    line.replace("\\\\", "")
        .replace("\\|", "")
        .matches('|')
        .count()
}

fn tags(line: &str) -> usize {
    line.matches('<').count()
}
