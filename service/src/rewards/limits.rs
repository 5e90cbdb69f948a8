//! How long and how often the reward platform is asked.

use std::time::Duration;

use super::backoff::Backoff;

/// Attempts at one inline grant, while a player waits.
pub(super) const ATTEMPTS: u32 = 3;

/// Pauses between them.
pub(super) const BACKOFF: Backoff = Backoff {
    first: Duration::from_millis(100),
    longest: Duration::from_secs(1),
};

/// Bounds of what is asked of the reward platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RewardLimits {
    /// How long to wait for an answer, for each attempt.
    pub reward_timeout: Duration,
    /// How many grants to ask for at once; others wait in line.
    pub reward_concurrency: u32,
    /// Attempts at a grant of the outbox until it is set aside for an operator.
    pub outbox_attempts: u32,
}

impl RewardLimits {
    /// The longest that an inline grant takes, with all its attempts and pauses.
    pub fn longest_grant(&self) -> Duration {
        let pauses = (1..ATTEMPTS).map(|attempt| BACKOFF.at_most_after(attempt));
        self.reward_timeout * ATTEMPTS + pauses.sum::<Duration>()
    }

    /// A claim that has been open for longer was given up by whoever began it: twice the longest
    /// grant, so that none is taken up while it is going on.
    pub fn stuck_after(&self) -> Duration {
        self.longest_grant() * 2
    }

    /// How long a row of the outbox belongs to the worker that took it: twice what an attempt takes,
    /// and a second for the database.
    pub fn lease(&self) -> Duration {
        self.reward_timeout * 2 + Duration::from_secs(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_in_flight_ends_before_a_shutdown_gives_up_on_it() {
        let settings = crate::settings::Settings::of_phase("phase9").unwrap();
        let limits = settings.reward_limits();
        assert_eq!(limits.longest_grant(), Duration::from_millis(6300));
        assert!(limits.longest_grant() < settings.shutdown_timeout);
        assert!(limits.stuck_after() > limits.longest_grant());
        assert!(limits.lease() > limits.reward_timeout);
    }
}
