//! What was sent against what the plan offers, where a report states rate and duration.

use super::super::Check;
use super::super::document::{Document, Row, Table};
use super::super::figure::{Figure, Unit, figures};
use super::super::range::Range;
use super::Found;
use crate::language;

/// Words after a rate.
const PER_SECOND: [&str; 7] = [
    "rps",
    "tps",
    "eps",
    "qps",
    "req/s",
    "requests/s",
    "events/s",
];
/// A plan is delivered within this share.
const DELIVERED: f64 = 0.01;

/// A stream of the plan.
#[derive(Debug)]
struct Stream {
    /// What it is called, in lower case.
    names: Vec<String>,
    offered: Range,
    /// `600/s for 60 s`.
    plan: String,
}

pub(super) fn check(document: &Document, found: &mut Found) {
    let streams: Vec<Stream> = document
        .lines
        .iter()
        .flat_map(|line| plan(&line.text))
        .collect();
    if streams.is_empty() {
        return;
    }
    for table in &document.tables {
        by_row(table, &streams, found);
        for row in &table.rows {
            by_run(row, table, &streams, found);
        }
    }
}

/// The streams of `1min init @ 600 RPS + 30min gameplay @ 300 RPS API + 500 EPS events`.
fn plan(text: &str) -> Vec<Stream> {
    if !text.contains('@') {
        return Vec::new();
    }
    let all = figures(text);
    let mut streams = Vec::new();
    let mut stage: Option<(&Figure, &str)> = None;
    for (i, figure) in all.iter().enumerate() {
        let until = all.get(i + 1).map_or(text.len(), |next| next.at.0);
        let after = &text[figure.at.1..until];
        if figure.unit == Unit::Time {
            stage = Some((figure, after));
        }
        let (Some((duration, name)), Unit::Count) = (stage, figure.unit) else {
            continue;
        };
        let lower = after.trim_start().to_lowercase();
        let Some(rest) = PER_SECOND.iter().find_map(|unit| lower.strip_prefix(unit)) else {
            continue;
        };
        let mut names = words(rest);
        // The first rate of a stage has its name too.
        if text[..figure.at.0].trim_end().ends_with('@') {
            names.extend(words(name));
        }
        let seconds = duration.value / 1e6;
        streams.push(Stream {
            names,
            offered: Range::exact(figure.value * seconds),
            plan: format!(
                "{}/s for {}",
                figure.text,
                language::span(duration.value as u64)
            ),
        });
    }
    streams
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    let words = words.filter(|word| word.len() > 2);
    words.map(str::to_lowercase).collect()
}

impl Stream {
    fn has(&self, row: &str) -> bool {
        let row = words(row);
        self.names.iter().any(|name| row.contains(name))
    }

    /// Holds `sent` against the plan.
    fn hold(&self, line: usize, what: &str, sent: Range, found: &mut Found) {
        let share = sent.scaled(1.0 / self.offered.middle());
        let delivered = Range::around(1.0, DELIVERED).meets(share);
        let finding = (!delivered).then(|| {
            (
                format!("{what}: {}", language::count(sent.middle().round() as u64)),
                format!(
                    "{} offer {}: {} of that was sent",
                    self.plan,
                    language::count(self.offered.middle().round() as u64),
                    format!("{:.1} %", share.middle() * 100.0)
                ),
            )
        });
        found.statement(line, Check::Load, finding);
    }
}

/// A row an action, with a column of totals. What no stream has the name of is the longest one's.
fn by_row(table: &Table, streams: &[Stream], found: &mut Found) {
    let Some(column) = table.column(&["total", "requests", "count"]) else {
        return;
    };
    let mut sums: Vec<(usize, Range, Vec<&str>)> = streams
        .iter()
        .map(|_| (0, Range::exact(0.0), Vec::new()))
        .collect();
    let longest = (0..streams.len()).max_by(|a, b| {
        let offered = |i: &usize| streams[*i].offered.middle();
        offered(a).total_cmp(&offered(b))
    });
    let unnamed = streams
        .iter()
        .position(|stream| stream.names.iter().any(|name| name == "api"));
    let mut named = false;
    for row in table
        .rows
        .iter()
        .filter(|row| !super::totals::is_total(row))
    {
        let Some(count) = single(row.cell(column)) else {
            return;
        };
        let stream = streams.iter().position(|stream| stream.has(row.name()));
        named |= stream.is_some();
        let Some(at) = stream.or(unnamed).or(longest) else {
            return;
        };
        let (line, sum, rows) = &mut sums[at];
        *line = row.line;
        *sum = sum.plus(count.rounded());
        rows.push(row.name());
    }
    if !named {
        return;
    }
    for (stream, (line, sum, rows)) in streams.iter().zip(sums) {
        if !rows.is_empty() {
            stream.hold(line, &rows.join(" + "), sum, found);
        }
    }
}

/// A row of totals with a column a run: `Total events | 1,444,019 | 1,460,000`.
fn by_run(row: &Row, table: &Table, streams: &[Stream], found: &mut Found) {
    let name = row.name().to_lowercase();
    let Some(of) = name.strip_prefix("total ") else {
        return;
    };
    let Some(stream) = streams.iter().find(|stream| stream.has(of)) else {
        return;
    };
    for (column, run) in table.head.iter().enumerate().skip(1) {
        if let Some(count) = single(row.cell(column)) {
            let what = format!("{}, {run}", row.name());
            stream.hold(row.line, &what, count.rounded(), found);
        }
    }
}

fn single(cell: &str) -> Option<Figure> {
    let [figure] = <[Figure; 1]>::try_from(figures(cell)).ok()?;
    (figure.unit == Unit::Count && !figure.bound && figure.sign.is_none()).then_some(figure)
}
