//! What is answered, brought into one form for both protocols.

use serde_json::{Value, json};
use tonic::Code;
use tonic::transport::Channel;
use tonic_types::StatusExt;

use crate::ask::Ask;
use crate::support::{Running, grpc, send};

/// What both protocols say, brought into one form.
pub(crate) type Said = Result<Value, Failed>;

/// A failure, and where several things are wrong each of them: goal, code and detail.
#[derive(Debug, PartialEq)]
pub(crate) struct Failed {
    pub(crate) code: String,
    detail: String,
    parts: Vec<[String; 3]>,
}

pub(crate) async fn over_rest(service: &Running, user: Option<&str>, ask: Ask) -> (Said, u16) {
    let (method, path, body) = ask.rest();
    let url = format!("http://{}{path}", service.addresses.http);
    let headers: Vec<_> = user.map(|user| ("x-mock-user", user)).into_iter().collect();
    let answer = send(method, &url, &headers, body.as_ref()).await;
    let said = if answer.status == 200 {
        Ok(plain(answer.json()))
    } else {
        let (_, code) = answer.problem();
        let body = answer.json();
        let part = |part: &Value| {
            ["goalId", "code", "detail"].map(|field| part[field].as_str().unwrap().to_owned())
        };
        let parts = body["errors"].as_array();
        Err(Failed {
            code,
            detail: body["detail"].as_str().unwrap().to_owned(),
            parts: parts.map_or_else(Vec::new, |parts| parts.iter().map(part).collect()),
        })
    };
    (said, answer.status)
}

pub(crate) async fn over_grpc(channel: &Channel, user: Option<&str>, ask: Ask) -> (Said, Code) {
    let (method, request) = ask.grpc();
    match grpc::call(channel, user, method, &request).await {
        Ok(message) => (Ok(plain(message)), Code::Ok),
        Err(status) => {
            let details = status.get_error_details();
            let violations = details.precondition_failure();
            let violations = violations.map_or(&[][..], |failure| &failure.violations);
            let parts = violations.iter().cloned();
            let failed = Failed {
                code: grpc::reason(&status),
                detail: status.message().to_owned(),
                parts: parts
                    .map(|v| [v.subject, v.r#type, v.description])
                    .collect(),
            };
            (Err(failed), status.code())
        }
    }
}

/// Without what the two spell differently: names of enums, fractions of seconds, absent fields.
fn plain(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .filter(|(name, value)| {
                let is_empty = value.as_array().is_some_and(Vec::is_empty);
                !(value.is_null() || name == "prerequisites" && is_empty)
            })
            .map(|(name, value)| match value.as_str() {
                Some(time) if name.ends_with("At") => {
                    let time: jiff::Timestamp = time.parse().unwrap();
                    (name, json!(time.as_microsecond()))
                }
                _ => (name, plain(value)),
            })
            .collect(),
        Value::Array(items) => items.into_iter().map(plain).collect(),
        Value::String(text) => {
            let prefixes = [
                ("GOAL_STATUS_", "_"),
                ("GOAL_KIND_", "-"),
                ("REWARD_TYPE_", "-"),
                ("ROTATION_KIND_", "_"),
            ];
            let name = prefixes.iter().find_map(|(prefix, joint)| {
                let name = text.strip_prefix(prefix)?;
                Some(name.to_lowercase().replace('_', joint))
            });
            Value::String(name.unwrap_or(text))
        }
        other => other,
    }
}

/// Times only say that there is one: two players never do the same thing at the same time.
pub(crate) fn timeless(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if name.ends_with("At") {
                    *value = json!("(a time)");
                } else {
                    timeless(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(timeless),
        _ => {}
    }
}
