//! A part of all: `0.05` or `5%`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Between nothing and all.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Share(f64);

impl Share {
    /// Nothing.
    pub const NONE: Self = Self(0.0);
    /// Everything.
    pub const ALL: Self = Self(1.0);

    /// From 0 to 1.
    pub fn as_f64(self) -> f64 {
        self.0
    }

    /// Whether this one belongs to the part.
    pub(crate) fn takes(self, rng: &mut fastrand::Rng) -> bool {
        rng.f64() < self.0
    }
}

impl FromStr for Share {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("\"{text}\" is no share; write it like 0.05 or 5%");
        let share = match text.strip_suffix('%') {
            Some(percent) => percent.parse::<f64>().map_err(|_| wrong())? / 100.0,
            None => text.parse().map_err(|_| wrong())?,
        };
        Self::try_from(share).map_err(|_| wrong())
    }
}

impl TryFrom<f64> for Share {
    type Error = String;

    fn try_from(share: f64) -> Result<Self, String> {
        if (0.0..=1.0).contains(&share) {
            Ok(Self(share))
        } else {
            Err(format!("{share} is no share: 0 is nothing, 1 is all"))
        }
    }
}

impl From<Share> for f64 {
    fn from(share: Share) -> Self {
        share.0
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_between_nothing_and_all() {
        let check = |text: &str, expected: Option<f64>| {
            let share = text.parse::<Share>().ok().map(Share::as_f64);
            assert_eq!(share, expected, "{text}");
        };
        check("0", Some(0.0));
        check("0.05", Some(0.05));
        check("5%", Some(0.05));
        check("100%", Some(1.0));
        check("1.1", None);
        check("-0.1", None);
        check("101%", None);
        check("NaN", None);
        check("1 %", None);
        check("half", None);
    }
}
