//! Values taken from a response, for later requests of the session.

use serde_json::Value;

use super::carried::Carried;
use super::failure::Failure;
use super::response::Response;
use crate::scenario::{Extract, Source};

/// Adds what `extracts` name to `carried`; what is not there is a failure.
///
/// Nothing is carried unless all of it was found.
pub(super) fn extract(
    extracts: &[Extract],
    response: &Response,
    carried: &mut Carried,
) -> Result<(), Failure> {
    let mut found = Vec::with_capacity(extracts.len());
    for extract in extracts {
        let value = value(extract, response)
            .map_err(|why| Failure::new("extract", format!("{}: {why}", extract.name)))?;
        found.push((&extract.name, value));
    }
    for (name, value) in found {
        carried.set(name, value);
    }
    Ok(())
}

fn value(extract: &Extract, response: &Response) -> Result<String, String> {
    match &extract.from {
        Source::Given => {
            let value = response.given(&extract.name).map(str::to_owned);
            value.ok_or_else(|| "the function did not give it".to_owned())
        }
        Source::Header(name) => {
            let value = response.headers.get(name);
            let value = value.ok_or_else(|| format!("the response has no header {name}"))?;
            let text = value.to_str().map(str::to_owned);
            text.map_err(|_| format!("the header {name} is no text"))
        }
        Source::Json(path) => {
            let json = response.json().ok_or("the body is no JSON")?;
            let node = path.query(json).first();
            match node.ok_or_else(|| format!("the body has nothing at {path}"))? {
                Value::String(text) => Ok(text.clone()),
                Value::Number(number) => Ok(number.to_string()),
                Value::Bool(boolean) => Ok(boolean.to_string()),
                other => Err(format!(
                    "the body has {} at {path}, not a text, a number or true or false",
                    kind(other)
                )),
            }
        }
    }
}

/// The kind of a value, with its article.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
