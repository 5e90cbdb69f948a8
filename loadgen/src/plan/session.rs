//! The way that one session goes: which requests, after which pauses.

use std::time::Duration;

use rand_core::Rng as _;
use rand_pcg::Pcg32;

use super::think::draw_pause;
use crate::scenario::{Session, Step, Task};

/// The sessions of one kind in one stream.
#[derive(Clone, Debug)]
pub struct Walks {
    session: Session,
    seed: u64,
    /// The ordinals of its requests begin here.
    first_ordinal: u64,
    /// How many ordinals each arrival of the stream has for itself, of every action.
    ordinals_each: u64,
}

/// One request of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WalkedStep {
    /// Index of the action.
    pub action: usize,
    /// Number that no other request of the action in the run has.
    pub ordinal: u64,
    /// From the response before until it is due; before the first nothing.
    pub pause: Duration,
}

impl Walks {
    /// Sessions whose ordinals begin at `first_ordinal`; each arrival of the stream has
    /// `ordinals_each`, which is at least [`Session::most_requests`].
    pub fn new(session: &Session, seed: u64, first_ordinal: u64, ordinals_each: u64) -> Self {
        Self {
            session: session.clone(),
            // Far from the seeds of mixes and pauses, which count up from the scenario's.
            seed: seed.wrapping_add(1 << 38),
            first_ordinal,
            ordinals_each,
        }
    }

    /// The session itself.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The requests of arrival `n` of the stream, never none; a function of the seed and `n`.
    pub fn walk(&self, n: u64) -> Vec<WalkedStep> {
        let mut walk = Walk {
            rng: Pcg32::new(self.seed, n),
            next_ordinal: self.first_ordinal + n * self.ordinals_each,
            pause: Duration::ZERO,
            steps: Vec::new(),
        };
        walk.go(&self.session.steps);
        walk.steps
    }
}

struct Walk {
    rng: Pcg32,
    next_ordinal: u64,
    /// Since the last request.
    pause: Duration,
    steps: Vec<WalkedStep>,
}

impl Walk {
    fn go(&mut self, steps: &[Step]) {
        for step in steps {
            self.step(step);
        }
    }

    fn step(&mut self, step: &Step) {
        if step.chance < 1.0 && self.unit() >= step.chance {
            return;
        }
        for _ in 0..step.times {
            match &step.task {
                Task::Action(action) => {
                    self.steps.push(WalkedStep {
                        action: *action,
                        ordinal: self.next_ordinal,
                        pause: std::mem::take(&mut self.pause),
                    });
                    self.next_ordinal += 1;
                }
                Task::Steps(steps) => self.go(steps),
                Task::OneOf(ways) => self.one_of(ways),
            }
            self.pause += draw_pause(step.pause, &mut self.rng);
        }
    }

    fn one_of(&mut self, ways: &[(u64, Step)]) {
        let all: u64 = ways.iter().map(|(weight, _)| weight).sum();
        let drawn = self.rng.next_u64();
        let mut left = ((u128::from(drawn) * u128::from(all)) >> 64) as u64;
        for (weight, step) in ways {
            if left < *weight {
                return self.step(step);
            }
            left -= weight;
        }
    }

    /// Uniform in [0, 1).
    fn unit(&mut self) -> f64 {
        f64::from(self.rng.next_u32()) / 2_f64.powi(32)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::scenario::{Think, UserPick};

    fn step(task: Task) -> Step {
        Step {
            task,
            chance: 1.0,
            times: 1,
            pause: Think::Fixed(Duration::ZERO),
        }
    }

    fn session(steps: Vec<Step>) -> Session {
        Session {
            name: "player".to_owned(),
            user: UserPick::Any,
            targets: Vec::new(),
            steps,
        }
    }

    fn walks(session: &Session, seed: u64) -> Walks {
        Walks::new(session, seed, 1_000, session.most_requests())
    }

    fn actions(walk: &[WalkedStep]) -> Vec<usize> {
        walk.iter().map(|step| step.action).collect()
    }

    #[test]
    fn steps_come_in_order_with_their_pauses_between_them() {
        let second = Duration::from_secs(1);
        let browse = Step {
            times: 2,
            pause: Think::Fixed(second),
            ..step(Task::Action(1))
        };
        let around = Step {
            pause: Think::Fixed(5 * second),
            ..step(Task::Steps(vec![step(Task::Action(0)), browse]))
        };
        let session = session(vec![around, step(Task::Action(2))]);
        let walk = walks(&session, 1).walk(7);
        assert_eq!(actions(&walk), [0, 1, 1, 2]);
        let pauses: Vec<u64> = walk.iter().map(|step| step.pause.as_secs()).collect();
        assert_eq!(pauses, [0, 0, 1, 6], "pauses of both lists add up");
        let ordinals: Vec<u64> = walk.iter().map(|step| step.ordinal).collect();
        assert_eq!(ordinals, [1_028, 1_029, 1_030, 1_031]);
        assert_eq!(session.mean_pause(), 7 * second);
    }

    fn any_steps() -> impl Strategy<Value = Vec<Step>> {
        let action = (0_usize..3).prop_map(Task::Action);
        let task = action.prop_recursive(3, 20, 4, |inner| {
            let step = any_step(inner);
            let ways = prop::collection::vec((1_u64..5, step.clone()), 1..4);
            prop_oneof![
                prop::collection::vec(step, 1..4).prop_map(Task::Steps),
                ways.prop_map(Task::OneOf),
            ]
        });
        prop::collection::vec(any_step(task), 1..4)
    }

    fn any_step(
        task: impl Strategy<Value = Task> + Clone + 'static,
    ) -> impl Strategy<Value = Step> + Clone {
        let chance = prop_oneof![Just(1.0), 0.05_f64..1.0];
        let pause = prop_oneof![
            Just(Think::Fixed(Duration::from_secs(2))),
            Just(Think::Uniform(Duration::ZERO, Duration::from_secs(3))),
            Just(Think::Exponential(Duration::from_secs(1))),
        ];
        let all = (task, chance, 1_u64..4, pause);
        let all = all.prop_map(|(task, chance, times, pause)| Step {
            task,
            chance,
            times,
            pause,
        });
        // A strategy of many parts is cloned often.
        std::sync::Arc::new(all)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Over many sessions an action comes as often as its mean says, within six standard errors,
        /// and never more often, or less, than it can.
        #[test]
        fn expected_counts_are_met_within_sampling_error(steps in any_steps(), seed: u64) {
            const SESSIONS: u64 = 2_000;
            let session = session(steps);
            let walks = walks(&session, seed);
            let walked: Vec<_> = (0..SESSIONS).map(|n| walks.walk(n)).collect();
            for action in 0..3 {
                let count = |walk: &Vec<WalkedStep>| {
                    walk.iter().filter(|step| step.action == action).count() as u64
                };
                let counts: Vec<u64> = walked.iter().map(count).collect();
                let most = session.most_of(action);
                prop_assert!(counts.iter().all(|count| *count <= most));
                if session.is_certain(action) {
                    prop_assert!(counts.iter().all(|count| *count == most));
                }
                let (n, most) = (SESSIONS as f64, most as f64);
                let mean = counts.iter().sum::<u64>() as f64 / n;
                // Bhatia and Davis: no distribution on [0, most] with this mean varies more.
                let expected = session.mean_of(action);
                let variance = (most - expected) * expected;
                // What is rare comes a few times more or less, and then as often as it can.
                let error = 6.0 * (variance / n).sqrt() + 5.0 * most / n;
                prop_assert!((mean - expected).abs() <= error, "{mean} for {expected}");
            }
            let sizes = walked.iter().map(|walk| walk.len() as u64);
            let (least, most) = (session.least_requests(), session.most_requests());
            prop_assert!(sizes.clone().all(|size| (least..=most).contains(&size)));
        }

        /// A walk follows from the seed and its number alone, and no ordinal comes twice.
        #[test]
        fn walks_are_functions_of_seed_and_number(steps in any_steps(), seed: u64) {
            let session = session(steps);
            let (one, other) = (walks(&session, seed), walks(&session, seed));
            let forth: Vec<_> = (0..50).map(|n| one.walk(n)).collect();
            let back: Vec<_> = (0..50).rev().map(|n| other.walk(n)).collect();
            prop_assert!(forth.iter().eq(back.iter().rev()));
            let mut ordinals: Vec<u64> = forth.iter().flatten().map(|s| s.ordinal).collect();
            prop_assert!(ordinals.is_sorted());
            ordinals.dedup();
            prop_assert_eq!(ordinals.len(), forth.iter().map(Vec::len).sum::<usize>());
        }
    }
}
