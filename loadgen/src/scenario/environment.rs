//! `${env:NAME}` and `${env:NAME:-default}`: texts that a scenario takes from the environment.
//!
//! What a variable holds may be a secret: it is sent and nothing else. Records, messages and
//! `Debug` show the place as it is written.

use super::place_error::PlaceError;

/// How such a place begins, inside of `${` and `}`.
const PREFIX: &str = "env:";

/// What the place `${inside}` stands for; `None` where it is no place of the environment. The error
/// is what is wrong with it.
pub(super) fn value(inside: &str) -> Option<Result<String, PlaceError>> {
    let inside = inside.strip_prefix(PREFIX)?;
    let (name, default) = match inside.split_once(":-") {
        Some((name, default)) => (name, Some(default)),
        None => (inside, None),
    };
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.is_empty() || !name.chars().all(fits) {
        return Some(Err(PlaceError {
            what: format!("${{{PREFIX}{inside}}} cannot be read"),
            hint: "write ${env:NAME} or ${env:NAME:-default}".to_owned(),
        }));
    }
    let value = match (std::env::var(name), default) {
        (Ok(value), _) => Ok(value),
        (Err(std::env::VarError::NotPresent), Some(default)) => Ok(default.to_owned()),
        (Err(std::env::VarError::NotPresent), None) => Err(PlaceError {
            what: format!("the environment has no {name}"),
            hint: format!("set it, or give a default: ${{env:{name}:-default}}"),
        }),
        (Err(std::env::VarError::NotUnicode(_)), _) => Err(PlaceError {
            what: format!("what the environment has in {name} is not UTF-8"),
            hint: "set it to a text".to_owned(),
        }),
    };
    Some(value)
}

/// `text` with its places of the environment filled; other places stay.
pub(super) fn fill(text: &str) -> Result<String, PlaceError> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("${env:") {
        filled.push_str(&rest[..start]);
        let inside = &rest[start + 2..];
        let Some(end) = inside.find('}') else {
            return Err(PlaceError::open(&rest[start..]));
        };
        if let Some(value) = value(&inside[..end]) {
            filled.push_str(&value?);
        }
        rest = &inside[end + 1..];
    }
    filled.push_str(rest);
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cargo sets this one for every test.
    const SET: &str = "CARGO_PKG_NAME";

    #[test]
    fn places_are_filled_from_the_environment() {
        for (text, want) in [
            ("plain ${user}", "plain ${user}"),
            ("${env:CARGO_PKG_NAME}", "brunt-loadgen"),
            ("a ${env:CARGO_PKG_NAME:-x} b", "a brunt-loadgen b"),
            (
                "http://${env:BRUNT_NOT_SET:-127.0.0.1}:${env:BRUNT_NOT_SET:-80}",
                "http://127.0.0.1:80",
            ),
            ("${env:BRUNT_NOT_SET:-}", ""),
        ] {
            assert_eq!(fill(text), Ok(want.to_owned()), "{text}");
        }
        assert!(std::env::var(SET).is_ok());
    }

    #[test]
    fn what_is_missing_is_named() {
        let missing = fill("${env:BRUNT_NOT_SET}").unwrap_err();
        assert!(missing.what.contains("BRUNT_NOT_SET"), "{missing}");
        for text in ["${env:}", "${env:A B}", "${env:A", "${env::-x}"] {
            assert!(fill(text).is_err(), "{text}");
        }
    }
}
