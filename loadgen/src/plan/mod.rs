//! Scenario to plan: which request is due when. Pure; where the arrival rate is decided.
//!
//! A plan is a function of the scenario alone: arrival `n` of a stream has its due time
//! ([`crate::arrivals`]), its action and ordinal ([`Mix`]) and its draws ([`Draws`]) from `n` and
//! the seed, so that any number of generators can share one plan without talking.

mod draw;
mod mix;
mod record;
mod user_id;

pub use draw::Draws;
pub use mix::{Mix, MixCursor};
pub use record::{record_actions, record_stages};
pub use user_id::user_id;

use crate::arrivals::Arrivals;
use crate::scenario::{Scenario, Stage, Stream};

/// Everything that is sent, in the order of the stages.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Stages, as in the scenario.
    pub stages: Vec<PlannedStage>,
}

/// One stage of a plan.
#[derive(Clone, Debug)]
pub struct PlannedStage {
    /// As the scenario has it.
    pub stage: Stage,
    /// Its streams, as in the scenario.
    pub streams: Vec<PlannedStream>,
}

/// One stream of a stage.
#[derive(Clone, Debug)]
pub struct PlannedStream {
    /// When each arrival is due.
    pub arrivals: Arrivals,
    /// Which action each arrival is.
    pub mix: Mix,
}

impl Plan {
    /// The plan of `scenario`.
    pub fn new(scenario: &Scenario) -> Self {
        // An action that several streams send goes on counting where the last one ended.
        let mut sent = vec![0; scenario.actions.len()];
        let mut streams = 0;
        let stages = scenario
            .stages
            .iter()
            .map(|stage| PlannedStage {
                stage: stage.clone(),
                streams: stage
                    .streams
                    .iter()
                    .map(|stream| {
                        let seed = scenario.seed.wrapping_add(streams);
                        let arrivals = Arrivals::new(&stream.process, stage.duration, seed);
                        streams += 1;
                        let mix = Mix::new(&stream.mix, seed, &sent);
                        for (action, count) in mix.counts(arrivals.count()) {
                            sent[action] += count;
                        }
                        PlannedStream { arrivals, mix }
                    })
                    .collect(),
            })
            .collect();
        Self { stages }
    }
}

impl PlannedStage {
    /// Arrivals that are planned in a second of the stage, counted from 0; the mean of what is
    /// drawn.
    pub fn planned_in(&self, second: u64) -> f64 {
        let streams = self.streams.iter();
        streams.map(|s| s.arrivals.planned_in(second)).sum()
    }

    /// The highest rate of its streams together, as if they reached theirs at once.
    pub fn highest_per_s(&self) -> f64 {
        let streams = self.streams.iter();
        streams.map(|s| s.arrivals.highest_per_s()).sum()
    }
}

/// How many arrivals of the action with this index the stages have in all.
pub(crate) fn arrivals_of(stages: &[Stage], action: usize, seed: u64) -> u64 {
    let of_stream = |(stage, stream): (&Stage, &Stream), seed| -> u64 {
        let arrivals = Arrivals::new(&stream.process, stage.duration, seed).count();
        Mix::new(&stream.mix, seed, &[])
            .counts(arrivals)
            .into_iter()
            .filter(|(a, _)| *a == action)
            .map(|(_, count)| count)
            .sum()
    };
    let streams = stages
        .iter()
        .flat_map(|stage| stage.streams.iter().map(move |stream| (stage, stream)));
    // Poisson arrivals have to be drawn to be counted: only where it matters.
    (0..)
        .zip(streams)
        .filter(|(_, (_, stream))| stream.mix.iter().any(|(a, _)| *a == action))
        .map(|(number, stream)| of_stream(stream, seed.wrapping_add(number)))
        .sum()
}
