//! How long something takes: a distribution that the command line and the admin addresses can name.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::span;

/// The 99th percentile of the standard normal distribution.
const Z_99: f64 = 2.326_347_874_040_841;

/// No draw is longer: a wide log-normal has a tail of hours.
const LONGEST_S: f64 = 600.0;

/// A distribution of lengths of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum LatencyLaw {
    /// `100ms`: always the same.
    Fixed(Duration),
    /// `50ms..200ms`: evenly spread between the two.
    Uniform {
        /// The shortest.
        min: Duration,
        /// The longest.
        max: Duration,
    },
    /// `exp:100ms`: exponential, as the times between independent events.
    Exponential {
        /// The mean.
        mean: Duration,
    },
    /// `lognormal:80ms:400ms`: what services under a steady load look like.
    LogNormal {
        /// Half are shorter.
        median: Duration,
        /// One in a hundred is longer.
        p99: Duration,
    },
}

impl LatencyLaw {
    /// One length of time, at most ten minutes.
    pub(crate) fn draw(&self, rng: &mut fastrand::Rng) -> Duration {
        let seconds = match *self {
            Self::Fixed(span) => return span,
            Self::Uniform { min, max } => {
                let (min, max) = (min.as_secs_f64(), max.as_secs_f64());
                min + (max - min) * rng.f64()
            }
            // 1 - u is above zero, so that its logarithm is finite.
            Self::Exponential { mean } => -mean.as_secs_f64() * (1.0 - rng.f64()).ln(),
            Self::LogNormal { median, p99 } => {
                let (median, p99) = (median.as_secs_f64(), p99.as_secs_f64());
                let sigma = (p99 / median).ln() / Z_99;
                median * (sigma * standard_normal(rng)).exp()
            }
        };
        Duration::from_secs_f64(seconds.clamp(0.0, LONGEST_S))
    }
}

/// Box & Muller, A note on the generation of random normal deviates, 1958.
fn standard_normal(rng: &mut fastrand::Rng) -> f64 {
    let radius = (-2.0 * (1.0 - rng.f64()).ln()).sqrt();
    radius * (std::f64::consts::TAU * rng.f64()).cos()
}

impl FromStr for LatencyLaw {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(mean) = text.strip_prefix("exp:") {
            let mean = span::parse(mean)?;
            return Ok(Self::Exponential { mean });
        }
        if let Some(points) = text.strip_prefix("lognormal:") {
            let Some((median, p99)) = points.split_once(':') else {
                return Err(format!(
                    "\"{text}\" lacks a point; write lognormal:MEDIAN:P99, like lognormal:80ms:400ms"
                ));
            };
            let (median, p99) = (span::parse(median)?, span::parse(p99)?);
            if median.is_zero() || median > p99 {
                return Err(format!(
                    "\"{text}\": the median must be above zero and not above the p99"
                ));
            }
            return Ok(Self::LogNormal { median, p99 });
        }
        if let Some((min, max)) = text.split_once("..") {
            let (min, max) = (span::parse(min)?, span::parse(max)?);
            if min > max {
                return Err(format!("\"{text}\": the shortest time comes first"));
            }
            return Ok(Self::Uniform { min, max });
        }
        span::parse(text).map(Self::Fixed).map_err(|error| {
            format!("{error}; or write 50ms..200ms, exp:100ms or lognormal:80ms:400ms")
        })
    }
}

impl fmt::Display for LatencyLaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let show = |span: &Duration| span::text(*span);
        match self {
            Self::Fixed(span) => f.write_str(&show(span)),
            Self::Uniform { min, max } => write!(f, "{}..{}", show(min), show(max)),
            Self::Exponential { mean } => write!(f, "exp:{}", show(mean)),
            Self::LogNormal { median, p99 } => {
                write!(f, "lognormal:{}:{}", show(median), show(p99))
            }
        }
    }
}

impl TryFrom<String> for LatencyLaw {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<LatencyLaw> for String {
    fn from(law: LatencyLaw) -> Self {
        law.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::Chance;

    #[test]
    fn a_law_reads_as_it_is_written() {
        for text in [
            "0s",
            "100ms",
            "50ms..200ms",
            "exp:100ms",
            "lognormal:80ms:400ms",
            "1s500ms",
            "250us",
        ] {
            let law: LatencyLaw = text.parse().unwrap();
            assert_eq!(law.to_string(), text);
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let check = |text: &str, expected: &str| {
            let error = text.parse::<LatencyLaw>().unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        };
        check("fast", "50ms..200ms");
        check("200ms..50ms", "shortest time comes first");
        check("50ms..", "no length of time");
        check("exp:", "no length of time");
        check("lognormal:80ms", "lognormal:MEDIAN:P99");
        check("lognormal:400ms:80ms", "not above the p99");
        check("lognormal:0s:80ms", "above zero");
    }

    /// Quantiles of 20,000 seeded draws, each within 5 %.
    #[test]
    fn draws_follow_the_law() {
        let check = |text: &str, expected_ms: [(f64, f64); 2]| {
            let law: LatencyLaw = text.parse().unwrap();
            let chance = Chance::new(7);
            let mut draws: Vec<_> = (0..20_000).map(|_| law.draw(&mut chance.next())).collect();
            draws.sort();
            for (quantile, expected) in expected_ms {
                let rank = (quantile * 20_000.0) as usize;
                let found = draws[rank].as_secs_f64() * 1000.0;
                assert!(
                    (found / expected - 1.0).abs() < 0.05,
                    "{text}: {quantile} is {found}, not {expected}"
                );
            }
        };
        check("100ms", [(0.0, 100.0), (0.999, 100.0)]);
        check("50ms..200ms", [(0.0, 50.0), (0.5, 125.0)]);
        // Quantile p of the exponential distribution: -mean ln(1 - p).
        check("exp:100ms", [(0.5, 69.3), (0.95, 299.6)]);
        check("lognormal:80ms:400ms", [(0.5, 80.0), (0.99, 400.0)]);
    }
}
