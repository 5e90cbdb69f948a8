//! Seeded draws for one arrival: its user and its numbers.

use rand_core::Rng as _;
use rand_pcg::Pcg32;

use crate::scenario::{Action, Session, UserPick};

/// Draws of one action, or of one kind of session; a function of the seed, the action and the ordinal
/// of the arrival.
#[derive(Clone, Debug)]
pub struct Draws {
    seed: u64,
    /// Number of the first user.
    first: u64,
    users: u64,
    user: UserPick,
    ranges: Vec<(u64, u64)>,
}

impl Draws {
    /// Draws of the action with this `index`, from `users` users (0 where there are none), of whom
    /// the first has the number `first`.
    pub fn new(action: &Action, index: usize, users: (u64, u64), seed: u64) -> Self {
        let ranges = action.draws.iter();
        let ranges = ranges.map(|(_, first, last)| (*first, *last)).collect();
        Self::of(action.user, ranges, index, users, seed)
    }

    /// Draws of the sessions that have this `index` in a mix: a user each, of the same.
    pub fn of_session(session: &Session, index: usize, users: (u64, u64), seed: u64) -> Self {
        Self::of(session.user, Vec::new(), index, users, seed)
    }

    fn of(
        user: UserPick,
        ranges: Vec<(u64, u64)>,
        index: usize,
        (first, users): (u64, u64),
        seed: u64,
    ) -> Self {
        Self {
            // Far apart, so that the sequences of two actions do not overlap.
            seed: seed.wrapping_add((index as u64 + 1) << 40),
            first,
            users,
            user,
            ranges,
        }
    }

    /// Index of the user of arrival `ordinal`, and its numbers in the order of the draws.
    pub fn at(&self, ordinal: u64) -> (u64, Vec<u64>) {
        let mut rng = Pcg32::new(self.seed, ordinal);
        let mut below = |n: u64| ((u128::from(rng.next_u64()) * u128::from(n)) >> 64) as u64;
        let any = below(self.users.max(1));
        let user = match self.user {
            UserPick::Each => ordinal,
            UserPick::Any => self.first + any,
        };
        let numbers = self
            .ranges
            .iter()
            .map(|(first, last)| first + below(last - first + 1))
            .collect();
        (user, numbers)
    }
}
