//! What processes used and what was counted, as single figures.

use brunt_record::StatedUnit;

use super::super::block::Section;
use super::super::names::Names;
use super::super::table::{Cell, Column, Table};
use super::{change, figure};
use crate::comparison::Side;
use crate::language;
use crate::stated::{Amount, AmountRow, StatedComparison};

pub(super) fn resources(comparison: &StatedComparison, names: &Names) -> Section {
    let mut section = Section::new("resources", "Resources");
    if comparison.resources.is_empty() {
        section.paragraph(format!(
            "CPU, memory and the like: {}.",
            language::NOT_MEASURED
        ));
        return section;
    }
    section.table(table(
        "What processes used, as stated",
        &comparison.resources,
        names,
    ));
    section.paragraph(
        "One figure each, of which the documents do not say whether it is a mean or a peak, nor over which time. Nor do they say what a percentage is a share of. Use for each request is not measured.",
    );
    section
}

pub(super) fn database(comparison: &StatedComparison, names: &Names) -> Section {
    let mut section = Section::new("database", "Database");
    if !comparison.quantities.is_empty() {
        section.table(table(
            "Counted of the whole run, as stated",
            &comparison.quantities,
            names,
        ));
    }
    section.paragraph(format!(
        "Rows written and statements for each request, time in the database, waits: {}.",
        language::NOT_MEASURED
    ));
    section
}

pub(super) fn profiles() -> Section {
    let mut section = Section::new("profiles", "Profiles");
    section.paragraph(format!(
        "Functions by share and by CPU time for each request: {}. `brunt profile` compares profiles where their files are at hand; the size of a file says nothing about what a service does.",
        language::NOT_MEASURED
    ));
    section
}

fn table(caption: &str, rows: &[AmountRow], names: &Names) -> Table {
    let mut table = Table::new(
        caption,
        vec![
            Column::words("What"),
            Column::figure(names.heading(Side::A)),
            Column::figure(names.heading(Side::B)),
            Column::figure("Change"),
        ],
    );
    for row in rows {
        let name = match &row.source {
            Some(source) => format!("{source}: {}", row.what),
            None => row.what.clone(),
        };
        let cell = |amount: Option<Amount>| {
            figure(amount.map(|amount| (written(row.unit, amount.value), amount.approximate)))
        };
        table.rows.push(vec![
            Cell::text(name),
            cell(row.sides.a),
            cell(row.sides.b),
            change(row.change.as_ref(), |factor| match row.unit {
                StatedUnit::Count => language::fewer(factor),
                StatedUnit::Percent | StatedUnit::Megabytes => None,
            }),
        ]);
    }
    table
}

fn written(unit: StatedUnit, value: f64) -> String {
    match unit {
        StatedUnit::Percent => format!("{} %", language::plain(value)),
        StatedUnit::Megabytes => format!("{} MB", language::plain(value)),
        StatedUnit::Count => language::plain(value),
    }
}
