//! What befalls a request: how long it takes, and whether an answer comes at all.

use std::time::Duration;

use http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::latency_law::LatencyLaw;
use crate::share::Share;

/// How the platform behaves; can be changed while it runs.
#[derive(Debug, Clone, PartialEq, clap::Args, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Behaviour {
    /// Time until an answer: 100ms, 50ms..200ms (evenly spread), exp:100ms (mean) or
    /// lognormal:80ms:400ms (median and p99)
    #[arg(
        long,
        value_name = "LAW",
        default_value = "50ms..200ms",
        env = "REWARD_MOCK_LATENCY"
    )]
    pub latency: LatencyLaw,

    /// Share of requests that are refused, with nothing granted: 0.05 or 5%
    #[arg(
        long,
        value_name = "SHARE",
        default_value = "0",
        env = "REWARD_MOCK_FAILURE_RATE"
    )]
    pub failure_rate: Share,

    /// Status of the refused ones
    #[arg(long, value_name = "STATUS", default_value = "503", value_parser = failure_status, env = "REWARD_MOCK_FAILURE_STATUS")]
    pub failure_status: u16,

    /// Share of requests whose reward is granted and whose answer never comes
    #[arg(
        long,
        value_name = "SHARE",
        default_value = "0",
        env = "REWARD_MOCK_HANG_RATE"
    )]
    pub hang_rate: Share,
}

/// What to change; what is absent stays.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Change {
    latency: Option<LatencyLaw>,
    failure_rate: Option<Share>,
    failure_status: Option<u16>,
    hang_rate: Option<Share>,
}

/// How one request ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is answered as it deserves.
    Answered,
    /// It is refused before anything is granted.
    Refused(StatusCode),
    /// What it asks for is done, and it hears nothing.
    Unheard,
}

impl Default for Behaviour {
    /// As recorded: 50 to 200 ms, no failure.
    fn default() -> Self {
        Self {
            latency: LatencyLaw::Uniform {
                min: Duration::from_millis(50),
                max: Duration::from_millis(200),
            },
            failure_rate: Share::NONE,
            failure_status: 503,
            hang_rate: Share::NONE,
        }
    }
}

impl Behaviour {
    /// What is wrong with it, if anything.
    pub(super) fn check(&self) -> Result<(), String> {
        let (failures, hangs) = (self.failure_rate.as_f64(), self.hang_rate.as_f64());
        if failures + hangs > 1.0 {
            return Err(format!(
                "{failures} of the requests fail and {hangs} hang: together more than all"
            ));
        }
        if !(400..600).contains(&self.failure_status) {
            return Err(format!(
                "{} is no status of a failure: 400 to 599",
                self.failure_status
            ));
        }
        Ok(())
    }

    pub(super) fn changed(&self, change: &Change) -> Self {
        Self {
            latency: change.latency.unwrap_or(self.latency),
            failure_rate: change.failure_rate.unwrap_or(self.failure_rate),
            failure_status: change.failure_status.unwrap_or(self.failure_status),
            hang_rate: change.hang_rate.unwrap_or(self.hang_rate),
        }
    }

    /// What befalls the request that drew this generator.
    pub(super) fn fate(&self, rng: &mut fastrand::Rng) -> (Duration, Fate) {
        // Drawn first, so that another latency law leaves the same requests failing.
        let place = rng.f64();
        let failures = self.failure_rate.as_f64();
        let fate = if place < failures {
            let status = StatusCode::from_u16(self.failure_status);
            Fate::Refused(status.unwrap_or(StatusCode::SERVICE_UNAVAILABLE))
        } else if place < failures + self.hang_rate.as_f64() {
            Fate::Unheard
        } else {
            Fate::Answered
        };
        (self.latency.draw(rng), fate)
    }
}

fn failure_status(text: &str) -> Result<u16, String> {
    text.parse()
        .ok()
        .filter(|status| (400..600).contains(status))
        .ok_or_else(|| format!("\"{text}\" is no status of a failure: 400 to 599"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::Chance;

    fn fates(behaviour: &Behaviour) -> Vec<(Duration, Fate)> {
        let chance = Chance::new(1);
        (0..2000)
            .map(|_| behaviour.fate(&mut chance.next()))
            .collect()
    }

    #[test]
    fn a_run_is_repeated_and_another_latency_leaves_the_failures_where_they_were() {
        let behaviour = Behaviour {
            failure_rate: "10%".parse().unwrap(),
            hang_rate: "5%".parse().unwrap(),
            ..Behaviour::default()
        };
        let first = fates(&behaviour);
        assert_eq!(first, fates(&behaviour));
        let refused = |fate: Fate| matches!(fate, Fate::Refused(_));
        let count =
            |wanted: &dyn Fn(Fate) -> bool| first.iter().filter(|(_, fate)| wanted(*fate)).count();
        // 200 and 100 expected, standard deviations 13 and 10.
        assert!((150..250).contains(&count(&refused)));
        assert!((60..140).contains(&count(&|fate| fate == Fate::Unheard)));
        let slower = Behaviour {
            latency: LatencyLaw::Fixed(Duration::from_secs(1)),
            ..behaviour
        };
        for ((_, before), (wait, after)) in first.iter().zip(fates(&slower)) {
            assert_eq!((*before, wait), (after, Duration::from_secs(1)));
        }
    }

    #[test]
    fn rates_that_exceed_all_are_refused() {
        let both = Behaviour {
            failure_rate: "60%".parse().unwrap(),
            hang_rate: "60%".parse().unwrap(),
            ..Behaviour::default()
        };
        assert!(both.check().unwrap_err().contains("more than all"));
        assert_eq!(Behaviour::default().check(), Ok(()));
    }
}
