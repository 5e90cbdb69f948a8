//! What an action calls: `http = "GET /path"`, `grpc = "package.Service/Method"` or `code = true`.

use std::ops::Range;

use http::{HeaderName, Method};

use super::super::super::mistake::Mistakes;
use super::super::super::table::{Table, template};
use super::super::super::{Call, Template};
use super::body::{KINDS, body, pairs};
use super::{HEADERS, Surroundings};

pub(super) fn call(
    table: &mut Table<'_, '_>,
    span: &Range<usize>,
    places: &[&str],
    surroundings: &Surroundings<'_>,
    mistakes: &mut Mistakes<'_>,
) -> Option<Call> {
    let http = table.string("http", mistakes);
    let grpc = table.string("grpc", mistakes);
    let code = table.boolean("code", mistakes) == Some(true);
    match (http, grpc, code) {
        (Some((text, at)), None, false) => {
            http_call(table, text, &at, places, surroundings, mistakes)
        }
        (None, Some((text, at)), false) => grpc_call(table, text, &at, places, mistakes),
        (None, None, true) => Some(Call::Code {
            values: pairs(table, "values", places, mistakes),
        }),
        (http, grpc, code) => {
            let called = [
                ("http", http.is_some()),
                ("grpc", grpc.is_some()),
                ("code", code),
            ];
            let called = called.iter().filter(|(_, is)| *is).map(|(name, _)| *name);
            let what = match called.collect::<Vec<_>>().as_slice() {
                [] => "calls nothing".to_owned(),
                [a, b] => format!("calls both {a} and {b}"),
                all => format!("calls {}", all.join(" and ")),
            };
            mistakes.add(
                span,
                format!("{} {what}", table.name),
                "write http = \"METHOD /path\", grpc = \"package.Service/Method\" or code = true",
            );
            for key in [
                "query",
                "headers",
                "redirects",
                "metadata",
                "message",
                "values",
            ] {
                table.get(key);
            }
            for key in KINDS {
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
    surroundings: &Surroundings<'_>,
    mistakes: &mut Mistakes<'_>,
) -> Option<Call> {
    let body = body(table, places, surroundings, mistakes);
    let query = pairs(table, "query", places, mistakes);
    let headers = headers(table, "headers", places, mistakes);
    let redirects = table.whole("redirects", mistakes);
    let name = format!("{}: http", table.name);
    let (method, path) = text.split_once(' ').unwrap_or(("", text));
    let method = Method::from_bytes(method.as_bytes()).ok();
    let (Some(method), true) = (method, path.trim_start().starts_with('/')) else {
        mistakes.add(
            at,
            format!("{name} {text:?} cannot be read"),
            "write method and path, such as \"GET /v1/challenges\"",
        );
        return None;
    };
    Some(Call::Http {
        method,
        path: template(&name, path.trim_start(), at, places, mistakes)?,
        query,
        headers,
        body,
        redirects: redirects.unwrap_or(surroundings.http.redirects),
    })
}

fn headers(
    table: &mut Table<'_, '_>,
    key: &'static str,
    places: &[&str],
    mistakes: &mut Mistakes<'_>,
) -> Vec<(HeaderName, Template)> {
    let Some(headers) = table.table(key, mistakes) else {
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
                    HEADERS,
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
    let hint = "write the JSON form of the request: message = '{}'";
    table.required("message", hint, mistakes);
    let message = table.template("message", places, mistakes);
    let metadata = headers(table, "metadata", places, mistakes);
    let Some((service, method)) = text.split_once('/') else {
        mistakes.add(
            at,
            format!("{}: grpc {text:?} cannot be read", table.name),
            "write service and method, such as \"package.Service/Method\"",
        );
        return None;
    };
    Some(Call::Grpc {
        service: service.to_owned(),
        method: method.to_owned(),
        metadata,
        message: message?,
    })
}
