//! `[[stages]]`: spans of load and the streams in them.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use super::super::mistake::Mistakes;
use super::super::reshape::default_in_flight;
use super::super::suggestion::suggestion;
use super::super::table::{Table, whole};
use super::super::{Load, Stage, Stream};
use super::action::Placed;
use super::closed::closed;
use super::session::PlacedSession;
use super::{abort_when, check_slug, process, tables};

const HOW_TO_ADD: &str = "add [[stages]] with name, duration and [[stages.streams]]";
const DEFAULT_GRACE: Duration = Duration::from_secs(10);

/// What a mix may name.
pub(super) struct Mixable<'a> {
    /// Actions, then sessions.
    names: Vec<&'a str>,
    /// The pauses of each in the mean.
    mean_pauses: Vec<Duration>,
}

impl<'a> Mixable<'a> {
    pub(super) fn new(actions: &'a [Placed], sessions: &'a [PlacedSession]) -> Self {
        let of_actions = actions
            .iter()
            .map(|a| (a.action.name.as_str(), Duration::ZERO));
        let sessions = sessions.iter().map(|s| &s.session);
        let of_sessions = sessions.map(|s| (s.name.as_str(), s.mean_pause()));
        let (names, mean_pauses) = of_actions.chain(of_sessions).unzip();
        Self { names, mean_pauses }
    }

    /// The pauses of an arrival of `mix`, in the mean.
    fn mean_pause(&self, mix: &[(usize, u64)]) -> Duration {
        let all: u64 = mix.iter().map(|(_, weight)| weight).sum();
        let of = |(index, weight): &(usize, u64)| {
            self.mean_pauses[*index].mul_f64(*weight as f64 / all as f64)
        };
        mix.iter().map(of).sum()
    }

    /// How long what is sent last may still be sent: sessions have to come to their end.
    fn default_grace(&self, streams: &[Stream]) -> Duration {
        let mixed = streams.iter().flat_map(|stream| &stream.mix);
        let longest = mixed.map(|(index, _)| self.mean_pauses[*index]).max();
        DEFAULT_GRACE + 2 * longest.unwrap_or_default()
    }
}

pub(super) fn stages(
    root: &mut Table<'_, '_>,
    folder: &Path,
    mixable: &Mixable<'_>,
    mistakes: &mut Mistakes<'_>,
) -> Vec<Stage> {
    root.required("stages", HOW_TO_ADD, mistakes);
    let tables = tables(root, "stages", "stage", mistakes);
    let array = root.get("stages").and_then(|v| v.get_ref().as_array());
    if array.is_some_and(|stages| stages.is_empty()) {
        let what = format!("{}: stages is empty", root.name);
        mistakes.add(&root.span_of("stages"), what, HOW_TO_ADD);
    }
    let mut names = BTreeSet::new();
    tables
        .into_iter()
        .filter_map(|mut table| {
            let name = name(&mut table, &mut names, mistakes)?;
            table.name = format!("stage {name:?}");
            table.required("duration", "say how long: duration = \"60s\"", mistakes);
            let duration = table.time("duration", mistakes).unwrap_or_default();
            let streams = streams(&mut table, duration, folder, mixable, mistakes);
            let stage = Stage {
                duration,
                grace: table
                    .duration("grace", mistakes)
                    .unwrap_or_else(|| mixable.default_grace(&streams)),
                warmup: table.duration("warmup", mistakes).unwrap_or_default(),
                judged: table.boolean("judged", mistakes).unwrap_or(true),
                abort_when: abort_when(&mut table, mistakes),
                streams,
                name,
            };
            if stage.duration > Duration::ZERO && stage.warmup >= stage.duration {
                mistakes.add(
                    &table.span_of("warmup"),
                    format!("{}: all of it is warm-up", table.name),
                    "set warmup shorter than duration, or judged = false",
                );
            }
            table.deny_unknown(mistakes);
            Some(stage)
        })
        .collect()
}

fn streams(
    stage: &mut Table<'_, '_>,
    duration: Duration,
    folder: &Path,
    mixable: &Mixable<'_>,
    mistakes: &mut Mistakes<'_>,
) -> Vec<Stream> {
    let mut names = BTreeSet::new();
    let tables = tables(stage, "streams", "stream", mistakes);
    if tables.is_empty() {
        mistakes.add(
            &stage.span,
            format!("{} has no stream", stage.name),
            "add [[stages.streams]] with name, rate and mix",
        );
    }
    tables
        .into_iter()
        .filter_map(|mut table| {
            let name = name(&mut table, &mut names, mistakes)?;
            table.name = format!("{}: stream {name:?}", stage.name);
            let mix = mix(&mut table, &mixable.names, mistakes);
            let mean_pause = mixable.mean_pause(&mix);
            let load = load(&mut table, duration, mean_pause, folder, mistakes);
            table.deny_unknown(mistakes);
            Some(Stream {
                name,
                load: load?,
                mix,
                mean_pause,
            })
        })
        .collect()
}

/// The open model by an arrival process, the closed one by `users`.
fn load(
    stream: &mut Table<'_, '_>,
    duration: Duration,
    mean_pause: Duration,
    folder: &Path,
    mistakes: &mut Mistakes<'_>,
) -> Option<Load> {
    if stream.get("users").is_some() {
        let hint = "write how many there are, from 1 up";
        let users = stream.counted("users", hint, mistakes);
        for key in process::KEYS {
            if let Some(value) = stream.get(key) {
                mistakes.add(
                    &value.span(),
                    format!("{}: both {key} and users", stream.name),
                    "write a rate for arrivals, users for users that wait for each response",
                );
            }
        }
        // The rest is read even where their number is a mistake.
        let closed = closed(stream, users.unwrap_or(1), mistakes);
        return Some(Load::Closed(closed));
    }
    for key in ["think", "iterations"] {
        if let Some(value) = stream.get(key) {
            mistakes.add(
                &value.span(),
                format!("{}: {key} without users", stream.name),
                "arrivals at a rate wait for nobody; write users = N for a closed model",
            );
        }
    }
    let process = process::process(stream, duration, folder, mistakes);
    let hint = "write 1 or more, or leave it out";
    let in_flight = stream.counted("max_in_flight", hint, mistakes);
    let process = process?;
    Some(Load::Open {
        max_in_flight: in_flight.map_or_else(
            || default_in_flight(&process, duration, mean_pause),
            |bound| bound as usize,
        ),
        process,
    })
}

fn name(
    table: &mut Table<'_, '_>,
    names: &mut BTreeSet<String>,
    mistakes: &mut Mistakes<'_>,
) -> Option<String> {
    table.required("name", "give it one: name = \"main\"", mistakes)?;
    let (name, span) = table.string("name", mistakes)?;
    check_slug(&table.name, name, &span, mistakes);
    if !names.insert(name.to_owned()) {
        mistakes.add(
            &span,
            format!("a second {} is named {name:?}", table.name),
            "choose another name",
        );
    }
    Some(name.to_owned())
}

fn mix(
    stream: &mut Table<'_, '_>,
    known: &[&str],
    mistakes: &mut Mistakes<'_>,
) -> Vec<(usize, u64)> {
    let hint = "name actions with their weights: mix = { browse = 3, claim = 1 }";
    stream.required("mix", hint, mistakes);
    let Some(mix) = stream.table("mix", mistakes) else {
        return Vec::new();
    };
    let name = &mix.name;
    let mut shares = Vec::new();
    for (key, span, value) in mix.entries() {
        let weight = whole(value).filter(|weight| *weight > 0);
        let index = known.iter().position(|known| *known == key);
        match (index, weight) {
            (Some(index), Some(weight)) => shares.push((index, weight)),
            (None, _) => mistakes.add(
                &span,
                format!("{name}: no action or session {key:?}"),
                suggestion(key, known.iter().copied()),
            ),
            (_, None) => mistakes.add(
                &value.span(),
                format!("{name}: the weight of {key:?} is not a whole number above 0"),
                format!("write {key} = 1 or more, or leave it out"),
            ),
        }
    }
    if mix.entries().next().is_none() {
        mistakes.add(&mix.span, format!("{name} is empty"), hint);
    }
    shares
}
