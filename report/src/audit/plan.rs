//! The load that a report says was planned.

use super::document::{Document, Table};
use super::facts::per_second;
use super::figure::{Figure, Unit, figures, only};
use crate::language;

/// A stream of the plan.
#[derive(Clone, Debug)]
pub(super) struct Stream {
    /// What it is called, in lower case; empty where it is the only one of a sentence.
    pub(super) names: Vec<String>,
    /// Events instead of requests?
    pub(super) events: bool,
    pub(super) per_second: f64,
    pub(super) seconds: f64,
    /// The headings above the plan, outermost first.
    pub(super) headings: Vec<String>,
}

/// A section with such a word in its heading is about the whole report.
const OF_ALL: [&str; 9] = [
    "plan", "setup", "set-up", "method", "config", "load", "scenario", "overview", "summary",
];
/// What is shorter is the time of a request, in microseconds.
const SHORTEST_RUN: f64 = 30e6;
/// Before a colon they name no stream.
const NO_NAMES: [&str; 14] = [
    "load",
    "plan",
    "rate",
    "test",
    "duration",
    "scenario",
    "profile",
    "traffic",
    "config",
    "configuration",
    "phase",
    "run",
    "note",
    "setup",
];

/// Every stream that lines and tables of `document` plan.
pub(super) fn streams(document: &Document) -> Vec<Stream> {
    let in_lines = document.lines.iter().flat_map(|line| {
        let mut streams = stages(&line.text);
        if streams.is_empty() {
            streams = sentence(&line.text).into_iter().collect();
        }
        for stream in &mut streams {
            stream.headings.clone_from(&line.headings);
        }
        streams
    });
    let in_tables = document.tables.iter().flat_map(rows);
    in_lines.chain(in_tables).collect()
}

impl Stream {
    fn new(rate: &Figure, time: f64, names: Vec<String>, after: &str) -> Self {
        Self {
            names,
            events: after.starts_with("eps") || after.starts_with("event"),
            per_second: rate.value,
            seconds: time / 1e6,
            headings: Vec::new(),
        }
    }

    pub(super) fn offered(&self) -> f64 {
        self.per_second * self.seconds
    }

    /// `600/s for 60 s`.
    pub(super) fn in_words(&self) -> String {
        let span = language::span((self.seconds * 1e6) as u64);
        format!("{} for {span}", language::rate(self.per_second))
    }

    pub(super) fn has(&self, row: &str) -> bool {
        let row = words(row);
        self.names.iter().any(|name| row.contains(name))
    }

    /// Is it the plan of what stands under `headings`?
    pub(super) fn reaches(&self, headings: &[String]) -> bool {
        let of_all = self.headings.len() <= 1
            || self.headings.last().is_some_and(|heading| {
                let heading = heading.to_lowercase();
                OF_ALL.iter().any(|word| heading.contains(word))
            });
        of_all || headings.starts_with(&self.headings)
    }
}

/// The streams of `1min init @ 600 RPS + 30min gameplay @ 300 RPS API + 500 EPS events`.
fn stages(text: &str) -> Vec<Stream> {
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
        let Some(rest) = per_second(&lower) else {
            continue;
        };
        let mut names = words(rest);
        // The first rate of a stage has its name too.
        if text[..figure.at.0].trim_end().ends_with('@') {
            names.extend(words(name));
        }
        streams.push(Stream::new(figure, duration.value, names, &lower));
    }
    streams
}

/// The stream of `300 req/s for 30 min` or `30 min at 300 req/s`, with a name before a colon.
fn sentence(text: &str) -> Option<Stream> {
    // What a ramp offers neither its rate nor its length tells.
    if text.to_lowercase().contains("ramp") {
        return None;
    }
    let all = figures(text);
    let mut found = all.windows(2).filter_map(|pair| {
        let [first, second] = pair else { return None };
        let between = text[first.at.1..second.at.0].to_lowercase();
        let after = text[second.at.1..].trim_start().to_lowercase();
        match (first.unit, second.unit) {
            (Unit::Count, Unit::Time) => {
                let join = per_second(between.trim_start())?;
                let joined = ends_in(join, &["for", "over", "during"]);
                joined.then(|| (first, second, between.trim_start().to_owned()))
            }
            // "250 ms at 300 req/s" is a latency.
            (Unit::Time, Unit::Count) if first.value >= SHORTEST_RUN => {
                per_second(&after)?;
                ends_in(&between, &["at", "of", "at constant", "at a constant"])
                    .then_some((second, first, after))
            }
            _ => None,
        }
    });
    let (rate, time, unit) = found.next()?;
    // Several are of several things, and nobody knows which of them a count is of.
    let clear = found.next().is_none() && rate.is_plain() && time.is_plain();
    let told = !rate.about && !time.about && rate.value > 0.0 && time.value > 0.0;
    (clear && told).then(|| {
        let name = text[..rate.at.0.min(time.at.0)].split_once(':');
        let names = name.map(|(name, _)| words(name)).unwrap_or_default();
        let tells = |name: &String| !NO_NAMES.contains(&name.as_str());
        let names = names.into_iter().filter(tells).collect();
        Stream::new(rate, time.value, names, &unit)
    })
}

/// Do few words join the two, of which the last is one of `words`?
fn ends_in(between: &str, words: &[&str]) -> bool {
    const FEW: usize = 3;
    let between = format!(" {}", between.trim());
    let plain = between.chars().all(|c| c.is_alphabetic() || c == ' ');
    let few = between.split_whitespace().count() <= FEW;
    let joined = words
        .iter()
        .any(|word| between.ends_with(&format!(" {word}")));
    plain && few && joined
}

/// The streams of a table with a rate and a duration a row.
fn rows(table: &Table) -> Vec<Stream> {
    let column = |words: &[&str]| {
        let found = table.column(words)?;
        (found > 0).then_some(found)
    };
    let (Some(rate), Some(time)) = (
        column(&["rate", "rps", "req/s", "eps", "arrivals"]),
        column(&["duration", "length"]),
    ) else {
        return Vec::new();
    };
    let title = table.head[rate].to_lowercase();
    if ["error", "fail", "success", "hit", "max", "peak"]
        .iter()
        .any(|word| title.contains(word))
    {
        return Vec::new();
    }
    table
        .rows
        .iter()
        .filter_map(|row| {
            let (rate, time) = (only(row.cell(rate))?, only(row.cell(time))?);
            let told =
                rate.unit == Unit::Count && time.unit == Unit::Time && time.value >= SHORTEST_RUN;
            let after = format!("{} {title}", rate.of);
            let names = words(row.name());
            (told && !rate.about && rate.value > 0.0).then(|| Stream {
                headings: table.headings.clone(),
                ..Stream::new(&rate, time.value, names, &after)
            })
        })
        .collect()
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    let words = words.filter(|word| word.len() > 2);
    words.map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(markdown: &str, expected: &[(&str, f64)]) {
        let found = streams(&Document::parse(markdown));
        let found: Vec<_> = found
            .iter()
            .map(|stream| (stream.names.join(" "), stream.offered()))
            .collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(names, offered)| ((*names).to_owned(), *offered))
            .collect();
        assert_eq!(found, expected, "{markdown}");
    }

    #[test]
    fn plans_are_read_from_sentences_and_tables() {
        check(
            "1min init @ 600 RPS + 30min gameplay @ 300 RPS API + 500 EPS events",
            &[
                ("init", 36_000.0),
                ("api gameplay", 540_000.0),
                ("events", 900_000.0),
            ],
        );
        check("The load was 300 req/s for 30 min.", &[("", 540_000.0)]);
        check("Search: 30 minutes at 300 RPS", &[("search", 540_000.0)]);
        check(
            "Load: 5 min at a constant 10 requests per second",
            &[("", 3_000.0)],
        );
        check(
            "| Stage | Rate | Duration |\n|---|---|---|\n| Warm | 10 req/s | 60 s |\n| Shop | 20 req/s | 5 min |\n",
            &[("warm", 600.0), ("shop", 6_000.0)],
        );
        for none in [
            "a ramp to 300 req/s for 30 min",
            "up to 300 req/s for 30 min",
            "300 users for 30 min",
            "p95 250 ms at 300 req/s",
            "10 req/s for 5 s and 20 req/s for 5 s",
            "300 req/s, and the p95 over 30 min",
            "| Kind | Error rate | Duration |\n|---|---|---|\n| a | 3 | 60 s |\n",
        ] {
            check(none, &[]);
        }
    }
}
