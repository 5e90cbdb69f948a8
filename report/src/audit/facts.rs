//! What a report says of one thing, whether the names stand beside the figures or above them.

use super::document::{Document, Line, Table};
use super::figure::{Figure, Unit, only};

/// A row of a table by its columns, a column by its rows, or a list of `name: value`.
#[derive(Debug)]
pub(super) struct Group<'a> {
    /// `Phase 8`, `Search`; of a list its heading.
    pub(super) of: &'a str,
    /// The headings above it, outermost first.
    pub(super) headings: &'a [String],
    pub(super) shape: Shape,
    pub(super) facts: Vec<Fact<'a>>,
}

/// Where a group was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Row,
    Column,
    List,
}

/// A name and what stands for it.
#[derive(Debug)]
pub(super) struct Fact<'a> {
    pub(super) line: usize,
    /// As it was written.
    pub(super) name: &'a str,
    pub(super) text: &'a str,
}

/// Every group of `document`.
pub(super) fn groups(document: &Document) -> Vec<Group<'_>> {
    let tables = document.tables.iter().flat_map(|table| {
        let rows = table.rows.iter().map(|row| of_row(table, row));
        rows.chain((1..table.head.len()).map(|column| of_column(table, column)))
    });
    tables.chain(lists(&document.lines)).collect()
}

fn of_row<'a>(table: &'a Table, row: &'a super::document::Row) -> Group<'a> {
    // The first cell may be a figure too: so many users.
    let cells = table.head.iter().zip(&row.cells);
    Group {
        of: row.name(),
        headings: &table.headings,
        shape: Shape::Row,
        facts: cells
            .map(|(name, text)| Fact {
                line: row.line,
                name,
                text,
            })
            .collect(),
    }
}

fn of_column(table: &Table, column: usize) -> Group<'_> {
    Group {
        of: &table.head[column],
        headings: &table.headings,
        shape: Shape::Column,
        facts: table
            .rows
            .iter()
            .map(|row| Fact {
                line: row.line,
                name: row.name(),
                text: row.cell(column),
            })
            .collect(),
    }
}

/// Lines `- name: value` that follow each other; where a name comes again, another thing begins.
fn lists(lines: &[Line]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group> = Vec::new();
    let mut goes_on = false;
    for line in lines {
        let Some(fact) = of_line(line) else {
            goes_on &= line.text.is_empty();
            continue;
        };
        match groups.last_mut() {
            Some(group) if goes_on && group.headings == line.headings && !group.has(fact.name) => {
                group.facts.push(fact);
            }
            _ => groups.push(Group {
                of: line.headings.last().map_or("", String::as_str),
                headings: &line.headings,
                shape: Shape::List,
                facts: vec![fact],
            }),
        }
        goes_on = true;
    }
    groups
}

fn of_line(line: &Line) -> Option<Fact<'_>> {
    const WORDS_OF_A_NAME: usize = 5;
    let text = line.text.trim_start_matches(['-', '*', '•', '+', ' ']);
    let (name, value) = text.split_once(':')?;
    let is_name = name.split_whitespace().count() <= WORDS_OF_A_NAME && !text.starts_with('#');
    is_name.then_some(Fact {
        line: line.number,
        name,
        text: value,
    })
}

impl Group<'_> {
    fn has(&self, name: &str) -> bool {
        self.facts.iter().any(|fact| fact.name == name)
    }

    /// The only fact whose name is what `is` wants, with its figure as `read` reads it.
    pub(super) fn fact<T>(
        &self,
        is: impl Fn(&str) -> bool,
        read: impl Fn(&Fact) -> Option<T>,
    ) -> Option<(&Fact<'_>, T)> {
        let mut named = self
            .facts
            .iter()
            .filter(|fact| is(&fact.name.to_lowercase()))
            .filter_map(|fact| Some((fact, read(fact)?)));
        let first = named.next();
        // Of two nobody knows which is meant.
        first.filter(|_| named.next().is_none())
    }
}

/// A time in microseconds, whose unit may be in the name: `Average (ms)`.
pub(super) fn as_time(fact: &Fact) -> Option<f64> {
    let figure = only(fact.text)?;
    match figure.unit {
        Unit::Time => Some(figure.value),
        Unit::Count if figure.of.is_empty() => Some(figure.value * unit_of(fact.name)?),
        _ => None,
    }
}

/// A number of things, and not of milliseconds.
pub(super) fn as_count(fact: &Fact) -> Option<Figure> {
    let figure = only(fact.text)?;
    let counts = figure.unit == Unit::Count && unit_of(fact.name).is_none();
    (counts && !figure.of.contains('/') && !is_rate(&figure.of)).then_some(figure)
}

/// Requests a second, by the word after the figure or by the name.
pub(super) fn as_rate(fact: &Fact) -> Option<Figure> {
    let figure = only(fact.text)?;
    let name = fact.name.to_lowercase();
    let after = fact.text[figure.at.1..].trim_start().to_lowercase();
    let said = per_second(&after).is_some();
    let parts_words = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '_');
    let has = |unit: &str| {
        let several = unit.contains(' ') && name.contains(unit);
        several || name.split(parts_words).any(|word| word == unit)
    };
    let named = figure.of.is_empty() && PER_SECOND.iter().any(|unit| has(unit));
    (figure.unit == Unit::Count && (said || named)).then_some(figure)
}

/// Words after a rate. Longer ones first.
const PER_SECOND: [&str; 23] = [
    "requests per second",
    "events per second",
    "iterations per second",
    "transactions per second",
    "queries per second",
    "operations per second",
    "requests/second",
    "requests/sec",
    "requests/s",
    "events/sec",
    "events/s",
    "iterations/s",
    "reqs/sec",
    "reqs/s",
    "req/sec",
    "req/s",
    "ops/sec",
    "ops/s",
    "rps",
    "tps",
    "eps",
    "qps",
    "/s",
];

/// What follows the words for "a second" that `after` begins with, in lower case.
pub(super) fn per_second(after: &str) -> Option<&str> {
    PER_SECOND.iter().find_map(|unit| {
        let rest = after.strip_prefix(unit)?;
        (!rest.starts_with(char::is_alphanumeric)).then_some(rest)
    })
}

fn is_rate(of: &str) -> bool {
    PER_SECOND.contains(&of)
}

/// Microseconds in the unit that a name ends in.
fn unit_of(name: &str) -> Option<f64> {
    let name = name.trim_end_matches([')', ']', ' ']);
    let unit = name.rsplit(['(', '[', ' ', '_', ',']).next()?;
    match unit.to_lowercase().as_str() {
        "ms" | "milliseconds" | "msec" => Some(1e3),
        "µs" | "us" | "μs" | "microseconds" => Some(1.0),
        "s" | "sec" | "secs" | "seconds" => Some(1e6),
        "min" | "mins" | "minutes" => Some(60e6),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(markdown: &str, name: &str, read: impl Fn(&Fact) -> Option<f64>, expected: &[f64]) {
        let document = Document::parse(markdown);
        let found: Vec<f64> = groups(&document)
            .iter()
            .filter_map(|group| group.fact(|is| is.contains(name), &read))
            .map(|(_, value)| value)
            .collect();
        assert_eq!(found, expected, "{markdown}");
    }

    #[test]
    fn names_stand_beside_figures_or_above_them() {
        let rate = |fact: &Fact| as_rate(fact).map(|figure| figure.value);
        let count = |fact: &Fact| as_count(fact).map(|figure| figure.value);
        let above =
            "| Run | Users | RPS | Mean (ms) |\n|---|---|---|---|\n| a | 50 | 1,000 | 80 |\n";
        check(above, "users", count, &[50.0]);
        check(above, "rps", rate, &[1000.0]);
        check(above, "mean", as_time, &[80e3]);
        check(above, "mean", count, &[]);
        let beside = "| Metric | a | b |\n|---|---|---|\n| Throughput | 10 req/s | 5 MB/s |\n";
        check(beside, "throughput", rate, &[10.0]);
        let list = "- **Users**: 5\n- Mean: 2 s\n\nText.\n\n- Users: 6\n- Users: 7\n";
        check(list, "users", count, &[5.0, 6.0, 7.0]);
        // Two that may be meant.
        check("- Mean a: 1 s\n- Mean b: 2 s\n", "mean", as_time, &[]);
    }
}
