//! Chance that can be repeated: what befalls the n-th of something depends on the seed and on n alone,
//! not on the order in which threads came by, and not on what was drawn for those before it.

use std::sync::atomic::{AtomicU64, Ordering};

/// A sequence of independent generators, one a request.
#[derive(Debug)]
pub(crate) struct Chance {
    seed: u64,
    next: AtomicU64,
}

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            next: AtomicU64::new(0),
        }
    }

    /// The generator of the next in the sequence.
    pub(crate) fn next(&self) -> fastrand::Rng {
        self.of(self.next.fetch_add(1, Ordering::Relaxed))
    }

    fn of(&self, ordinal: u64) -> fastrand::Rng {
        // The first output for neighbouring seeds is alike, and so they are spread by the increment
        // of SplitMix64 (Steele, Lea & Flood, OOPSLA 2014). The base keeps seed 1 from being seed 0
        // moved by one.
        let base = fastrand::Rng::with_seed(self.seed).u64(..);
        let spread = ordinal.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        fastrand::Rng::with_seed(base.wrapping_add(spread))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first_draws(seed: u64) -> Vec<f64> {
        let chance = Chance::new(seed);
        (0..10_000).map(|_| chance.next().f64()).collect()
    }

    #[test]
    fn a_seed_repeats_and_another_differs() {
        let bits = |seed| first_draws(seed).into_iter().map(f64::to_bits);
        assert!(bits(1).eq(bits(1)));
        assert_eq!(bits(1).zip(bits(2)).filter(|(a, b)| a == b).count(), 0);
    }

    #[test]
    fn first_draws_are_spread_evenly_and_know_nothing_of_each_other() {
        for seed in [0, 1, 2, u64::MAX] {
            let draws = first_draws(seed);
            for tenth in 0..10 {
                let low = f64::from(tenth) / 10.0;
                let within = draws.iter().filter(|d| (low..low + 0.1).contains(*d));
                let count = within.count();
                // 1000 expected, standard deviation 30.
                assert!((850..1150).contains(&count), "{seed}: {count} from {low}");
            }
            let rising = draws.windows(2).filter(|pair| pair[0] < pair[1]).count();
            assert!((4800..5200).contains(&rising), "{seed}: {rising}");
        }
    }
}
