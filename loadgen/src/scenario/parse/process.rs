//! When the arrivals of a stream are due: `rate`, `ramp`, `spike`, `process`, `replay`.

use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use super::super::duration::{parse_rate, parse_rate_change};
use super::super::mistake::Mistakes;
use super::super::suggestion::suggestion;
use super::super::table::Table;
use super::super::text::Text;
use super::super::{Process, Rate};
use crate::arrivals::{Recording, RecordingMistake, Replay};

/// The settings that make an arrival process.
pub(super) const KEYS: [&str; 6] = ["rate", "ramp", "spike", "process", "replay", "speed"];

const PROCESSES: [&str; 2] = ["even", "poisson"];

/// Reads the settings of `stream`, which lasts for `duration` (zero where that has a mistake).
pub(super) fn process(
    stream: &mut Table<'_, '_>,
    duration: Duration,
    folder: &Path,
    mistakes: &mut Mistakes<'_>,
) -> Option<Process> {
    if let Some(file) = stream.text("replay", mistakes) {
        for other in ["rate", "ramp", "spike", "process"] {
            deny(stream, other, "replay", mistakes);
        }
        return replay(stream, &file, duration, folder, mistakes);
    }
    deny_without(stream, "speed", "replay", mistakes);
    let rate = rate(stream, duration, mistakes);
    let poisson = match stream.string("process", mistakes) {
        Some((name, span)) if !PROCESSES.contains(&name) => {
            mistakes.add(
                &span,
                format!("{}: no process {name:?}", stream.name),
                suggestion(name, PROCESSES.into_iter()),
            );
            false
        }
        named => named.is_some_and(|(name, _)| name == "poisson"),
    };
    rate.map(if poisson {
        Process::Poisson
    } else {
        Process::Even
    })
}

fn rate(
    stream: &mut Table<'_, '_>,
    duration: Duration,
    mistakes: &mut Mistakes<'_>,
) -> Option<Rate> {
    if stream.get("ramp").is_some() {
        deny(stream, "rate", "ramp", mistakes);
        deny(stream, "spike", "ramp", mistakes);
        return ramp(stream, duration, mistakes);
    }
    if stream.get("rate").is_none() {
        mistakes.add(
            &stream.span,
            format!("{} has no rate", stream.name),
            "write rate = \"300/s\", a ramp or the replay of a file; or users = 50 for a closed model",
        );
    }
    let base = stream.text("rate", mistakes);
    if let Some(text) = &base
        && text.value.contains("->")
    {
        deny(stream, "spike", "a rate that changes", mistakes);
        let (first, last) = stream.parsed("rate", text, parse_rate_change, mistakes)?;
        let points = vec![(Duration::ZERO, first), (duration, last)];
        return Some(Rate::Ramp { points });
    }
    let base = base.and_then(|text| stream.parsed("rate", &text, parse_rate, mistakes));
    if stream.get("spike").is_some() {
        return spike(stream, base, duration, mistakes);
    }
    base.map(|per_s| Rate::Constant { per_s })
}

fn ramp(
    stream: &mut Table<'_, '_>,
    duration: Duration,
    mistakes: &mut Mistakes<'_>,
) -> Option<Rate> {
    const HINT: &str = "write points, such as [{ at = \"0s\", rate = \"0/s\" }, { at = \"30s\", rate = \"600/s\" }]";
    let value = stream.get("ramp")?;
    let name = format!("{}: ramp", stream.name);
    let Some(list) = value.get_ref().as_array() else {
        mistakes.add(
            &value.span(),
            format!("{name} is not a list of points"),
            HINT,
        );
        return None;
    };
    let mut points: Vec<(Duration, f64)> = Vec::new();
    let mut whole = true;
    for item in list {
        let point = Table::from_value(name.clone(), item, mistakes)
            .and_then(|point| ramp_point(point, &mut points, duration, mistakes));
        whole &= point.is_some();
    }
    if whole && points.iter().all(|(_, rate)| *rate == 0.0) {
        mistakes.add(&value.span(), format!("{name} has no rate above 0"), HINT);
        return None;
    }
    whole.then_some(Rate::Ramp { points })
}

/// Reads one point and adds it to those before it.
fn ramp_point(
    mut point: Table<'_, '_>,
    points: &mut Vec<(Duration, f64)>,
    duration: Duration,
    mistakes: &mut Mistakes<'_>,
) -> Option<()> {
    point.required("at", "say when: at = \"30s\"", mistakes);
    point.required("rate", "say how many: rate = \"600/s\"", mistakes);
    let at = point.duration("at", mistakes);
    let rate = point.rate_or_pause("rate", mistakes);
    let (span, name) = (point.span.clone(), point.name.clone());
    point.deny_unknown(mistakes);
    let at = at?;
    match points.last() {
        None if at > Duration::ZERO => mistakes.add(
            &span,
            format!("{name} begins at {at:?}"),
            "give the rate at \"0s\" first",
        ),
        Some((before, _)) if at < *before => mistakes.add(
            &span,
            format!("{name}: {at:?} is before the point in front of it"),
            "give the points in order",
        ),
        _ => {}
    }
    within(&span, &name, at, duration, mistakes);
    points.push((at, rate?));
    Some(())
}

fn spike(
    stream: &mut Table<'_, '_>,
    base: Option<f64>,
    duration: Duration,
    mistakes: &mut Mistakes<'_>,
) -> Option<Rate> {
    let mut spike = stream.table("spike", mistakes)?;
    for (key, hint) in [
        ("rate", "say how many while it lasts: rate = \"2000/s\""),
        ("at", "say when it begins: at = \"10s\""),
        ("for", "say how long it lasts: for = \"5s\""),
    ] {
        spike.required(key, hint, mistakes);
    }
    let rate = spike.rate_or_pause("rate", mistakes);
    let at = spike.duration("at", mistakes);
    let length = spike.time("for", mistakes);
    let (span, name) = (spike.span.clone(), spike.name.clone());
    spike.deny_unknown(mistakes);
    let (at, length) = (at?, length?);
    within(&span, &name, at.saturating_add(length), duration, mistakes);
    Some(Rate::Spike {
        base_per_s: base?,
        spike_per_s: rate?,
        at,
        length,
    })
}

/// Notes an instant after the end of the stage.
fn within(
    span: &Range<usize>,
    name: &str,
    at: Duration,
    duration: Duration,
    mistakes: &mut Mistakes<'_>,
) {
    if !duration.is_zero() && at > duration {
        mistakes.add(
            span,
            format!("{name}: {at:?} is after the end of the stage"),
            format!("set duration to {at:?}, or end earlier"),
        );
    }
}

fn replay(
    stream: &mut Table<'_, '_>,
    file: &Text<'_>,
    duration: Duration,
    folder: &Path,
    mistakes: &mut Mistakes<'_>,
) -> Option<Process> {
    let speed = stream.number("speed", mistakes);
    if speed.is_some_and(|speed| !(speed > 0.0 && speed.is_finite())) {
        mistakes.add(
            &stream.span_of("speed"),
            format!("{}: speed is not above 0", stream.name),
            "write speed = 2.0 for twice as fast as recorded",
        );
        return None;
    }
    let speed = speed.unwrap_or(1.0);
    // The record names the file, and no value of the environment.
    let recording = Recording::read(&folder.join(&file.value), Path::new(file.written));
    let mut wrong = |mistake: RecordingMistake| {
        let line = mistake
            .line
            .map_or_else(String::new, |line| format!("line {line} "));
        mistakes.add(
            &file.span,
            format!(
                "{}: replay {:?}: {line}{}",
                stream.name, file.written, mistake.what
            ),
            mistake.hint,
        );
    };
    match recording {
        Err(mistake) => {
            wrong(mistake);
            None
        }
        Ok(recording) => {
            if !duration.is_zero() && Replay::new(recording.clone(), speed, duration).count() == 0 {
                wrong(RecordingMistake {
                    line: None,
                    what: "no arrival is due before the end of the stage".to_owned(),
                    hint: "set duration longer, or begin the file at 0",
                });
            }
            Some(Process::Replay { recording, speed })
        }
    }
}

/// Notes that `key` stands beside `other`.
fn deny(stream: &mut Table<'_, '_>, key: &'static str, other: &str, mistakes: &mut Mistakes<'_>) {
    if let Some(value) = stream.get(key) {
        mistakes.add(
            &value.span(),
            format!("{}: {key} beside {other}", stream.name),
            format!("leave one of the two out: {other} says all of when arrivals are due"),
        );
    }
}

/// Notes that `key` stands without `other`.
fn deny_without(
    stream: &mut Table<'_, '_>,
    key: &'static str,
    other: &str,
    mistakes: &mut Mistakes<'_>,
) {
    if let Some(value) = stream.get(key) {
        mistakes.add(
            &value.span(),
            format!("{}: {key} without {other}", stream.name),
            format!("{key} belongs to {other}: add {other}, or leave {key} out"),
        );
    }
}
