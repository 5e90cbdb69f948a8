//! `users = N` in a stream: the closed model.

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
        .and_then(|value| think(&stream.name, "think", value, mistakes));
    let hint = "write 1 or more, or leave it out: users then go on until the stage ends";
    let iterations = stream.counted("iterations", hint, mistakes);
    ClosedLoad {
        users: users as usize,
        think: think.unwrap_or(Think::Fixed(Duration::ZERO)),
        iterations,
    }
}

/// `"1s"`, `{ uniform = ["1s", "3s"] }` or `{ exponential = "2s" }`.
pub(super) fn think(
    table: &str,
    key: &str,
    value: Value<'_, '_>,
    mistakes: &mut Mistakes<'_>,
) -> Option<Think> {
    let read = || {
        if let Some(text) = value.get_ref().as_str() {
            return parse_duration(text).ok().map(Think::Fixed);
        }
        let table = value.get_ref().as_table()?;
        let (key, value) = table.iter().next().filter(|_| table.len() == 1)?;
        match key.get_ref().as_ref() {
            "exponential" => {
                let mean = parse_duration(value.get_ref().as_str()?).ok()?;
                Some(Think::Exponential(mean))
            }
            "uniform" => {
                let bounds = value.get_ref().as_array()?.iter();
                let bounds: Vec<Duration> = bounds
                    .filter_map(|bound| parse_duration(bound.get_ref().as_str()?).ok())
                    .collect();
                let &[from, to] = &bounds[..] else {
                    return None;
                };
                (from <= to).then_some(Think::Uniform(from, to))
            }
            _ => None,
        }
    };
    let think = read();
    if think.is_none() {
        mistakes.add(
            &value.span(),
            format!("{table}: {key} cannot be read"),
            "write \"1s\", { uniform = [\"1s\", \"3s\"] } or { exponential = \"2s\" }",
        );
    }
    think
}
