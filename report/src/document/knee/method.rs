//! How the search went, whether it can be trusted, and where its figures come from.

use super::super::block::{Block, Section};
use super::super::table::{Cell, Column, Table};
use super::super::validity::{severity, told};
use super::super::words::capital;
use super::steps::purpose;
use super::{pointers, rate};
use crate::knee::{Knee, Preparation, Provenance};
use crate::language;

pub(super) fn search(knee: &Knee) -> Section {
    let mut section = Section::new("search", "Search");
    let search = &knee.search;
    let settings = &search.settings;
    let mut items = vec![
        format!(
            "Searched: the rates of {} in stage {}, which are {} together in the plan. A step offers a multiple of them.",
            search.streams.join(", "),
            search.stage,
            language::rate(search.planned_per_s),
        ),
        "Ends: the rate is doubled until a step fails, or halved until one passes. Between them the next step is at the geometric middle, until the upper end is within the precision of the lower one.".to_owned(),
        "Confirmed: the lower end must pass in a second step; where it does not, it has failed. Then the upper end must fail in a second step; where it passes, the interval goes on to the next rate that failed.".to_owned(),
        "Repeated: a step that its interval cannot judge is made again at twice the length and then at four times; after that its rate was not shown to pass. A step that the generator spoilt is made again once.".to_owned(),
        format!(
            "Precision {}, at most {}{}, {} of warm-up before what is judged.",
            language::share_target(settings.precision),
            language::plural(u64::from(settings.max_steps), "step"),
            settings.most.map_or_else(String::new, |most| format!(
                ", at most {}",
                language::rate(most * search.planned_per_s)
            )),
            language::span((search.warmup_s * 1e6) as u64)
        ),
    ];
    if !search.fixed.is_empty() {
        items.push(format!("Kept at their rates: {}.", search.fixed.join(", ")));
    }
    items.push(match &search.preparation {
        Preparation::None => "Nothing was prepared.".to_owned(),
        Preparation::Once { stages, .. } => format!(
            "Prepared once, before the first step: {}.",
            stages.join(", ")
        ),
        Preparation::EveryStep { stages } if stages.is_empty() => {
            "Every step had users of its own.".to_owned()
        }
        Preparation::EveryStep { stages } => format!(
            "Every step had users of its own, prepared before it by {}.",
            stages.join(", ")
        ),
    });
    section.blocks.push(Block::List(items));
    section
}

/// What was found about the steps; what all of them share is said once.
pub(super) fn validity(knee: &Knee) -> Section {
    let mut section = Section::new("validity", "Validity");
    let mut items: Vec<Found> = Vec::new();
    for step in &knee.steps {
        for found in told(&step.findings) {
            let rests_on = found.indices().iter().map(|i| format!("findings/{i}"));
            let rests_on = rests_on.chain(["number", "rate_per_s"].map(str::to_owned));
            let rests_on: Vec<String> = rests_on
                .map(|value| pointers::of_step(knee, step, &value))
                .collect();
            let text = format!("{}: {}", severity(found.severity), found.text);
            let at = format!("step {} at {}", step.number, rate(step));
            match items.iter_mut().find(|known| known.text == text) {
                Some(known) => {
                    known.steps.push(at);
                    known.pointers.extend(rests_on);
                }
                None => items.push(Found {
                    text,
                    steps: vec![at],
                    pointers: rests_on,
                }),
            }
        }
    }
    let mut lines = Vec::new();
    for found in items {
        let at = if found.steps.len() == knee.steps.len() {
            "Every step".to_owned()
        } else {
            capital(&found.steps.join(", "))
        };
        let line = format!("{at}. {}", found.text);
        section.claim(&*line, found.pointers);
        lines.push(line);
    }
    if !lines.is_empty() {
        section.blocks.push(Block::List(lines));
    }
    section
}

/// A finding, and the steps that have it.
struct Found {
    text: String,
    steps: Vec<String>,
    pointers: Vec<String>,
}

pub(super) fn provenance(knee: &Knee) -> Section {
    let mut section = Section::new("provenance", "Provenance");
    if let Some(provenance) = &knee.provenance {
        section.table(facts(provenance));
    }
    section.table(records(knee));
    if section.blocks.is_empty() {
        section.paragraph("There is no record.");
    }
    section
}

fn facts(provenance: &Provenance) -> Table {
    let mut table = Table::new(
        "The search",
        vec![Column::words("What"), Column::words("Value")],
    );
    let host = &provenance.host;
    let optional =
        |text: Option<String>| text.map_or_else(|| Cell::faint(language::NOT_MEASURED), Cell::text);
    let pairs = |pairs: &std::collections::BTreeMap<String, String>| {
        let pairs = pairs.iter().map(|(name, value)| format!("{name}: {value}"));
        match pairs.collect::<Vec<_>>() {
            pairs if pairs.is_empty() => Cell::faint("none"),
            pairs => Cell::text(pairs.join(", ")),
        }
    };
    let overrides = match provenance.overrides.join(" ") {
        none if none.is_empty() => Cell::text("nothing"),
        some => Cell::code(some),
    };
    let commit = provenance.build.commit.as_ref();
    let shared = if host.shared_with_target { "yes" } else { "no" };
    let rows = [
        ("Phase", Cell::text(&provenance.phase)),
        ("Began", Cell::text(provenance.started_at.to_string())),
        (
            "Written by",
            Cell::text(format!("brunt {}", provenance.build.version)),
        ),
        (
            "Commit",
            commit.map_or_else(|| Cell::faint("unknown"), Cell::code),
        ),
        (
            "Scenario",
            Cell::text(&provenance.scenario.name)
                .with_note(Some(provenance.scenario.sha256.clone())),
        ),
        ("Changed before the search", overrides),
        ("Seed", Cell::text(provenance.seed.to_string())),
        ("Labels", pairs(&provenance.labels)),
        ("Addresses", pairs(&provenance.addresses)),
        ("Processor", optional(host.cpu.clone())),
        (
            "Cores",
            optional(host.cores.map(|n| language::count(u64::from(n)))),
        ),
        ("Memory", optional(host.memory_bytes.map(language::bytes))),
        ("Kernel", optional(host.kernel.clone())),
        ("Machine shared with the service", Cell::text(shared)),
    ];
    let rows = rows.into_iter();
    table.rows = rows
        .map(|(what, cell)| vec![Cell::text(what), cell])
        .collect();
    table
}

/// In the order of time.
fn records(knee: &Knee) -> Table {
    let mut table = Table::new(
        "Records of the steps, in the order of time",
        vec![
            Column::words("Step"),
            Column::figure("Rate"),
            Column::words("Why"),
            Column::figure("Generator late, p99"),
            Column::figure("Host busy"),
            Column::words("Record"),
        ],
    );
    let absent = || Cell::faint(language::NOT_MEASURED);
    table.rows = knee
        .steps
        .iter()
        .map(|step| {
            vec![
                Cell::text(step.number.to_string()),
                Cell::text(rate(step)),
                Cell::text(purpose(step.purpose)),
                step.lateness.map_or_else(absent, |lateness| {
                    Cell::text(language::latency(lateness.p99_us as f64))
                }),
                step.host_busy
                    .map_or_else(absent, |busy| Cell::text(language::percent(busy))),
                Cell::code(&step.record),
            ]
        })
        .collect();
    table
}
