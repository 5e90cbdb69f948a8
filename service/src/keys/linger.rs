//! How long something waits for company.

use std::time::Duration;

use super::value::{Form, Value};

/// A length of time that is never longer than [`Linger::MOST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Linger(Duration);

impl Linger {
    /// Longer, and the wait would be the greater part of an answer that is to come within a few
    /// milliseconds.
    pub const MOST: Duration = Duration::from_millis(5);

    /// That long; none if it is longer than [`Linger::MOST`].
    pub fn new(span: Duration) -> Option<Self> {
        (span <= Self::MOST).then_some(Self(span))
    }

    /// How long.
    pub fn span(self) -> Duration {
        self.0
    }
}

impl Value for Linger {
    fn forms() -> Vec<Form> {
        let meaning = "a length of time up to 5ms, such as 2ms or 500us";
        vec![Form::any("TIME", meaning)]
    }

    fn parse(text: &str) -> Option<Self> {
        Duration::parse(text).and_then(Self::new)
    }

    fn to_toml(&self) -> Option<String> {
        self.0.to_toml()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_waits_longer_than_5_ms() {
        for (text, expected_us) in [
            ("0s", Some(0)),
            ("500us", Some(500)),
            ("5ms", Some(5_000)),
            ("5001us", None),
            ("1s", None),
            ("2", None),
        ] {
            let expected = expected_us.map(|us| Linger(Duration::from_micros(us)));
            assert_eq!(Linger::parse(text), expected, "{text}");
        }
    }
}
