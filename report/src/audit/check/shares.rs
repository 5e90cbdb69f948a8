//! Shares against their parts and wholes.

use super::super::Check;
use super::super::document::{Document, Row, Table};
use super::super::facts::{Fact, Group, Shape, as_count, groups};
use super::super::figure::{Figure, Unit, figures, only};
use super::super::range::Range;
use super::{Found, from_an_estimate};
use crate::language;

const PART: [&str; 3] = ["failed", "failures", "errors"];
const WHOLE: [&str; 4] = ["total", "requests", "count", "offered"];

pub(super) fn check(document: &Document, found: &mut Found) {
    for group in groups(document) {
        in_group(&group, found);
    }
    for table in &document.tables {
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

/// Failed, total and the rate of failures or successes, in columns, rows or a list.
fn in_group(group: &Group, found: &mut Found) {
    let percent = |fact: &Fact| only(fact.text).filter(|figure| figure.unit == Unit::Percent);
    let (Some((part, failed)), Some((_, total)), Some((rate, stated))) = (
        group.fact(is_part, as_count),
        group.fact(is_whole, as_count),
        group.fact(is_rate, percent),
    ) else {
        return;
    };
    let Some(lost) = share(&failed, &total) else {
        return;
    };
    let kept = is_of_successes(&rate.name.to_lowercase());
    let is = if kept {
        Range::exact(100.0).minus(lost)
    } else {
        lost
    };
    // "0.00 %" is not what 2 of 80,800 are.
    let none = !kept && stated.value <= 0.0 && failed.value > 0.0;
    let of = match group.shape {
        Shape::List => rate.name,
        Shape::Row | Shape::Column => group.of,
    };
    let wrong = none || !agrees(&stated, is);
    let finding = wrong.then(|| {
        let says = if kept { "failed and" } else { "is" };
        let (failed, total, stated) = (&failed.text, &total.text, &stated.text);
        (
            format!("{of}: {failed} of {total} {says} {stated}"),
            language::share_of(is.middle() / 100.0),
        )
    });
    found.statement(rate.line, Check::Share, finding);
    let unknown = failed.about && !stated.about && !wrong;
    if unknown {
        let finding = (
            format!("{of}: {}", stated.text),
            from_an_estimate(&failed, "share"),
        );
        found.statement(part.line, Check::Estimate, Some(finding));
    }
}

/// `Failed`, `Failed requests`, `# errors`: not one kind of them, and no rate.
fn is_part(name: &str) -> bool {
    let words: Vec<&str> = words(name).collect();
    let plain = [
        "failed", "failures", "errors", "requests", "total", "count", "number", "of",
    ];
    words.iter().any(|word| PART.contains(word)) && words.iter().all(|word| plain.contains(word))
}

fn is_whole(name: &str) -> bool {
    let words: Vec<&str> = words(name).collect();
    let plain = [
        "total", "requests", "count", "offered", "sent", "number", "of",
    ];
    words.iter().any(|word| WHOLE.contains(word)) && words.iter().all(|word| plain.contains(word))
}

fn is_rate(name: &str) -> bool {
    let kinds = ["failure", "error", "success", "failed"];
    let words: Vec<&str> = words(name).collect();
    match words.as_slice() {
        ["rate" | "share"] => true,
        [kind, "rate" | "ratio"] | [kind] if name.contains('%') || words.len() == 2 => {
            kinds.contains(kind)
        }
        _ => false,
    }
}

fn is_of_successes(name: &str) -> bool {
    name.contains("success")
}

fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
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
