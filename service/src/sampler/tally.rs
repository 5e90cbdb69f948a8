//! How often each stack was seen.

use std::collections::HashMap;

use super::{Place, SampledStack};

/// Most different stacks; a profile of a minute has some thousands.
const MOST_STACKS: usize = 1 << 16;

/// How often each thread was where.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Names of threads: those of a pool share one.
    names: Vec<String>,
    ticks: HashMap<(usize, Place), u64>,
}

impl Tally {
    /// A number for the name of a thread.
    pub(super) fn name(&mut self, name: &str) -> usize {
        let known = self.names.iter().position(|known| known == name);
        known.unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        })
    }

    pub(super) fn add(&mut self, name: usize, place: Place, ticks: u64) {
        if ticks == 0 {
            return;
        }
        let full = self.ticks.len() >= MOST_STACKS;
        let key = if full && !self.ticks.contains_key(&(name, place.clone())) {
            (name, Place::NoRoom)
        } else {
            (name, place)
        };
        *self.ticks.entry(key).or_default() += ticks;
    }

    /// The most frequent first.
    pub(super) fn finish(self) -> Vec<SampledStack> {
        let names = self.names;
        let stacks = self.ticks.into_iter();
        let mut stacks: Vec<_> = stacks
            .map(|((name, place), ticks)| SampledStack {
                thread: names[name].clone(),
                place,
                ticks,
            })
            .collect();
        stacks.sort_by(|a, b| {
            let most_first = b.ticks.cmp(&a.ticks);
            most_first.then_with(|| (&a.thread, &a.place).cmp(&(&b.thread, &b.place)))
        });
        stacks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_tick_is_lost_when_stacks_become_too_many() {
        let mut tally = Tally::default();
        let name = tally.name("worker");
        for n in 0..MOST_STACKS + 7 {
            tally.add(name, Place::Stack([n].into()), 2);
        }
        tally.add(name, Place::Stack([0].into()), 1);
        let stacks = tally.finish();
        let ticks: u64 = stacks.iter().map(|stack| stack.ticks).sum();
        assert_eq!(ticks, 2 * (MOST_STACKS as u64 + 7) + 1);
        assert_eq!(
            (stacks[0].place.clone(), stacks[0].ticks),
            (Place::NoRoom, 14)
        );
        assert_eq!(stacks[1].ticks, 3);
    }
}
