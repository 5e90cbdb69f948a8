//! `[actions.NAME.checks]`: what a response must be like.

use http::HeaderName;
use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::super::super::checks::{code_named, code_names};
use super::super::super::mistake::Mistakes;
use super::super::super::suggestion::suggestion;
use super::super::super::table::{Table, items, whole};
use super::super::super::{Call, Checks, Expected, Pattern, Statuses};
use super::HEADER_NAMES;
use super::extract::json_path;

type Item<'t, 'i> = &'t Spanned<DeValue<'i>>;

pub(super) fn checks(
    table: &mut Table<'_, '_>,
    call: Option<&Call>,
    mistakes: &mut Mistakes<'_>,
) -> Checks {
    let Some(mut table) = table.table("checks", mistakes) else {
        return Checks::default();
    };
    if let Some(Call::Code { .. }) = call {
        mistakes.add(
            &table.span,
            format!("{}: there is no response to check", table.name),
            "the function says what a failure is",
        );
    }
    for (key, hint) in not_for(call) {
        if let Some(value) = table.get(key) {
            let what = format!("{}: {key} does not fit what is called", table.name);
            mistakes.add(&value.span(), what, *hint);
        }
    }
    let (min_bytes, max_bytes) = size(&mut table, mistakes);
    let checks = Checks {
        status: statuses(&mut table, mistakes),
        codes: codes(&mut table, mistakes),
        headers: headers(&mut table, mistakes),
        json: json(&mut table, mistakes),
        contains: texts(&mut table, "contains", mistakes),
        patterns: patterns(&mut table, mistakes),
        min_bytes,
        max_bytes,
    };
    table.deny_unknown(mistakes);
    checks
}

fn not_for(call: Option<&Call>) -> &'static [(&'static str, &'static str)] {
    match call {
        None | Some(Call::Code { .. }) => &[],
        Some(Call::Http { .. }) => &[("code", "gRPC has codes; write status")],
        Some(Call::Grpc { .. }) => &[
            ("status", "HTTP has statuses; write code"),
            ("contains", "look into the message by json"),
            ("regex", "look into the message by json"),
        ],
    }
}

fn statuses(table: &mut Table<'_, '_>, mistakes: &mut Mistakes<'_>) -> Option<Statuses> {
    let value = table.get("status")?;
    let mut ranges = Vec::new();
    for item in items(value) {
        let number = whole(item).and_then(|n| u16::try_from(n).ok());
        let class = item.get_ref().as_str().and_then(|text| {
            let digit = text.strip_suffix("xx")?.parse::<u16>().ok()?;
            Some((digit * 100, digit * 100 + 99))
        });
        let range = number.map(|n| (n, n)).or(class);
        if let Some(range) = range.filter(|(first, last)| *first >= 100 && *last <= 599) {
            ranges.push(range);
        } else {
            mistakes.add(
                &item.span(),
                format!("{}: status cannot be read", table.name),
                "write 200, \"2xx\", or a list of them",
            );
        }
    }
    Some(Statuses(ranges))
}

fn codes(table: &mut Table<'_, '_>, mistakes: &mut Mistakes<'_>) -> Option<Vec<tonic::Code>> {
    table.get("code")?;
    let name = format!("{}: code", table.name);
    let mut codes = Vec::new();
    for (text, span) in table.texts("code", mistakes) {
        match code_named(text) {
            Some(code) => codes.push(code),
            None => mistakes.add(
                &span,
                format!("{name} {text:?} is none of gRPC"),
                suggestion(text, code_names()),
            ),
        }
    }
    Some(codes)
}

fn headers(
    table: &mut Table<'_, '_>,
    mistakes: &mut Mistakes<'_>,
) -> Vec<(HeaderName, Expected<String>)> {
    let text = |value: Item<'_, '_>| value.get_ref().as_str().map(str::to_owned);
    expectations(table, "headers", "a text", text, mistakes)
        .into_iter()
        .filter_map(|(key, span, expected)| {
            let header = HeaderName::from_bytes(key.as_bytes());
            if header.is_err() {
                let what = format!("{}: headers: {key:?} is no header", table.name);
                mistakes.add(&span, what, HEADER_NAMES);
            }
            Some((header.ok()?, expected))
        })
        .collect()
}

fn json(
    table: &mut Table<'_, '_>,
    mistakes: &mut Mistakes<'_>,
) -> Vec<(serde_json_path::JsonPath, Expected<Value>)> {
    let wanted = "a text, a number or true or false";
    expectations(table, "json", wanted, scalar, mistakes)
        .into_iter()
        .filter_map(|(key, span, expected)| match json_path(key) {
            Ok(path) => Some((path, expected)),
            Err(hint) => {
                let what = format!("{}: json: {key:?} cannot be read", table.name);
                mistakes.add(&span, what, hint);
                None
            }
        })
        .collect()
}

fn scalar(value: Item<'_, '_>) -> Option<Value> {
    match value.get_ref() {
        DeValue::String(text) => Some(Value::from(text.as_ref())),
        DeValue::Boolean(boolean) => Some(Value::from(*boolean)),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .ok()
            .map(Value::from),
        DeValue::Float(number) => number.as_str().parse::<f64>().ok().map(Value::from),
        _ => None,
    }
}

type Found<'t, T> = Vec<(&'t str, std::ops::Range<usize>, Expected<T>)>;

/// `["a"]`, `{ a = { exists = true } }` or `{ a = VALUE }`.
fn expectations<'t, 'i, T>(
    table: &mut Table<'t, 'i>,
    key: &'static str,
    wanted: &str,
    read: impl Fn(Item<'t, 'i>) -> Option<T>,
    mistakes: &mut Mistakes<'_>,
) -> Found<'t, T> {
    let Some(value) = table.get(key) else {
        return Vec::new();
    };
    if !value.get_ref().is_table() {
        return table
            .texts(key, mistakes)
            .into_iter()
            .map(|(text, span)| (text, span, Expected::Present))
            .collect();
    }
    let Some(inner) = table.table(key, mistakes) else {
        return Vec::new();
    };
    let name = &inner.name;
    inner
        .entries()
        .filter_map(|(key, span, value)| {
            let expected = match exists(value) {
                Some(true) => Some(Expected::Present),
                Some(false) => Some(Expected::Absent),
                None => read(value).map(Expected::Equal),
            };
            if expected.is_none() {
                mistakes.add(
                    &value.span(),
                    format!("{name}: {key} cannot be read"),
                    format!("write {wanted}, or {{ exists = true }}"),
                );
            }
            Some((key, span, expected?))
        })
        .collect()
}

/// `{ exists = true }`.
fn exists(value: Item<'_, '_>) -> Option<bool> {
    let table: &DeTable<'_> = value.get_ref().as_table()?;
    (table.len() == 1)
        .then(|| table.get("exists"))
        .flatten()?
        .get_ref()
        .as_bool()
}

fn texts(table: &mut Table<'_, '_>, key: &'static str, mistakes: &mut Mistakes<'_>) -> Vec<String> {
    table
        .texts(key, mistakes)
        .into_iter()
        .map(|(text, _)| text.to_owned())
        .collect()
}

fn patterns(table: &mut Table<'_, '_>, mistakes: &mut Mistakes<'_>) -> Vec<Pattern> {
    let name = format!("{}: regex", table.name);
    table
        .texts("regex", mistakes)
        .into_iter()
        .filter_map(|(text, span)| match regex::bytes::Regex::new(text) {
            Ok(regex) => Some(Pattern(regex)),
            Err(error) => {
                // The last line says why; those before it draw the place.
                let why = error.to_string();
                let why = why.lines().last().unwrap_or_default();
                let why = why.trim_start_matches("error: ").to_owned();
                mistakes.add(&span, format!("{name} {text:?} cannot be read"), why);
                None
            }
        })
        .collect()
}

fn size(table: &mut Table<'_, '_>, mistakes: &mut Mistakes<'_>) -> (Option<u64>, Option<u64>) {
    let Some(mut size) = table.table("size", mistakes) else {
        return (None, None);
    };
    let (min, max) = (size.whole("min", mistakes), size.whole("max", mistakes));
    match (min, max) {
        (None, None) => mistakes.add(
            &size.span,
            format!("{} has no bound", size.name),
            "write { min = BYTES, max = BYTES }, or one of them",
        ),
        (Some(min), Some(max)) if min > max => {
            mistakes.add(
                &size.span,
                format!("{}: min is above max", size.name),
                "write the smaller of the two as min",
            );
        }
        _ => {}
    }
    size.deny_unknown(mistakes);
    (min, max)
}
