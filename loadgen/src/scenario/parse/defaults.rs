//! `[defaults]`: settings that actions, stages and streams have unless they say otherwise.
//!
//! They are put into the tables before these are read, so that a setting means the same in both
//! places, and a mistake in a default is told where it stands.

use http::HeaderName;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::super::mistake::Mistakes;
use super::super::table::Table;
use super::action::HEADERS;

type Value<'i> = Spanned<DeValue<'i>>;
type Keyed<'t, 'i> = (&'t Spanned<std::borrow::Cow<'i, str>>, &'t Value<'i>);

/// Puts the defaults of `root` into its actions, stages and streams.
pub(super) fn apply(root: &mut DeTable<'_>, mistakes: &mut Mistakes<'_>) {
    let Some(defaults) = root.remove("defaults") else {
        return;
    };
    let Some(mut table) = Table::from_value("defaults".to_owned(), &defaults, mistakes) else {
        return;
    };
    // One that cannot be read is told once, here, and put nowhere.
    let mut usable = Vec::new();
    usable.extend(table.time("timeout", mistakes).map(|_| "timeout"));
    for key in ["grace", "warmup"] {
        usable.extend(table.duration(key, mistakes).map(|_| key));
    }
    let hint = "write 1 or more, or leave it out";
    let most = table.counted("max_in_flight", hint, mistakes);
    usable.extend(most.map(|_| "max_in_flight"));
    if headers_are_right(&mut table, mistakes) {
        usable.push("headers");
    }
    table.deny_unknown(mistakes);

    let Some(defaults) = defaults.get_ref().as_table() else {
        return;
    };
    let default = |key: &str| {
        let usable = usable.contains(&key);
        usable.then(|| defaults.get_key_value(key)).flatten()
    };
    for action in tables_of(root.get_mut("actions")) {
        put(action, default("timeout"));
        // A gRPC call has none.
        if action.contains_key("http") {
            put_headers(action, default("headers"));
        }
    }
    for stage in tables_in(root.get_mut("stages")) {
        put(stage, default("grace"));
        let judged = stage.get("judged").and_then(|v| v.get_ref().as_bool());
        // Of what is not judged nothing has to be left out.
        if judged != Some(false) {
            put(stage, default("warmup"));
        }
        for stream in tables_in(stage.get_mut("streams")) {
            // Each user of a closed model has one request in flight.
            if !stream.contains_key("users") {
                put(stream, default("max_in_flight"));
            }
        }
    }
}

fn headers_are_right(table: &mut Table<'_, '_>, mistakes: &mut Mistakes<'_>) -> bool {
    let Some(headers) = table.table("headers", mistakes) else {
        return false;
    };
    let mut right = true;
    for (name, span, value) in headers.entries() {
        let fits = HeaderName::from_bytes(name.as_bytes()).is_ok();
        if !fits || value.get_ref().as_str().is_none() {
            let what = format!("{}: {name:?} is not a header with a text", headers.name);
            mistakes.add(&span, what, HEADERS);
            right = false;
        }
    }
    right
}

/// Sets a key that `table` does not have.
fn put<'i>(table: &mut DeTable<'i>, default: Option<Keyed<'_, 'i>>) {
    if let Some((key, value)) = default
        && !table.contains_key(key.get_ref().as_ref())
    {
        table.insert(key.clone(), value.clone());
    }
}

/// Sets the headers that the action does not have; their names have no case.
fn put_headers<'i>(action: &mut DeTable<'i>, default: Option<Keyed<'_, 'i>>) {
    put(action, default);
    let theirs = default.and_then(|(_, value)| value.get_ref().as_table());
    let mine = action.get_mut("headers").map(Spanned::get_mut);
    if let (Some(theirs), Some(DeValue::Table(mine))) = (theirs, mine) {
        for (name, value) in theirs {
            let same = |key: &Spanned<std::borrow::Cow<'_, str>>| {
                key.get_ref().eq_ignore_ascii_case(name.get_ref())
            };
            if !mine.keys().any(same) {
                mine.insert(name.clone(), value.clone());
            }
        }
    }
}

/// The tables inside of a table.
fn tables_of<'t, 'i>(value: Option<&'t mut Value<'i>>) -> Vec<&'t mut DeTable<'i>> {
    match value.map(Spanned::get_mut) {
        Some(DeValue::Table(table)) => table.iter_mut().filter_map(|(_, v)| as_table(v)).collect(),
        _ => Vec::new(),
    }
}

/// The tables inside of an array.
fn tables_in<'t, 'i>(value: Option<&'t mut Value<'i>>) -> Vec<&'t mut DeTable<'i>> {
    match value.map(Spanned::get_mut) {
        Some(DeValue::Array(array)) => array.iter_mut().filter_map(as_table).collect(),
        _ => Vec::new(),
    }
}

fn as_table<'t, 'i>(value: &'t mut Value<'i>) -> Option<&'t mut DeTable<'i>> {
    match value.get_mut() {
        DeValue::Table(table) => Some(table),
        _ => None,
    }
}
