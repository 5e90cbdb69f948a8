//! Lengths of time on the command line: `50ms`, `2s`.

use std::time::Duration;

/// Parses a length of time with its unit.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    text.parse::<jiff::SignedDuration>()
        .ok()
        .and_then(|span| Duration::try_from(span).ok())
        .ok_or_else(|| format!("\"{text}\" is no length of time; write it like 50ms or 2s"))
}

/// Writes a length of time so that [`parse`] reads it.
pub(crate) fn text(span: Duration) -> String {
    // Debug has the units of `parse`, but one: "µs" is read too.
    format!("{span:?}")
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

    #[test]
    fn what_is_written_is_read_again() {
        for nanos in [
            0,
            1,
            1_500,
            2_000_000,
            2_500_000,
            90_000_000_000,
            1_000_000_001,
        ] {
            let span = Duration::from_nanos(nanos);
            assert_eq!(parse(&text(span)), Ok(span));
        }
    }
}
