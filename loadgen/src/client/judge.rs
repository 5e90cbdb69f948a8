//! Is a response a success?

use http::header::CONTENT_TYPE;
use serde_json::Value;
use tonic::Code;

use super::extract::kind;
use super::failure::Failure;
use super::response::{Response, Status};
use crate::scenario::{Checks, Expected, Statuses, code_slug};

/// The first check that does not hold is the failure.
///
/// Messages say what was expected and of which kind the found is, never the found itself.
pub(super) fn judge(checks: &Checks, response: &Response) -> Result<(), Failure> {
    status(checks, response)?;
    size(checks, response)?;
    headers(checks, response)?;
    body(checks, response)?;
    json(checks, response)
}

fn status(checks: &Checks, response: &Response) -> Result<(), Failure> {
    match &response.status {
        Status::Done => Ok(()),
        Status::Http(status) => match &checks.status {
            Some(wanted) => http_status(wanted, *status),
            None if status.is_success() => Ok(()),
            None => Err(Failure::new(
                format!("http-{}", status.as_u16()),
                match problem_code(response) {
                    Some(code) => format!("HTTP {status}: {code}"),
                    None => format!("HTTP {status}"),
                },
            )),
        },
        Status::Grpc { code, message } => match &checks.codes {
            Some(wanted) => grpc_code(wanted, *code),
            None if *code == Code::Ok => Ok(()),
            None => Err(Failure::grpc(*code, message)),
        },
    }
}

fn http_status(wanted: &Statuses, status: http::StatusCode) -> Result<(), Failure> {
    if wanted.contains(status) {
        return Ok(());
    }
    let message = format!("expected HTTP {wanted}, got {status}");
    Err(Failure::new("check-status", message))
}

fn grpc_code(wanted: &[Code], code: Code) -> Result<(), Failure> {
    if wanted.contains(&code) {
        return Ok(());
    }
    let names: Vec<_> = wanted.iter().map(|code| code_slug(*code)).collect();
    let (wanted, got) = (names.join(" or "), code_slug(code));
    Err(Failure::new(
        "check-code",
        format!("expected gRPC {wanted}, got {got}"),
    ))
}

fn size(checks: &Checks, response: &Response) -> Result<(), Failure> {
    let bytes = response.bytes_sent;
    let bound = match (checks.min_bytes, checks.max_bytes) {
        (Some(min), _) if bytes < min => format!("at least {min}"),
        (_, Some(max)) if bytes > max => format!("at most {max}"),
        _ => return Ok(()),
    };
    Err(Failure::new(
        "check-size",
        format!("expected a body of {bound} bytes, got {bytes}"),
    ))
}

fn headers(checks: &Checks, response: &Response) -> Result<(), Failure> {
    for (name, expected) in &checks.headers {
        let mut values = response.headers.get_all(name).iter().peekable();
        let there = values.peek().is_some();
        let message = match (expected, there) {
            (Expected::Absent, true) => format!("expected no header {name}, there is one"),
            (Expected::Present | Expected::Equal(_), false) => {
                format!("expected header {name}, there is none")
            }
            (Expected::Equal(wanted), true) if !values.any(|v| v == wanted.as_str()) => {
                format!("expected header {name} to be {wanted:?}, it is not")
            }
            _ => continue,
        };
        return Err(Failure::new("check-header", message));
    }
    Ok(())
}

fn body(checks: &Checks, response: &Response) -> Result<(), Failure> {
    for text in &checks.contains {
        let found = text.is_empty() || contains(response.bytes(), text.as_bytes());
        if !found {
            let message = format!("expected {text:?} in the body, it is not there");
            return Err(Failure::new("check-body", message));
        }
    }
    for pattern in &checks.patterns {
        if !pattern.0.is_match(response.bytes()) {
            let message = format!("expected a match of {} in the body", pattern.0);
            return Err(Failure::new("check-body", message));
        }
    }
    Ok(())
}

fn contains(body: &[u8], text: &[u8]) -> bool {
    memchr::memmem::find(body, text).is_some()
}

fn json(checks: &Checks, response: &Response) -> Result<(), Failure> {
    if checks.json.is_empty() {
        return Ok(());
    }
    let wrong = |message: String| Err(Failure::new("check-json", message));
    let Some(body) = response.json() else {
        return wrong("expected JSON, the body is none".to_owned());
    };
    for (path, expected) in &checks.json {
        let node = path.query(body).first();
        match (expected, node) {
            (Expected::Present, None) => {
                return wrong(format!("expected something at {path}, there is nothing"));
            }
            (Expected::Absent, Some(found)) => {
                return wrong(format!(
                    "expected nothing at {path}, there is {}",
                    kind(found)
                ));
            }
            (Expected::Equal(wanted), None) => {
                return wrong(format!("expected {wanted} at {path}, there is nothing"));
            }
            (Expected::Equal(wanted), Some(found)) if !equal(wanted, found) => {
                let found = if kind(found) == kind(wanted) {
                    format!("another {}", kind(found).trim_start_matches("a "))
                } else {
                    kind(found).to_owned()
                };
                return wrong(format!("expected {wanted} at {path}, there is {found}"));
            }
            (Expected::Present | Expected::Equal(_), Some(_)) | (Expected::Absent, None) => {}
        }
    }
    Ok(())
}

/// 5 and 5.0 are equal.
fn equal(wanted: &Value, found: &Value) -> bool {
    match (wanted, found) {
        (Value::Number(a), Value::Number(b)) if a.is_f64() || b.is_f64() => a
            .as_f64()
            .zip(b.as_f64())
            .is_some_and(|(a, b)| a.total_cmp(&b).is_eq()),
        _ => wanted == found,
    }
}

/// Does the body say in a form of its own why there is no success (RFC 9457)?
pub(super) fn is_problem(headers: &http::HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .is_some_and(|t| t.as_bytes().starts_with(b"application/problem+json"))
}

/// The code or title of a problem document; its detail may quote the request.
fn problem_code(response: &Response) -> Option<String> {
    let problem = is_problem(&response.headers).then(|| response.json())??;
    let text = problem.get("code").or_else(|| problem.get("title"))?;
    text.as_str().map(|code| code.chars().take(80).collect())
}
