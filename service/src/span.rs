//! Lengths of time on the command line and in files: `50ms`, `2s`.

use std::time::Duration;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// Parses a length of time with its unit.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    text.parse::<jiff::SignedDuration>()
        .ok()
        .and_then(|span| Duration::try_from(span).ok())
        .ok_or_else(|| format!("\"{text}\" is no length of time; write it like 50ms or 2s"))
}

/// Reads a length of time from a file.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    parse(&String::deserialize(from)?).map_err(D::Error::custom)
}

/// Reads a length of time that must not be longer than 5 ms.
pub(crate) fn deserialize_at_most_5ms<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Duration, D::Error> {
    let span = deserialize(from)?;
    if span > Duration::from_millis(5) {
        return Err(D::Error::custom(format!("{span:?} is longer than 5ms")));
    }
    Ok(span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_needs_a_number_and_a_unit() {
        assert_eq!(parse("50ms"), Ok(Duration::from_millis(50)));
        assert_eq!(parse("2s"), Ok(Duration::from_secs(2)));
        assert_eq!(parse("0s"), Ok(Duration::ZERO));
        for wrong in ["50", "-1s", "ms", ""] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
