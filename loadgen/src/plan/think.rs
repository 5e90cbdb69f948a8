//! Pauses of users in the closed model.

use std::time::Duration;

use rand_core::Rng as _;
use rand_pcg::Pcg32;

use crate::scenario::Think;

/// The pauses of one user; a function of the seed and the user's number.
#[derive(Clone, Debug)]
pub struct Pauses {
    think: Think,
    rng: Pcg32,
}

impl Pauses {
    /// Pauses of `user`.
    pub fn new(think: Think, seed: u64, user: u64) -> Self {
        Self {
            think,
            rng: Pcg32::new(seed, user),
        }
    }

    /// The next pause.
    pub fn draw(&mut self) -> Duration {
        draw_pause(self.think, &mut self.rng)
    }
}

/// One pause.
pub(super) fn draw_pause(think: Think, rng: &mut Pcg32) -> Duration {
    // Uniform in [0, 1).
    let mut unit = || f64::from(rng.next_u32()) / 2_f64.powi(32);
    match think {
        Think::Fixed(pause) => pause,
        Think::Uniform(from, to) => from + to.saturating_sub(from).mul_f64(unit()),
        // By inversion; 1 - u is above 0, so the logarithm is finite.
        Think::Exponential(mean) => mean.mul_f64(-(1.0 - unit()).ln()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn pauses(think: Think, user: u64) -> Vec<f64> {
        let mut pauses = Pauses::new(think, 1, user);
        (0..10_000).map(|_| pauses.draw().as_secs_f64()).collect()
    }

    #[test]
    fn pauses_have_the_mean_that_was_asked_for() {
        for (think, mean, standard_deviation) in [
            (Think::Fixed(SECOND), 1.0, 0.0),
            (Think::Uniform(SECOND, 3 * SECOND), 2.0, 0.577),
            (Think::Exponential(2 * SECOND), 2.0, 2.0),
        ] {
            let drawn = pauses(think, 0);
            let found = drawn.iter().sum::<f64>() / drawn.len() as f64;
            let variance =
                drawn.iter().map(|p| (p - found).powi(2)).sum::<f64>() / drawn.len() as f64;
            assert!((found - mean).abs() < 0.1, "{think:?}: mean {found}");
            let deviation = variance.sqrt();
            assert!(
                (deviation - standard_deviation).abs() < 0.1,
                "{think:?}: {deviation}"
            );
        }
    }

    #[test]
    fn every_user_has_pauses_of_its_own_and_they_are_the_same_in_every_run() {
        let think = Think::Exponential(SECOND);
        assert_eq!(pauses(think, 3), pauses(think, 3));
        assert_ne!(pauses(think, 3), pauses(think, 4));
    }
}
