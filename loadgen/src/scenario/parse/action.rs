//! `[actions.NAME]`: one kind of request.

use std::ops::Range;
use std::time::Duration;

use http::{HeaderName, Method};

use super::super::mistake::Mistakes;
use super::super::table::{Table, template, whole};
use super::super::{Action, Call, Template, UserPick};
use super::check_slug;

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// An action and where it stands in the file.
pub(super) struct Placed {
    pub(super) action: Action,
    pub(super) span: Range<usize>,
    pub(super) takes_each_user: bool,
}

pub(super) fn actions(
    root: &mut Table<'_, '_>,
    has_users: bool,
    mistakes: &mut Mistakes<'_>,
) -> Vec<Placed> {
    let Some(value) = root.required("actions", mistakes) else {
        return Vec::new();
    };
    let Some(table) = Table::from_value("actions".to_owned(), value, mistakes) else {
        return Vec::new();
    };
    table
        .entries()
        .filter_map(|(name, span, value)| {
            check_slug("action", name, &span, mistakes);
            let table = Table::from_value(format!("action {name:?}"), value, mistakes)?;
            Some(action(name, span, table, has_users, mistakes))
        })
        .collect()
}

fn action(
    name: &str,
    span: Range<usize>,
    mut table: Table<'_, '_>,
    has_users: bool,
    mistakes: &mut Mistakes<'_>,
) -> Placed {
    let draws = draws(&mut table, mistakes);
    let mut places = vec!["ordinal", "run"];
    if has_users {
        places.push("user");
    }
    places.extend(draws.iter().map(|(name, _, _)| name.as_str()));

    let call = call(&mut table, &span, &places, mistakes);
    let user = table.string("user", mistakes);
    let pick = match user.as_ref().map(|(text, _)| *text) {
        Some("each") => UserPick::Each,
        None | Some("any") => UserPick::Any,
        Some(other) => {
            let what = format!("{}: user {other:?}", table.name);
            let span = user.as_ref().map_or(0..0, |(_, span)| span.clone());
            mistakes.add_with_hint(
                &span,
                what,
                "write \"each\" (every user once) or \"any\" (a draw for each arrival)",
            );
            UserPick::Any
        }
    };
    if let (Some((_, span)), false) = (&user, has_users) {
        let what = format!("{}: user is set, the scenario has no [users]", table.name);
        mistakes.add_with_hint(span, what, "add [users] with count and id");
    }
    let timeout = table
        .duration("timeout", mistakes)
        .unwrap_or(DEFAULT_TIMEOUT);
    let targets = targets(&mut table, mistakes);
    table.deny_unknown(mistakes);
    Placed {
        action: Action {
            name: name.to_owned(),
            // The mistake is noted; the name must stay known to the mixes.
            call: call.unwrap_or(Call::Http {
                method: Method::GET,
                path: Template::default(),
                headers: Vec::new(),
                json: None,
            }),
            user: pick,
            draws,
            timeout,
            targets,
        },
        span,
        takes_each_user: pick == UserPick::Each,
    }
}

fn call(
    table: &mut Table<'_, '_>,
    span: &Range<usize>,
    places: &[&str],
    mistakes: &mut Mistakes<'_>,
) -> Option<Call> {
    let http = table.string("http", mistakes);
    let grpc = table.string("grpc", mistakes);
    match (http, grpc) {
        (Some((text, at)), None) => http_call(table, text, &at, places, mistakes),
        (None, Some((text, at))) => grpc_call(table, text, &at, places, mistakes),
        (both, _) => {
            let what = if both.is_some() {
                "calls both http and grpc"
            } else {
                "calls nothing"
            };
            mistakes.add_with_hint(
                span,
                format!("{} {what}", table.name),
                "write http = \"METHOD /path\" or grpc = \"package.Service/Method\"",
            );
            for key in ["headers", "json", "message"] {
                table.get(key);
            }
            None
        }
    }
}

fn http_call(
    table: &mut Table<'_, '_>,
    text: &str,
    at: &Range<usize>,
    places: &[&str],
    mistakes: &mut Mistakes<'_>,
) -> Option<Call> {
    let json = table.template("json", places, mistakes);
    let headers = headers(table, places, mistakes);
    let name = format!("{}: http", table.name);
    let (method, path) = text.split_once(' ').unwrap_or(("", text));
    let method = Method::from_bytes(method.as_bytes()).ok();
    let (Some(method), true) = (method, path.trim_start().starts_with('/')) else {
        mistakes.add_with_hint(
            at,
            format!("{name} {text:?} cannot be read"),
            "write method and path, such as \"GET /v1/challenges\"",
        );
        return None;
    };
    Some(Call::Http {
        method,
        path: template(&name, path.trim_start(), at, places, mistakes)?,
        headers,
        json,
    })
}

fn headers(
    table: &mut Table<'_, '_>,
    places: &[&str],
    mistakes: &mut Mistakes<'_>,
) -> Vec<(HeaderName, Template)> {
    let Some(headers) = table.table("headers", mistakes) else {
        return Vec::new();
    };
    let name = &headers.name;
    headers
        .entries()
        .filter_map(|(key, span, value)| {
            let header = HeaderName::from_bytes(key.as_bytes()).ok();
            let text = value.get_ref().as_str();
            let (Some(header), Some(text)) = (header, text) else {
                mistakes.add(
                    &span,
                    format!("{name}: {key:?} is not a header with a text"),
                );
                return None;
            };
            Some((
                header,
                template(name, text, &value.span(), places, mistakes)?,
            ))
        })
        .collect()
}

fn grpc_call(
    table: &mut Table<'_, '_>,
    text: &str,
    at: &Range<usize>,
    places: &[&str],
    mistakes: &mut Mistakes<'_>,
) -> Option<Call> {
    table.required("message", mistakes);
    let message = table.template("message", places, mistakes);
    let Some((service, method)) = text.split_once('/') else {
        mistakes.add_with_hint(
            at,
            format!("{}: grpc {text:?} cannot be read", table.name),
            "write service and method, such as \"package.Service/Method\"",
        );
        return None;
    };
    Some(Call::Grpc {
        service: service.to_owned(),
        method: method.to_owned(),
        message: message?,
    })
}

fn draws(table: &mut Table<'_, '_>, mistakes: &mut Mistakes<'_>) -> Vec<(String, u64, u64)> {
    let Some(draws) = table.table("draw", mistakes) else {
        return Vec::new();
    };
    let name = &draws.name;
    draws
        .entries()
        .filter_map(|(key, _, value)| {
            let range = value.get_ref().as_array().and_then(|range| {
                let bounds: Vec<u64> = range.iter().filter_map(whole).collect();
                (range.len() == 2 && bounds.len() == 2 && bounds[0] <= bounds[1]).then_some(bounds)
            });
            if let Some(bounds) = range {
                return Some((key.to_owned(), bounds[0], bounds[1]));
            }
            mistakes.add_with_hint(
                &value.span(),
                format!("{name}: {key} is not a range of whole numbers"),
                format!("write the first and the last, such as {key} = [1, 50]"),
            );
            None
        })
        .collect()
}

fn targets(table: &mut Table<'_, '_>, mistakes: &mut Mistakes<'_>) -> Vec<(f64, Duration)> {
    const QUANTILES: [(&str, f64); 5] = [
        ("p50", 0.5),
        ("p90", 0.9),
        ("p95", 0.95),
        ("p99", 0.99),
        ("p99.9", 0.999),
    ];
    let Some(mut targets) = table.table("targets", mistakes) else {
        return Vec::new();
    };
    let found = QUANTILES
        .into_iter()
        .filter_map(|(key, quantile)| Some((quantile, targets.duration(key, mistakes)?)))
        .collect();
    targets.deny_unknown(mistakes);
    found
}
