//! Where the figures come from: runs, machine, methods, files.

use super::block::{Block, Section};
use super::names::Names;
use super::table::{Cell, Column, Table};
use super::tone::Tone;
use crate::calibration::FloorUse;
use crate::comparison::{Comparison, NoiseSource, RunState, RunSummary, Side};
use crate::language;

pub(super) fn section(comparison: &Comparison, names: &Names) -> Section {
    let mut section = Section::new("provenance", "Provenance");
    section.table(runs(comparison, names));
    section.table(repeats(comparison, names));
    section.table(arrivals(comparison, names));
    section.sections.push(methods(comparison));
    for side in Side::BOTH {
        section.table(files(comparison.runs.get(side), names.short(side)));
    }
    section
}

fn runs(comparison: &Comparison, names: &Names) -> Table {
    let mut table = Table::new(
        "Both runs",
        vec![
            Column::words("What"),
            Column::words(names.heading(Side::A)),
            Column::words(names.heading(Side::B)),
        ],
    );
    let facts = Side::BOTH.map(|side| facts(comparison.runs.get(side)));
    let [a, b] = facts;
    for ((what, a), (_, b)) in a.into_iter().zip(b) {
        table.rows.push(vec![Cell::text(what), a, b]);
    }
    table
}

/// The runs beside the first of each side; nothing where there are none.
fn repeats(comparison: &Comparison, names: &Names) -> Table {
    let mut table = Table::new(
        "Further runs of each side: values and costs of requests are geometric means over all runs of a side, counts are sums; charts, statements, profiles and what was in use are of the first",
        ["Side", "Record", "Began", "State"]
            .map(Column::words)
            .into(),
    );
    for side in Side::BOTH {
        for run in comparison.repeats.get(side) {
            let (word, tone) = match run.state {
                RunState::Valid => ("valid", Tone::Plain),
                RunState::Overloaded => ("overloaded", Tone::Bad),
                RunState::Invalid => ("invalid", Tone::Bad),
            };
            table.rows.push(vec![
                Cell::text(names.heading(side)),
                Cell::code(&run.id),
                Cell::text(run.started_at.to_string()),
                Cell::toned(word, tone),
            ]);
        }
    }
    table
}

/// How the arrivals of every stream were planned.
fn arrivals(comparison: &Comparison, names: &Names) -> Table {
    let mut table = Table::new(
        "Planned arrivals, by stage and stream",
        vec![
            Column::words("Stage / stream"),
            Column::words(names.heading(Side::A)),
            Column::words(names.heading(Side::B)),
        ],
    );
    let planned = |side| {
        let stages = comparison.runs.get(side).plan.stages.iter();
        let streams = stages.flat_map(|stage| stage.streams.iter().map(move |s| (stage, s)));
        streams.map(|(stage, stream)| (format!("{} / {}", stage.name, stream.name), stream))
    };
    let mut streams: Vec<String> = Vec::new();
    for (name, _) in planned(Side::A).chain(planned(Side::B)) {
        if !streams.contains(&name) {
            streams.push(name);
        }
    }
    for name in streams {
        let cell = |side| {
            let found = planned(side).find(|(stream, _)| *stream == name);
            found.map_or_else(
                || Cell::faint("absent"),
                |(_, stream)| {
                    let (Some(rate), Some(arrivals)) = (stream.rate_per_s, stream.arrivals) else {
                        return Cell::text(&stream.process);
                    };
                    let rate = language::rate(rate);
                    let mean = if stream.rates.is_empty() {
                        ""
                    } else {
                        " in the mean"
                    };
                    let arrivals = language::plural(arrivals, "arrival");
                    Cell::text(format!("{}, {rate}{mean}: {arrivals}", stream.process))
                },
            )
        };
        let (a, b) = (cell(Side::A), cell(Side::B));
        table.rows.push(vec![Cell::text(name), a, b]);
    }
    table
}

fn facts(run: &RunSummary) -> Vec<(&'static str, Cell)> {
    let optional =
        |text: Option<String>| text.map_or_else(|| Cell::faint(language::NOT_MEASURED), Cell::text);
    let host = &run.host;
    vec![
        ("Record", Cell::code(&run.id)),
        ("Began", Cell::text(run.started_at.to_string())),
        (
            "Ended",
            run.ended_at.map_or_else(
                || Cell::faint("it did not"),
                |at| Cell::text(at.to_string()),
            ),
        ),
        (
            "Written by",
            Cell::text(format!("brunt {}", run.build.version)),
        ),
        (
            "Commit",
            run.build
                .commit
                .as_ref()
                .map_or_else(|| Cell::faint("unknown"), Cell::code),
        ),
        (
            "Scenario",
            Cell::text(&run.scenario.name).with_note(Some(run.scenario.sha256.clone())),
        ),
        (
            "Changed for the run",
            if run.overrides.is_empty() {
                Cell::text("nothing")
            } else {
                Cell::code(run.overrides.join(" "))
            },
        ),
        ("Seed", Cell::text(run.seed.to_string())),
        ("Labels", Cell::text(pairs(&run.labels))),
        ("Addresses", Cell::text(pairs(&run.addresses))),
        (
            "Generators",
            Cell::text(language::count(u64::from(run.shards))),
        ),
        ("Processor", optional(host.cpu.clone())),
        (
            "Cores",
            optional(host.cores.map(|n| language::count(u64::from(n)))),
        ),
        ("Memory", optional(host.memory_bytes.map(language::bytes))),
        ("Kernel", optional(host.kernel.clone())),
        ("Frequency governor", optional(host.governor.clone())),
        (
            "fsync, median before the run",
            optional(host.fsync_us.map(|us| language::duration(us as f64))),
        ),
        (
            "A bare timer's lateness, p99 before the run",
            optional(
                host.timer_late_p99_us
                    .map(|us| language::duration(us as f64)),
            ),
        ),
        (
            "Machine shared with the service",
            Cell::text(if host.shared_with_target { "yes" } else { "no" }),
        ),
    ]
}

pub(super) fn pairs(pairs: &std::collections::BTreeMap<String, String>) -> String {
    if pairs.is_empty() {
        return "none".to_owned();
    }
    pairs
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn methods(comparison: &Comparison) -> Section {
    let mut section = Section::new("methods", "Methods");
    section.blocks.push(Block::List(vec![
        noise(comparison),
        "Percentiles: over offered arrivals, response time counted from when an arrival was due; failed and unsent arrivals rank above every success, and a quantile that they reach is unbounded.".to_owned(),
        "Interval of a value: batch means over 10 (else 5) contiguous windows of ln(percentile), t quantiles, widened by the lag-1 autocorrelation (after Künsch 1989; Politis & Romano 1994).".to_owned(),
        "Interval of a change: the largest of the within-run variance, the run-to-run noise, and with several runs a side what these differ by; of pairs what their differences vary by (after Daly et al., ICPE 2020, 10.1145/3358960.3375791; Bulej et al., duet benchmarking, ICPE 2020, arXiv 2001.05811).".to_owned(),
        "Verdict: regressed or improved when the 95 % interval excludes no change and the change exceeds the tolerance; equivalent when the 90 % interval lies within the tolerance; small change when certain and within it; else inconclusive. Min and max are never judged.".to_owned(),
        "Success: Wilson's interval (1927), differences by Newcombe (1998), both over arrivals deflated by how failures cluster in time.".to_owned(),
    ]));
    section
}

/// How much of a change is only the difference of one run from the next.
pub(super) fn noise(comparison: &Comparison) -> String {
    let assumed = assumed_noise(comparison);
    let words = match (&comparison.floor, assumed) {
        (FloorUse::Assumed | FloorUse::Refused { .. }, None) => {
            "not used: no change has an interval".to_owned()
        }
        (FloorUse::Assumed, Some(s)) => format!(
            "assumed to be {}, not calibrated",
            language::share_target(s)
        ),
        (FloorUse::Refused { .. }, Some(s)) => {
            format!("{} ({})", comparison.floor, language::share_target(s))
        }
        (floor, _) => floor.to_string(),
    };
    format!("Noise floor, by which one run differs from the next though nothing changed: {words}.")
}

/// The assumed floor, where a change stands on it.
fn assumed_noise(comparison: &Comparison) -> Option<f64> {
    let statistics = comparison.rows().flat_map(|row| &row.statistics);
    let changes = statistics.filter_map(|s| s.change.as_ref()?.certainty.as_ref());
    let mut assumed = changes.filter(|c| c.noise.source == NoiseSource::Assumed);
    assumed.next().map(|certainty| certainty.noise.s_aa)
}

fn files(run: &RunSummary, name: &str) -> Table {
    let mut table = Table::new(
        format!("Files of {name}"),
        vec![Column::words("File"), Column::words("SHA-256")],
    )
    .folded();
    table.rows = run
        .files
        .iter()
        .map(|(file, digest)| vec![Cell::code(file), Cell::code(digest)])
        .collect();
    table
}
