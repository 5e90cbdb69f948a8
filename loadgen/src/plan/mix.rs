//! Which action an arrival is: exact shares, shuffled in small blocks.
//!
//! Weights 70 : 15 : 10 : 5 make blocks of 20 arrivals with 14, 3, 2 and 1 of the actions. Every
//! block is a seeded permutation of the same 20, so the share of each action is exact after every
//! block and the order has no period, and block `b` is known without the blocks before it.

use rand_core::Rng as _;
use rand_pcg::Pcg32;

/// The actions of one stream.
#[derive(Clone, Debug)]
pub struct Mix {
    /// Index of the action at each place of a block, before it is shuffled.
    block: Vec<usize>,
    /// Per action of the mix: index, arrivals in a block, arrivals before this stream.
    shares: Vec<(usize, u64, u64)>,
    seed: u64,
}

/// Reads a mix from some arrival on, shuffling every block once.
#[derive(Debug)]
pub struct MixCursor {
    mix: Mix,
    /// Action and ordinal of every arrival of the block.
    block: Vec<(usize, u64)>,
    number: Option<u64>,
}

impl Mix {
    /// `weights` by index of the action; `before[action]` arrivals come from earlier streams.
    pub fn new(weights: &[(usize, u64)], seed: u64, before: &[u64]) -> Self {
        let divisor = weights
            .iter()
            .fold(0, |d, (_, weight)| gcd(d, *weight))
            .max(1);
        let shares: Vec<_> = weights
            .iter()
            .map(|(action, weight)| {
                (
                    *action,
                    weight / divisor,
                    before.get(*action).copied().unwrap_or(0),
                )
            })
            .collect();
        let block = shares
            .iter()
            .flat_map(|(action, count, _)| std::iter::repeat_n(*action, *count as usize))
            .collect();
        Self {
            block,
            shares,
            seed,
        }
    }

    /// How many of the first `arrivals` each action has, by its index.
    pub fn counts(&self, arrivals: u64) -> Vec<(usize, u64)> {
        let size = self.block.len() as u64;
        if size == 0 {
            return Vec::new();
        }
        let rest = self.shuffled(arrivals / size);
        let rest = &rest[..(arrivals % size) as usize];
        self.shares
            .iter()
            .map(|(action, count, _)| {
                let in_rest = rest.iter().filter(|a| *a == action).count() as u64;
                (*action, count * (arrivals / size) + in_rest)
            })
            .collect()
    }

    /// The index of every action, and its share of all arrivals.
    pub fn shares(&self) -> impl Iterator<Item = (usize, f64)> {
        let size = self.block.len().max(1) as f64;
        let shares = self.shares.iter();
        shares.map(move |(action, count, _)| (*action, *count as f64 / size))
    }

    /// A reader of the mix.
    pub fn cursor(&self) -> MixCursor {
        MixCursor {
            mix: self.clone(),
            block: Vec::new(),
            number: None,
        }
    }

    /// Fisher and Yates' shuffle of block `number`.
    fn shuffled(&self, number: u64) -> Vec<usize> {
        let mut block = self.block.clone();
        let mut rng = Pcg32::new(self.seed, number);
        for i in (1..block.len()).rev() {
            let j = (u64::from(rng.next_u32()) * (i as u64 + 1)) >> 32;
            block.swap(i, j as usize);
        }
        block
    }
}

impl MixCursor {
    /// Index of the action of arrival `n`, and its number among the arrivals of that action.
    pub fn at(&mut self, n: u64) -> (usize, u64) {
        let size = self.mix.block.len() as u64;
        let number = n / size;
        if self.number != Some(number) {
            let mut next: Vec<(usize, u64)> = self
                .mix
                .shares
                .iter()
                .map(|(action, count, before)| (*action, before + count * number))
                .collect();
            self.block.clear();
            for action in self.mix.shuffled(number) {
                let (_, ordinal) = next
                    .iter_mut()
                    .find(|(a, _)| *a == action)
                    .expect("a block holds the actions of the mix only");
                self.block.push((action, *ordinal));
                *ordinal += 1;
            }
            self.number = Some(number);
        }
        self.block[(n % size) as usize]
    }
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const M3: [(usize, u64); 4] = [(0, 70), (1, 15), (2, 10), (3, 5)];

    #[test]
    fn shares_are_exact_after_every_block() {
        let mix = Mix::new(&M3, 1, &[]);
        assert_eq!(
            mix.counts(540_000),
            [(0, 378_000), (1, 81_000), (2, 54_000), (3, 27_000)]
        );
        let mut cursor = mix.cursor();
        let first: Vec<_> = (0..20).map(|n| cursor.at(n).0).collect();
        let second: Vec<_> = (20..40).map(|n| cursor.at(n).0).collect();
        assert_ne!(first, second, "blocks are shuffled each on its own");
    }

    proptest! {
        #[test]
        fn ordinals_count_every_action_without_a_gap(seed: u64, arrivals in 1_u64..500, before in 0_u64..100) {
            let mix = Mix::new(&M3, seed, &[before; 4]);
            let mut cursor = mix.cursor();
            let mut next = [before; 4];
            for n in 0..arrivals {
                let (action, ordinal) = cursor.at(n);
                // Within a block ordinals follow the shuffled order, so this is the next one.
                prop_assert_eq!(ordinal, next[action]);
                next[action] += 1;
            }
            for (action, count) in mix.counts(arrivals) {
                prop_assert_eq!(count, next[action] - before);
            }
        }

        #[test]
        fn shards_together_are_the_whole(seed: u64, shards in 1_u64..5) {
            let mix = Mix::new(&M3, seed, &[]);
            let mut whole = mix.cursor();
            let whole: Vec<_> = (0..200).map(|n| whole.at(n)).collect();
            let mut union = vec![(usize::MAX, 0); 200];
            for shard in 0..shards {
                let mut cursor = mix.cursor();
                for n in (shard..200).step_by(shards as usize) {
                    union[n as usize] = cursor.at(n);
                }
            }
            prop_assert_eq!(union, whole);
        }
    }
}
