//! `users = N` in a stream: the closed model.

use std::ops::Range;
use std::time::Duration;

use super::super::duration::parse_duration;
use super::super::mistake::Mistakes;
use super::super::table::{Table, Value};
use super::super::{ClosedLoad, Think};

/// Reads the rest of a stream of so many `users`.
pub(super) fn closed(
    stream: &mut Table<'_, '_>,
    users: u64,
    mistakes: &mut Mistakes<'_>,
) -> ClosedLoad {
    if let Some(value) = stream.get("max_in_flight") {
        mistakes.add(
            &value.span(),
            format!("{}: max_in_flight beside users", stream.name),
            "remove it: each user has one request in flight",
        );
    }
    let think = stream
        .get("think")
        .and_then(|value| think(stream, "think", value, mistakes));
    let hint = "write 1 or more, or leave it out: users then go on until the stage ends";
    let iterations = stream.counted("iterations", hint, mistakes);
    ClosedLoad {
        users: users as usize,
        think: think.unwrap_or(Think::Fixed(Duration::ZERO)),
        iterations,
    }
}

/// `"1s"`, `{ uniform = ["1s", "3s"] }` or `{ exponential = "2s" }`, as the `key` of `table`.
pub(super) fn think<'t>(
    table: &Table<'t, '_>,
    key: &str,
    value: Value<'t, '_>,
    mistakes: &mut Mistakes<'_>,
) -> Option<Think> {
    let mut hint =
        "write \"1s\", { uniform = [\"1s\", \"3s\"] } or { exponential = \"2s\" }".to_owned();
    let (shape, texts) = shape(value).unwrap_or_default();
    let mut durations = Vec::new();
    for (written, span) in texts {
        // What the environment lacks is a mistake of its own.
        let text = table.filled(key, written, span, mistakes)?;
        hint = text.hint(hint);
        durations.extend(parse_duration(&text.value));
    }
    let think = match (shape, &durations[..]) {
        ("fixed", &[pause]) => Some(Think::Fixed(pause)),
        ("exponential", &[mean]) => Some(Think::Exponential(mean)),
        ("uniform", &[from, to]) if from <= to => Some(Think::Uniform(from, to)),
        _ => None,
    };
    if think.is_none() {
        let what = format!("{}: {key} cannot be read", table.name);
        mistakes.add(&value.span(), what, hint);
    }
    think
}

type Written<'t> = (&'t str, Range<usize>);

/// How pauses are distributed, and the durations that say so.
fn shape<'t>(value: Value<'t, '_>) -> Option<(&'t str, Vec<Written<'t>>)> {
    let text = |value: Value<'t, '_>| Some((value.get_ref().as_str()?, value.span()));
    if let Some(pause) = text(value) {
        return Some(("fixed", vec![pause]));
    }
    let table = value.get_ref().as_table()?;
    let (key, value) = table.iter().next().filter(|_| table.len() == 1)?;
    let texts: Option<Vec<_>> = match value.get_ref().as_array() {
        Some(array) if key.get_ref() == "uniform" => array.iter().map(text).collect(),
        _ => text(value).map(|text| vec![text]),
    };
    Some((key.get_ref().as_ref(), texts?))
}
