//! Was the load delivered, and do the figures of a document agree with each other?

use super::super::block::{Block, Callout, Section};
use super::super::names::Names;
use super::super::table::{Cell, Column, Table};
use super::super::tone::Tone;
use super::{NOT_STATED, figure, pointers};
use crate::comparison::Side;
use crate::language;
use crate::stated::{Delivery, Load, StatedComparison};

pub(super) fn section(comparison: &StatedComparison, names: &Names) -> Section {
    let mut section = Section::new("validity", "Validity of both documents");
    section.table(stages(comparison, names));
    section.paragraph(
        "Delivered is the share of the wanted arrivals that were made. In flight follows from Little's law: requests × mean / duration.",
    );
    for side in Side::BOTH {
        let doubts = comparison.doubts.get(side);
        let name = names.short(side);
        if doubts.is_empty() {
            let agree = format!("{name}: its figures agree with each other.");
            section.say(agree, vec![pointers::doubts(side)]);
            continue;
        }
        for (i, doubt) in doubts.iter().enumerate() {
            section.claim(doubt.to_string(), vec![pointers::doubt(side, i)]);
        }
        section.blocks.push(Block::Callout(Callout {
            tone: Tone::Care,
            title: format!("{name}: what its figures do not bear out"),
            lines: doubts.iter().map(ToString::to_string).collect(),
        }));
    }
    section.paragraph("What cannot be judged on what a document states:");
    section.blocks.push(Block::List(
        [
            "Changes: without distributions no value has an interval, and a change is not told from noise.",
            "Percentiles over offered arrivals: the arrivals that were never made have no response time, and the documents leave them out.",
            "Steady state, drift and when failures happened: nothing is stated over time.",
            "Lateness of the generator: the documents do not say when requests were due.",
            "Success rates: without the seconds in which requests failed they have no interval.",
        ]
        .map(str::to_owned)
        .into(),
    ));
    section
}

fn stages(comparison: &StatedComparison, names: &Names) -> Table {
    let mut table = Table::new(
        "Wanted against delivered, by stage and run",
        vec![
            Column::words("Stage"),
            Column::words("Run"),
            Column::figure("Wanted"),
            Column::figure("Made"),
            Column::figure("Delivered"),
            Column::figure("In flight, mean"),
            Column::verdict("Load"),
        ],
    );
    for stage in &comparison.stages {
        for side in Side::BOTH {
            if let Some(load) = stage.sides.get(side) {
                table
                    .rows
                    .push(row(&stage.stage, names.heading(side), load));
            }
        }
    }
    table
}

fn row(stage: &str, run: &str, load: &Load) -> Vec<Cell> {
    let made = load
        .made
        .map(|made| (language::count(made.count), made.approximate));
    let delivered = load.delivered.map_or_else(
        || Cell::faint(NOT_STATED),
        |share| Cell::text(language::share_of(share)),
    );
    let at_rate = load
        .in_flight_at_rate
        .filter(|_| load.delivery == Delivery::TooLittle);
    let in_flight = load.in_flight.map_or_else(
        || Cell::faint(NOT_STATED),
        |in_flight| {
            let at_rate =
                at_rate.map(|n| format!("{} at the whole rate", language::amount(n.round())));
            Cell::text(language::amount(in_flight)).with_note(at_rate)
        },
    );
    let (word, tone) = match load.delivery {
        Delivery::Whole => ("delivered", Tone::Good),
        Delivery::TooLittle => ("not delivered", Tone::Bad),
        Delivery::TooMuch => ("more than wanted", Tone::Bad),
        Delivery::Unknown => (NOT_STATED, Tone::Faint),
    };
    vec![
        Cell::text(stage),
        Cell::text(run),
        Cell::text(language::count(load.planned)).with_note(Some(language::rate(load.rate_per_s))),
        figure(made),
        delivered,
        in_flight,
        Cell::toned(word, tone),
    ]
}
