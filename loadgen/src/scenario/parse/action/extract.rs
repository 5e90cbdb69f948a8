//! `extract = { goal = "$.goals[0].goalId", etag = "header:etag" }`: what a session carries on.

use std::collections::BTreeSet;

use http::HeaderName;
use serde_json_path::JsonPath;

use super::super::super::mistake::Mistakes;
use super::super::super::table::Table;
use super::super::super::{Extract, Source};

/// Names that always mean something else.
const TAKEN: [&str; 3] = ["ordinal", "run", "user"];

/// The names that the actions of `table` extract, read before any action is.
pub(super) fn names<'t>(table: &Table<'t, '_>) -> BTreeSet<&'t str> {
    table
        .entries()
        .filter_map(|(_, _, action)| action.get_ref().as_table()?.get("extract"))
        .filter_map(|extract| extract.get_ref().as_table())
        .flat_map(|extract| extract.keys().map(|name| name.get_ref().as_ref()))
        .collect()
}

pub(super) fn extracts(table: &mut Table<'_, '_>, mistakes: &mut Mistakes<'_>) -> Vec<Extract> {
    let Some(extracts) = table.table("extract", mistakes) else {
        return Vec::new();
    };
    let name = &extracts.name;
    extracts
        .entries()
        .filter_map(|(key, span, value)| {
            if TAKEN.contains(&key) {
                mistakes.add_with_hint(
                    &span,
                    format!("{name}: ${{{key}}} already means something else"),
                    "choose another name",
                );
            }
            let Some(text) = value.get_ref().as_str() else {
                extracts.mistyped(key, value, "a text", mistakes);
                return None;
            };
            match source(text) {
                Ok(from) => Some(Extract {
                    name: key.to_owned(),
                    from,
                }),
                Err(hint) => {
                    let what = format!("{name}: {key} {text:?} cannot be read");
                    mistakes.add_with_hint(&value.span(), what, hint);
                    None
                }
            }
        })
        .collect()
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
