//! A whole search without a clock: a simulated service writes the records of the steps.

#![allow(clippy::unwrap_used)]

mod claims;
mod page;
mod support;

use std::path::Path;

use brunt_report::document::{self, knee_for_terminal};
use brunt_report::knee::{
    Conclusion, Ending, Knee, Next, Order, Preparation, Provenance, Search, SearchSettings,
    Searched, Step, next, unprepared,
};
use brunt_report::render::{html, markdown, terminal_in};
use brunt_report::run;
use claims::check;
use page::Page;
use support::{Action, Stage, Synthetic};

/// Requests per second that the service carries, at which its response times are without bound.
const CAPACITY: f64 = 1_000.0;

/// What a service of one queue does at a rate; beyond its capacity the rest is not answered.
fn load(seconds: u64, rate: f64) -> Synthetic {
    let busy = rate / CAPACITY;
    let action = |name: &str, share: f64, us: f64| Action {
        unsent: (1.0 - 1.0 / busy).max(0.0),
        median_us: us / (1.0 - busy).max(0.02),
        wobble: 0.02 + 0.1 * busy.min(1.0),
        ..Action::new(name, (rate * share).round().max(4.0) as u64, us)
    };
    let mut synthetic = Synthetic::two_stages("phase9");
    synthetic.success_target = Some(0.999);
    synthetic.stages = vec![Stage {
        warmup_s: 5,
        ..Stage::new(
            "play",
            seconds + 5,
            vec![
                action("list", 0.75, 3_000.0),
                action("claim", 0.25, 6_000.0),
            ],
        )
    }];
    synthetic
}

fn search(
    folder: &Path,
    settings: SearchSettings,
    change: impl Fn(&Order, &mut Synthetic),
) -> Knee {
    let searched = Searched {
        stage: "play".to_owned(),
        streams: vec!["load".to_owned()],
    };
    let mut steps: Vec<Step> = Vec::new();
    let mut provenance = None;
    let ending = loop {
        let trials: Vec<_> = steps.iter().map(Step::trial).collect();
        let order = match next(&settings, &trials) {
            Next::Done(ending) => break ending,
            Next::Step(order) => order,
        };
        let number = steps.len() as u32 + 1;
        let mut synthetic = load(20 * u64::from(order.length), 200.0 * order.scale);
        change(&order, &mut synthetic);
        let dir = synthetic.write(&folder.join(format!("{number}")));
        let mut run = run::load(&dir).unwrap();
        assert_eq!(unprepared(&run), None);
        run.manifest.id = format!("20260101-12{number:02}00-phase9");
        let made = (number, order.purpose, order.scale);
        steps.push(Step::of(&run, &searched, made).unwrap());
        provenance.get_or_insert_with(|| Provenance::of(&run.manifest, Vec::new()));
    };
    let search = Search {
        stage: searched.stage,
        streams: searched.streams,
        fixed: Vec::new(),
        planned_per_s: 200.0,
        settings,
        warmup_s: 5.0,
        preparation: Preparation::None,
    };
    Knee::new(search, ending, steps, provenance)
}

const SETTINGS: SearchSettings = SearchSettings {
    start: 1.0,
    most: None,
    precision: 0.05,
    max_steps: 24,
};

#[test]
fn the_knee_of_a_queue_is_found_and_told() {
    let temp = tempfile::tempdir().unwrap();
    let knee = search(temp.path(), SETTINGS, |_, _| {});
    assert_eq!(
        (knee.conclusion, knee.ending),
        (Conclusion::Found, Ending::Narrowed)
    );
    // p95 of claim is 6 ms × e^(0.4 × 1.645) / (1 − ρ): 50 ms at ρ = 0.77.
    let (low, high) = (
        knee.rates.low_per_s.unwrap(),
        knee.rates.high_per_s.unwrap(),
    );
    assert!(
        low > 700.0 && high < 850.0 && high <= low * 1.05,
        "{low} to {high}"
    );
    assert!(knee.narrow && knee.bracket.confirmed);

    let document = document::knee(&knee);
    assert!(check(&knee, &document) > 5);
    let page = html(&document).unwrap();
    Page::parse(&page).unwrap().check_ids().unwrap();
    for absent in ["comparison", "00A0\"", "NaN", "~"] {
        assert!(!page.contains(absent), "{absent}");
    }
    let markdown = markdown(&document, "charts");
    assert_eq!(
        markdown.files.len(),
        3,
        "what was answered, and each action"
    );
    for (name, svg) in &markdown.files {
        let svg = std::str::from_utf8(svg).unwrap();
        Page::parse(svg).unwrap();
        assert!(!svg.contains("00A0\""), "{name} has a placeholder colour");
    }
    insta::assert_snapshot!("markdown", markdown.text);
    insta::assert_snapshot!("terminal", terminal_in(&knee_for_terminal(&knee), 60));
}

/// The callout at the top, for searches that did not find what they looked for.
fn told(knee: &Knee) -> String {
    let text = terminal_in(&knee_for_terminal(knee), 60);
    let document = document::knee(knee);
    assert!(check(knee, &document) > 3);
    html(&document).unwrap();
    let (sentences, _) = text.split_once("\n\n").unwrap();
    sentences.to_owned()
}

#[test]
fn what_was_not_found_is_said() {
    let temp = tempfile::tempdir().unwrap();
    let check = |name: &str, settings, change: &dyn Fn(&Order, &mut Synthetic), conclusion| {
        let knee = search(&temp.path().join(name), settings, change);
        assert_eq!(knee.conclusion, conclusion, "{name}");
        insta::assert_snapshot!(name, told(&knee));
    };
    let most = SearchSettings {
        most: Some(2.0),
        ..SETTINGS
    };
    check("maximum", most, &|_, _| {}, Conclusion::AtLeast);
    let late = |order: &Order, run: &mut Synthetic| {
        if order.scale > 2.0 {
            run.action("list").lateness_us = 40_000;
        }
    };
    check("generator", SETTINGS, &late, Conclusion::AtLeast);
    // Its threshold of failures was crossed by what never reached the service.
    let out_of_ports = |order: &Order, run: &mut Synthetic| {
        if order.scale > 2.0 {
            run.action("list").failed = 0.3;
            run.action("list").kind = "generator-ports".into();
            run.ending = brunt_record::Ending::Aborted;
        }
    };
    check("ports", SETTINGS, &out_of_ports, Conclusion::AtLeast);
    let broken = |_: &Order, run: &mut Synthetic| run.action("list").failed = 0.3;
    check("none", SETTINGS, &broken, Conclusion::NonePassed);
    let few = SearchSettings {
        max_steps: 3,
        ..SETTINGS
    };
    check("few", few, &|_, _| {}, Conclusion::AtLeast);
    // The second time around it is slow where it was not.
    let moody = |order: &Order, run: &mut Synthetic| {
        if order.scale > 3.5 && order.purpose == brunt_report::knee::Purpose::Confirm {
            run.action("claim").median_us = 90_000.0;
        }
    };
    check("moody", SETTINGS, &moody, Conclusion::Found);
}
