//! What was sent against what the plan offers, where a report states rate and duration.

use super::super::Check;
use super::super::document::{Document, Row, Table};
use super::super::facts::{Group, Shape, as_count, groups};
use super::super::figure::{Figure, Unit, only};
use super::super::plan::{Stream, streams};
use super::super::range::Range;
use super::Found;
use super::little;
use super::rates::is_duration;
use super::totals::is_total;
use crate::language;

/// A plan is delivered within this share.
const DELIVERED: f64 = 0.02;
/// What is left without another total is the plan within this share.
const LEFT: f64 = 0.005;

pub(super) fn check(document: &Document, found: &mut Found) {
    let streams = streams(document);
    if streams.is_empty() {
        return;
    }
    let mut counts = Vec::new();
    for table in &document.tables {
        let streams: Vec<&Stream> = here(&streams, &table.headings);
        counts.extend(by_row(table, &streams));
        counts.extend(
            table
                .rows
                .iter()
                .flat_map(|row| by_run(row, table, &streams)),
        );
    }
    counts.extend(groups(document).iter().filter_map(|group| {
        let streams = here(&streams, group.headings);
        in_total(group, &streams)
    }));
    for count in counts {
        count.hold(document, found);
    }
}

fn here<'a>(streams: &'a [Stream], headings: &[String]) -> Vec<&'a Stream> {
    let reaches = |stream: &&Stream| stream.reaches(headings);
    streams.iter().filter(reaches).collect()
}

/// What was sent of a stream.
struct Sent<'a> {
    stream: &'a Stream,
    line: usize,
    what: String,
    count: Range,
}

impl Sent<'_> {
    /// Holds what was sent against the plan.
    fn hold(self, document: &Document, found: &mut Found) {
        let offered = self.stream.offered();
        let share = self.count.scaled(1.0 / offered);
        let sent = self.count.middle();
        let delivered = Range::around(1.0, DELIVERED).meets(share);
        let finding = (!delivered).then(|| {
            let rest = without_a_total(document, self.count, offered);
            (
                format!("{}: {}", self.what, language::count(sent.round() as u64)),
                format!(
                    "{} offer {}: {} of that was sent{}",
                    self.stream.in_words(),
                    language::count(offered.round() as u64),
                    language::percent(share.middle()),
                    rest.unwrap_or_default()
                ),
            )
        });
        let short = finding.is_some() && sent < offered;
        found.statement(self.line, Check::Load, finding);
        if short {
            little::waited(document, self.stream, sent, found);
        }
    }
}

/// `; 899,914 are left without the 544,105 of line 240`, where that is what the plan offers.
fn without_a_total(document: &Document, sent: Range, offered: f64) -> Option<String> {
    let tables = document.tables.iter();
    let totals = tables.flat_map(|table| table.rows.iter().filter(|row| is_total(row)));
    let mut counts = totals.flat_map(|row| row.cells.iter().map(|cell| (row.line, cell)));
    counts.find_map(|(line, cell)| {
        // A small one makes no difference.
        let weighs = |total: &Figure| total.value > sent.middle() / 10.0;
        let total = count_of(cell).filter(|total| !total.about && weighs(total))?;
        let left = sent.minus(Range::exact(total.value));
        let share = left.scaled(1.0 / offered);
        Range::around(1.0, LEFT).meets(share).then(|| {
            format!(
                "; {} are left without the {} of line {line}: it counts those too",
                language::plain(left.middle()),
                total.text
            )
        })
    })
}

/// A row an action, with a column of totals. What no stream has the name of is the longest one's.
fn by_row<'a>(table: &Table, streams: &[&'a Stream]) -> Vec<Sent<'a>> {
    // A table with durations is a plan itself.
    let column = table.column(&["total", "requests", "count"]);
    let (Some(column), None) = (column, table.column(&["duration"])) else {
        return Vec::new();
    };
    let mut sums: Vec<(usize, Range, Vec<&str>)> = streams
        .iter()
        .map(|_| (0, Range::exact(0.0), Vec::new()))
        .collect();
    let longest =
        (0..streams.len()).max_by(|a, b| streams[*a].offered().total_cmp(&streams[*b].offered()));
    let unnamed = streams
        .iter()
        .position(|stream| stream.names.iter().any(|name| name == "api"));
    let mut named = false;
    for row in table.rows.iter().filter(|row| !is_total(row)) {
        let Some(count) = count_of(row.cell(column)) else {
            return Vec::new();
        };
        let stream = streams.iter().position(|stream| stream.has(row.name()));
        named |= stream.is_some();
        let Some(at) = stream.or(unnamed).or(longest) else {
            return Vec::new();
        };
        let (line, sum, rows) = &mut sums[at];
        *line = row.line;
        *sum = sum.plus(count.rounded());
        rows.push(row.name());
    }
    let sums = streams
        .iter()
        .zip(sums)
        .filter(|(_, (_, _, rows))| named && !rows.is_empty());
    sums.map(|(stream, (line, count, rows))| Sent {
        stream,
        line,
        what: rows.join(" + "),
        count,
    })
    .collect()
}

/// A row of totals with a column a run: `Total events | 1,444,019 | 1,460,000`.
fn by_run<'a>(row: &Row, table: &Table, streams: &[&'a Stream]) -> Vec<Sent<'a>> {
    let name = row.name().to_lowercase();
    let stream = name
        .strip_prefix("total ")
        .and_then(|of| streams.iter().find(|stream| stream.has(of)));
    let Some(stream) = stream else {
        return Vec::new();
    };
    let columns = table.head.iter().enumerate().skip(1);
    columns
        .filter_map(|(column, run)| {
            let count = count_of(row.cell(column))?;
            Some(Sent {
                stream,
                line: row.line,
                what: format!("{}, {run}", row.name()),
                count: count.rounded(),
            })
        })
        .collect()
}

/// The total of a run or of a table, where one stream without a name is the whole plan.
fn in_total<'a>(group: &Group, streams: &[&'a Stream]) -> Option<Sent<'a>> {
    let [stream] = streams else { return None };
    let of_all = match group.shape {
        Shape::Row => ["total", "all", "overall"].contains(&group.of.to_lowercase().trim()),
        Shape::Column | Shape::List => true,
    };
    if !stream.names.is_empty() || !of_all {
        return None;
    }
    let kind = if stream.events { "events" } else { "requests" };
    let is_total = |name: &str| match group.shape {
        Shape::Row => name == kind || name == "total",
        Shape::Column | Shape::List => {
            name == kind || name == format!("total {kind}") || name == format!("{kind} sent")
        }
    };
    // Rate and duration beside the count are held against it elsewhere.
    let mut names = group.facts.iter().map(|fact| fact.name.to_lowercase());
    let alone = !names.any(|name| is_duration(&name));
    let (fact, count) = group.fact(is_total, as_count)?;
    let what = match group.shape {
        Shape::Row | Shape::Column => format!("{}, {}", fact.name, group.of),
        Shape::List => fact.name.to_owned(),
    };
    alone.then(|| Sent {
        stream,
        line: fact.line,
        what,
        count: count.rounded(),
    })
}

fn count_of(cell: &str) -> Option<Figure> {
    only(cell).filter(|figure| figure.unit == Unit::Count)
}
