//! Scenario to plan: which request is due when. Pure; where the arrival rate is decided.
//!
//! A plan is a function of the scenario alone: arrival `n` of a stream has its due time
//! ([`crate::arrivals`]), its action and ordinal ([`Mix`]) and its draws ([`Draws`]) from `n` and
//! the seed, so that any number of generators can share one plan without talking.

mod draw;
mod mix;
mod record;
mod row;
mod think;
mod user_id;

pub use draw::Draws;
pub use mix::{Mix, MixCursor};
pub use record::{record_actions, record_stages};
pub use row::RowDraw;
pub use think::Pauses;
pub use user_id::user_id;

use crate::arrivals::Arrivals;
use crate::scenario::{ClosedLoad, Load, Scenario, Stage, Stream, UserPick};

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
    /// When its requests are sent.
    pub load: PlannedLoad,
    /// Which action each arrival is.
    pub mix: Mix,
}

/// When the requests of a stream are sent.
#[derive(Clone, Debug)]
pub enum PlannedLoad {
    /// Open model.
    Open {
        /// When each arrival is due.
        arrivals: Arrivals,
        /// Most requests in flight at once.
        max_in_flight: usize,
    },
    /// Closed model.
    Closed {
        /// The users.
        load: ClosedLoad,
        /// Seed of their pauses.
        seed: u64,
    },
}

impl PlannedStream {
    /// How many arrivals there are in all; in a closed model nobody knows before.
    pub fn arrivals(&self) -> Option<u64> {
        match &self.load {
            PlannedLoad::Open { arrivals, .. } => Some(arrivals.count()),
            PlannedLoad::Closed { .. } => None,
        }
    }
}

/// Ordinals of a closed stream begin here, times the number of the stream: no action of an open one
/// counts so far.
const CLOSED_ORDINALS: u64 = 1 << 40;

impl Plan {
    /// The plan of `scenario`.
    pub fn new(scenario: &Scenario) -> Self {
        // An action that several streams send goes on counting where the last one ended.
        let first = scenario.first_ordinal;
        let mut sent = vec![first; scenario.actions.len()];
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
                        streams += 1;
                        match &stream.load {
                            Load::Open {
                                process,
                                max_in_flight,
                            } => {
                                let arrivals = Arrivals::new(process, stage.duration, seed);
                                let mix = Mix::new(&stream.mix, seed, &sent);
                                for (action, count) in mix.counts(arrivals.count()) {
                                    sent[action] += count;
                                }
                                let load = PlannedLoad::Open {
                                    arrivals,
                                    max_in_flight: *max_in_flight,
                                };
                                PlannedStream { load, mix }
                            }
                            Load::Closed(load) => {
                                let before = vec![first + streams * CLOSED_ORDINALS; sent.len()];
                                PlannedStream {
                                    load: PlannedLoad::Closed {
                                        load: load.clone(),
                                        seed,
                                    },
                                    mix: Mix::new(&stream.mix, seed, &before),
                                }
                            }
                        }
                    })
                    .collect(),
            })
            .collect();
        Self { stages }
    }
}

/// Names of the actions that take each user once, with the arrivals of each; a scenario in which a
/// closed stream sends one of them is a mistake.
pub fn each_user_arrivals(scenario: &Scenario) -> Vec<(&str, u64)> {
    let each = scenario.actions.iter().enumerate();
    each.filter(|(_, action)| action.user == UserPick::Each)
        .filter_map(|(index, action)| {
            let arrivals = arrivals_of(&scenario.stages, index, scenario.seed)?;
            Some((action.name.as_str(), arrivals))
        })
        .collect()
}

impl PlannedStage {
    /// Arrivals that are planned in a second of the stage, counted from 0; the mean of what is
    /// drawn, and nothing in a closed model.
    pub fn planned_in(&self, second: u64) -> Option<f64> {
        let streams = self.streams.iter();
        streams
            .map(|stream| match &stream.load {
                PlannedLoad::Open { arrivals, .. } => Some(arrivals.planned_in(second)),
                PlannedLoad::Closed { .. } => None,
            })
            .sum()
    }

    /// The highest rate of its streams together, as if they reached theirs at once; infinite in a
    /// closed model, whose users go as fast as they can.
    pub fn highest_per_s(&self) -> f64 {
        let streams = self.streams.iter();
        streams
            .map(|stream| match &stream.load {
                PlannedLoad::Open { arrivals, .. } => arrivals.highest_per_s(),
                PlannedLoad::Closed { .. } => f64::INFINITY,
            })
            .sum()
    }
}

/// How many arrivals of the action with this index the stages have in all; nothing where a closed
/// stream sends it.
pub(crate) fn arrivals_of(stages: &[Stage], action: usize, seed: u64) -> Option<u64> {
    let of_stream = |(stage, stream): (&Stage, &Stream), seed| -> Option<u64> {
        let Load::Open { process, .. } = &stream.load else {
            return None;
        };
        let arrivals = Arrivals::new(process, stage.duration, seed).count();
        let counts = Mix::new(&stream.mix, seed, &[])
            .counts(arrivals)
            .into_iter();
        Some(
            counts
                .filter(|(a, _)| *a == action)
                .map(|(_, count)| count)
                .sum(),
        )
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
