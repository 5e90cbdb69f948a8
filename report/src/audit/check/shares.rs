//! Shares against their parts and wholes.

use super::super::Check;
use super::super::document::{Document, Row, Table};
use super::super::figure::{Figure, Unit, figures};
use super::super::range::Range;
use super::Found;
use crate::language;

const PART: [&str; 3] = ["failed", "failures", "errors"];
const WHOLE: [&str; 4] = ["total", "requests", "count", "offered"];
const SHARE: [&str; 3] = ["rate", "share", "%"];

pub(super) fn check(document: &Document, found: &mut Found) {
    for table in &document.tables {
        across(table, found);
        down(table, found);
    }
    overall(document, found);
    in_sentences(document, found);
}

/// A share of `part` in `whole`, as far as they are known: percent.
fn share(part: &Figure, whole: &Figure) -> Option<Range> {
    Some(part.rounded().over(whole.rounded())?.scaled(100.0))
}

/// Can a share that is stated so be `is`? Rounded, or cut off so that nothing is overstated.
fn agrees(stated: &Figure, is: Range) -> bool {
    let rounded = Range::around(stated.value, stated.last_digit / 2.0);
    let cut = Range {
        low: stated.value,
        high: stated.value + stated.last_digit * 0.999,
    };
    let all = is.low >= 100.0 - 1e-9;
    rounded.meets(is) || (cut.meets(is) && !all && stated.value >= 50.0)
}

/// Failed, total and rate in columns.
fn across(table: &Table, found: &mut Found) {
    let columns = [&PART[..], &WHOLE, &SHARE].map(|words| table.column(words));
    let [Some(part), Some(whole), Some(rate)] = columns else {
        return;
    };
    // "Failure rate" has the words of two.
    let part = table
        .head
        .iter()
        .position(|title| {
            let title = title.to_lowercase();
            PART.iter().any(|word| title.contains(word)) && !title.contains("rate")
        })
        .unwrap_or(part);
    if part == whole || whole == rate || part == rate {
        return;
    }
    for row in &table.rows {
        let of = |column, unit| {
            let mut all = figures(row.cell(column)).into_iter();
            all.next().filter(|figure: &Figure| figure.unit == unit)
        };
        let (Some(failed), Some(total), Some(stated)) = (
            of(part, Unit::Count),
            of(whole, Unit::Count),
            of(rate, Unit::Percent),
        ) else {
            continue;
        };
        let Some(is) = share(&failed, &total) else {
            continue;
        };
        let none = stated.value <= 0.0 && failed.value > 0.0;
        let finding = (none || !agrees(&stated, is)).then(|| {
            (
                format!(
                    "{}: {} of {} is {}",
                    row.name(),
                    failed.text,
                    total.text,
                    stated.text
                ),
                language::share_of(is.middle() / 100.0),
            )
        });
        found.statement(row.line, Check::Share, finding);
    }
}

/// Rows of a success rate and of `580 / 4,687` in one table, run by run.
fn down(table: &Table, found: &mut Found) {
    let named = |words: &[&str]| {
        table.rows.iter().find(|row| {
            let name = row.name().to_lowercase();
            words.iter().any(|word| name.contains(word))
        })
    };
    let (Some(success), Some(failed)) = (
        named(&["success"]),
        named(&["failed", "failures", "errors"]),
    ) else {
        return;
    };
    for column in 1..table.head.len() {
        let Some((part, whole)) = part_of_whole(failed.cell(column)) else {
            continue;
        };
        let stated = figures(success.cell(column)).into_iter().next();
        let Some(stated) = stated.filter(|figure| figure.unit == Unit::Percent) else {
            continue;
        };
        if part.about {
            continue;
        }
        let Some(lost) = share(&part, &whole) else {
            continue;
        };
        let is = Range::exact(100.0).minus(lost);
        let finding = (!agrees(&stated, is)).then(|| {
            (
                format!(
                    "{}, {}: {}",
                    success.name(),
                    table.head[column],
                    stated.text
                ),
                format!(
                    "{} of {} failed: {}",
                    part.text,
                    whole.text,
                    language::share_of(is.middle() / 100.0)
                ),
            )
        });
        found.statement(success.line, Check::Share, finding);
    }
}

/// `13 % failure rate` against the counts of the tables in the same section.
fn in_sentences(document: &Document, found: &mut Found) {
    for line in &document.lines {
        let here = |table: &&Table| {
            let (section, of_line) = (&table.headings, &line.headings);
            of_line.len() >= 2 && section.starts_with(&of_line[..of_line.len().min(3)])
        };
        let tables = document.tables.iter().filter(here);
        let cells = tables
            .flat_map(|table| &table.rows)
            .flat_map(|row| &row.cells);
        let pairs: Vec<(Figure, Figure)> = cells.filter_map(|cell| part_of_whole(cell)).collect();
        let is_rate = |figure: &Figure| {
            let after = line.text[figure.at.1..].trim_start().to_lowercase();
            after.starts_with("failure rate") || after.starts_with("error rate")
        };
        let rates = figures(&line.text).into_iter();
        for stated in rates.filter(|figure| figure.unit == Unit::Percent && is_rate(figure)) {
            let given: Vec<(String, Range)> = pairs
                .iter()
                .filter_map(|(part, whole)| {
                    let words = format!("{} of {}", part.text, whole.text);
                    Some((words, share(part, whole)?))
                })
                .collect();
            let Some((words, first)) = given.first() else {
                continue;
            };
            let holds = given.iter().any(|(_, is)| agrees(&stated, *is));
            let finding = (!holds).then(|| {
                let is = language::share_of(first.middle() / 100.0);
                (
                    format!("{} failure rate", stated.text),
                    format!("{words}: {is}"),
                )
            });
            found.statement(line.number, Check::Share, finding);
        }
    }
}

/// `580 / 4,687`.
fn part_of_whole(cell: &str) -> Option<(Figure, Figure)> {
    let [part, whole] = <[Figure; 2]>::try_from(figures(cell)).ok()?;
    let between = cell[part.at.1..whole.at.0].trim_matches([' ', '~', '≈']);
    let counts = part.unit == Unit::Count && whole.unit == Unit::Count;
    (counts && (between == "/" || between == "of")).then_some((part, whole))
}

/// The success rate of a run against the total of the table of its failures.
fn overall(document: &Document, found: &mut Found) {
    for failures in &document.tables {
        let columns = [&PART[..], &["total", "requests"]].map(|words| failures.column(words));
        let ([Some(part), Some(whole)], Some(total)) = (columns, total_row(failures)) else {
            continue;
        };
        let first = |column| figures(total.cell(column)).into_iter().next();
        let (Some(part), Some(whole)) = (first(part), first(whole)) else {
            continue;
        };
        let Some(lost) = share(&part, &whole) else {
            continue;
        };
        let is = Range::exact(100.0).minus(lost);
        let heading = failures
            .headings
            .last()
            .map(|text| text.to_lowercase())
            .unwrap_or_default();
        for table in &document.tables {
            let columns = table.head.iter().enumerate().skip(1);
            // "Phase 8 Failure Summary" is of "Phase 8", and not a row of one action.
            let run = columns.filter(|(_, title)| title.contains(|c: char| c.is_ascii_digit()));
            let mut run = run.filter(|(_, title)| heading.starts_with(&title.to_lowercase()));
            let (Some((column, title)), None) =
                (run.next(), table.column(&["change", "improvement"]))
            else {
                continue;
            };
            let success = table
                .rows
                .iter()
                .find(|row| row.name().to_lowercase().starts_with("success"));
            let Some(success) = success else { continue };
            let Some(stated) = figures(success.cell(column)).into_iter().next() else {
                continue;
            };
            if stated.unit != Unit::Percent {
                continue;
            }
            let finding = (!agrees(&stated, is)).then(|| {
                (
                    format!("{}, {title}: {}", success.name(), stated.text),
                    format!(
                        "{} of {} failed (line {}): {}",
                        part.text,
                        whole.text,
                        total.line,
                        language::share_of(is.middle() / 100.0)
                    ),
                )
            });
            found.statement(success.line, Check::Share, finding);
        }
    }
}

fn total_row(table: &Table) -> Option<&Row> {
    table.rows.iter().find(|row| super::totals::is_total(row))
}
