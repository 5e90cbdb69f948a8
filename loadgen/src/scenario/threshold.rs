//! Thresholds at which a run ends before its end: `p99 > 2s for 10s`.

use std::time::Duration;

use super::duration::parse_duration;

const QUANTILES: [(&str, f64); 5] = [
    ("p50", 0.5),
    ("p90", 0.9),
    ("p95", 0.95),
    ("p99", 0.99),
    ("p99.9", 0.999),
];
/// The recorder keeps the seconds of a window in memory.
const LONGEST: Duration = Duration::from_mins(10);
const HINT: &str = "write what must not be, such as \"p99 > 2s for 10s\", \"failed > 5 % for 5s\" or \"in_flight > 5000 for 3s\"";

/// What ends a run when it goes on for a while.
#[derive(Clone, Debug, PartialEq)]
pub struct Threshold {
    /// As it was written.
    pub text: String,
    /// What must not be exceeded.
    pub limit: Limit,
    /// Length of the window in which it is looked for: seconds, from 1 up.
    pub seconds: u64,
}

/// What must not be exceeded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limit {
    /// A quantile of the response time over the arrivals that settle in the window; those that
    /// fail count as slower than every success.
    Quantile {
        /// The quantile, for example 0.99.
        quantile: f64,
        /// The longest that it may be.
        longest: Duration,
    },
    /// Failures among the arrivals that settle in the window, from 0 to 1.
    Failed {
        /// The largest share that there may be.
        share: f64,
    },
    /// Requests in flight in every second of the window, each in the mean over the second.
    InFlight {
        /// The most that there may be.
        most: u64,
    },
}

impl Threshold {
    /// Reads a threshold; the error is what to write instead.
    pub fn parse(text: &str) -> Result<Self, String> {
        let hint = || HINT.to_owned();
        let (measure, rest) = text.split_once('>').ok_or_else(hint)?;
        let (value, window) = rest.split_once(" for ").ok_or_else(hint)?;
        let (measure, value) = (measure.trim(), value.trim());
        let limit = match measure {
            "failed" => Limit::Failed {
                share: share(value)?,
            },
            "in_flight" => Limit::InFlight {
                most: value
                    .replace('_', "")
                    .parse()
                    .map_err(|_| "write a whole number of requests".to_owned())?,
            },
            _ => Limit::Quantile {
                quantile: QUANTILES
                    .iter()
                    .find(|(name, _)| *name == measure)
                    .map(|(_, quantile)| *quantile)
                    .ok_or_else(|| {
                        "there is p50, p90, p95, p99, p99.9, failed and in_flight".to_owned()
                    })?,
                longest: parse_duration(value)?,
            },
        };
        let window = parse_duration(window.trim())?;
        if window.is_zero() || window.subsec_nanos() != 0 || window > LONGEST {
            return Err("write a window of whole seconds, from 1s to 10min".to_owned());
        }
        Ok(Self {
            text: text.trim().to_owned(),
            limit,
            seconds: window.as_secs(),
        })
    }
}

fn share(text: &str) -> Result<f64, String> {
    let percent = text
        .strip_suffix('%')
        .and_then(|number| number.trim().parse::<f64>().ok())
        .filter(|percent| (0.0..100.0).contains(percent));
    percent
        .map(|percent| percent / 100.0)
        .ok_or_else(|| "write a share from 0 % to below 100 %, such as \"5 %\"".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_as_people_write_them() {
        let quantile = |quantile, ms| Limit::Quantile {
            quantile,
            longest: Duration::from_millis(ms),
        };
        for (text, limit, seconds) in [
            ("p99 > 2s for 10s", quantile(0.99, 2_000), 10),
            ("p99.9>250ms for 1min", quantile(0.999, 250), 60),
            ("failed > 5 % for 5s", Limit::Failed { share: 0.05 }, 5),
            ("failed > 0% for 1s", Limit::Failed { share: 0.0 }, 1),
            (
                "in_flight > 5_000 for 3s",
                Limit::InFlight { most: 5_000 },
                3,
            ),
        ] {
            let threshold = Threshold::parse(text).unwrap();
            assert_eq!(
                (threshold.limit, threshold.seconds),
                (limit, seconds),
                "{text}"
            );
        }
        for text in [
            "",
            "p99 < 2s for 10s",
            "p99 > 2s",
            "p98 > 2s for 10s",
            "p99 > 2 for 10s",
            "failed > 5 for 5s",
            "failed > 100 % for 5s",
            "in_flight > many for 3s",
            "p99 > 2s for 0s",
            "p99 > 2s for 1500ms",
            "p99 > 2s for 1h",
        ] {
            assert!(Threshold::parse(text).is_err(), "{text}");
        }
    }
}
