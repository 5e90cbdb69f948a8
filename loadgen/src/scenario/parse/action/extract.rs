//! `extract = { goal = "$.goals[0].goalId", etag = "header:etag" }`: what a session carries on; of a
//! function `extract = ["goal", "etag"]`.

use std::collections::BTreeSet;
use std::ops::Range;

use http::HeaderName;
use serde_json_path::JsonPath;

use super::super::super::mistake::Mistakes;
use super::super::super::table::{Table, Value, items};
use super::super::super::wanted::Wanted;
use super::super::super::{Call, Extract, Source};

/// Names that always mean something else.
const TAKEN: [&str; 3] = ["ordinal", "run", "user"];

/// The names that the actions of `table` extract, read before any action is.
pub(super) fn names<'t>(table: &Table<'t, '_>) -> BTreeSet<&'t str> {
    let actions = table.entries();
    actions
        .flat_map(|(_, _, action)| names_of(action))
        .collect()
}

/// The names that one action extracts.
pub(in super::super) fn names_of<'t>(action: Value<'t, '_>) -> Vec<&'t str> {
    let table = action.get_ref().as_table();
    let Some(extract) = table.and_then(|table| table.get("extract")) else {
        return Vec::new();
    };
    match extract.get_ref().as_table() {
        Some(extract) => extract.keys().map(|name| name.get_ref().as_ref()).collect(),
        None => items(extract)
            .into_iter()
            .filter_map(|name| name.get_ref().as_str())
            .collect(),
    }
}

pub(super) fn extracts(
    table: &mut Table<'_, '_>,
    call: Option<&Call>,
    mistakes: &mut Mistakes<'_>,
) -> Vec<Extract> {
    if let Some(Call::Code { .. }) = call {
        return given(table, mistakes);
    }
    let Some(extracts) = table.table("extract", mistakes) else {
        return Vec::new();
    };
    let name = &extracts.name;
    extracts
        .entries()
        .filter_map(|(key, span, value)| {
            deny_taken(name, key, &span, mistakes);
            let Some(text) = value.get_ref().as_str() else {
                extracts.mistyped(key, value, Wanted::Text, mistakes);
                return None;
            };
            match source(text) {
                Ok(from) => Some(Extract {
                    name: key.to_owned(),
                    from,
                }),
                Err(hint) => {
                    let what = format!("{name}: {key} {text:?} cannot be read");
                    mistakes.add(&value.span(), what, hint);
                    None
                }
            }
        })
        .collect()
}

/// What a function gives has no place in a response, only a name.
fn given(table: &mut Table<'_, '_>, mistakes: &mut Mistakes<'_>) -> Vec<Extract> {
    if let Some(value) = table.get("extract")
        && value.get_ref().is_table()
    {
        mistakes.add(
            &value.span(),
            format!("{}: there is no response to extract from", table.name),
            "name what the function gives: extract = [\"token\"]",
        );
        return Vec::new();
    }
    let names = table.texts("extract", mistakes);
    let setting = format!("{}: extract", table.name);
    names
        .into_iter()
        .map(|(name, span)| {
            deny_taken(&setting, name, &span, mistakes);
            Extract {
                name: name.to_owned(),
                from: Source::Given,
            }
        })
        .collect()
}

fn deny_taken(setting: &str, name: &str, span: &Range<usize>, mistakes: &mut Mistakes<'_>) {
    if TAKEN.contains(&name) {
        mistakes.add(
            span,
            format!("{setting}: ${{{name}}} already means something else"),
            "choose another name",
        );
    }
}

/// Reads `$.goals[0].goalId` or `header:etag`; the error is what to write instead.
fn source(text: &str) -> Result<Source, String> {
    if let Some(name) = text.strip_prefix("header:") {
        return HeaderName::from_bytes(name.trim().as_bytes())
            .map(Source::Header)
            .map_err(|_| "write the name of a header, such as \"header:etag\"".to_owned());
    }
    json_path(text)
        .map(Source::Json)
        .map_err(|hint| format!("{hint}; or write \"header:NAME\""))
}

/// Reads a `JSONPath`; the error is what to write instead.
pub(super) fn json_path(text: &str) -> Result<JsonPath, String> {
    if !text.starts_with('$') {
        return Err("write a JSONPath such as \"$.goals[0].id\"".to_owned());
    }
    JsonPath::parse(text).map_err(|e| {
        let place = e.position();
        format!(
            "the JSONPath (RFC 9535) is wrong at character {}: {}",
            place + 1,
            e.message()
        )
    })
}
