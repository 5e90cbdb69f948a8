//! `${env:NAME}` and `${env:NAME:-default}`: texts that a scenario takes from the environment.
//!
//! What a variable holds may be a secret: it is sent and nothing else. Records, messages and
//! `Debug` show the place as it is written.

/// How such a place begins, inside of `${` and `}`.
const PREFIX: &str = "env:";

/// What the place `${inside}` stands for; `None` where it is no place of the environment. The error
/// is what is wrong with it.
pub(super) fn value(inside: &str) -> Option<Result<String, String>> {
    let inside = inside.strip_prefix(PREFIX)?;
    let (name, default) = match inside.split_once(":-") {
        Some((name, default)) => (name, Some(default)),
        None => (inside, None),
    };
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.is_empty() || !name.chars().all(fits) {
        return Some(Err(format!(
            "${{{PREFIX}{inside}}} is not ${{env:NAME}} or ${{env:NAME:-default}}"
        )));
    }
    let value = match (std::env::var(name), default) {
        (Ok(value), _) => Ok(value),
        (Err(std::env::VarError::NotPresent), Some(default)) => Ok(default.to_owned()),
        (Err(std::env::VarError::NotPresent), None) => Err(format!(
            "the environment has no {name}; set it, or give a default: ${{env:{name}:-default}}"
        )),
        (Err(std::env::VarError::NotUnicode(_)), _) => {
            Err(format!("what the environment has in {name} is not UTF-8"))
        }
    };
    Some(value)
}
