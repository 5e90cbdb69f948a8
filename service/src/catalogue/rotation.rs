//! The `rotation` of a challenge from its table.

use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::mistakes::Found;
use super::table::Table;
use crate::instant::Instant;
use crate::rotation::{Rotation, TimeOfDay, Weekday};

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Daily,
    Weekly,
    Schedule,
}

pub(super) fn read(mut table: Table<'_, '_>, found: &mut Found<'_>) -> Option<Rotation> {
    let kind = table.required::<Kind>("kind", found)?.into_inner();
    // Every key of the kind is read before any of them is missed.
    let rotation = match kind {
        Kind::Daily => time_of_day(&mut table, found).map(|at| Rotation::Daily { at }),
        Kind::Weekly => {
            let weekday = table.required::<Weekday>("weekday", found);
            let at = time_of_day(&mut table, found);
            weekday.zip(at).map(|(weekday, at)| Rotation::Weekly {
                weekday: weekday.into_inner(),
                at,
            })
        }
        Kind::Schedule => Some(Rotation::Schedule(schedule(&mut table, found))),
    };
    table.deny_unknown(found);
    rotation
}

fn time_of_day(table: &mut Table<'_, '_>, found: &mut Found<'_>) -> Option<TimeOfDay> {
    let text = table.required::<String>("at", found)?;
    let at = TimeOfDay::parse(text.get_ref());
    if at.is_none() {
        let what = format!(
            "{}: at: \"{}\" is no time of day; write it like 04:30 (UTC)",
            table.name,
            text.get_ref()
        );
        found.add(&text.span(), what);
    }
    at
}

fn schedule(table: &mut Table<'_, '_>, found: &mut Found<'_>) -> Vec<Instant> {
    let written: Vec<Spanned<Datetime>> = table.values("instants", found);
    if written.is_empty() {
        found.add(&table.span, format!("{} has no instants", table.name));
    }
    let mut instants = Vec::new();
    for datetime in &written {
        let Some(instant) = instant(*datetime.get_ref()) else {
            let what = format!(
                "{}: instants: {} is no instant; write it like 2026-12-01T04:30:00Z",
                table.name,
                datetime.get_ref()
            );
            found.add(&datetime.span(), what);
            continue;
        };
        if instants.last().is_some_and(|last| *last >= instant) {
            let what = format!(
                "{}: instants: {} is not after the one before it",
                table.name,
                datetime.get_ref()
            );
            found.add(&datetime.span(), what);
        }
        instants.push(instant);
    }
    instants
}

/// None for a date or a time without an offset, which is another instant in every place.
fn instant(datetime: Datetime) -> Option<Instant> {
    datetime.offset?;
    let timestamp: jiff::Timestamp = datetime.to_string().parse().ok()?;
    Instant::from_micros(timestamp.as_microsecond())
}
