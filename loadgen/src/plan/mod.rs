//! Scenario to plan: which request is due when. Pure; where the arrival rate is decided.
//!
//! A plan is a function of the scenario alone: arrival `n` of a stream has its due time
//! ([`crate::arrivals`]), its action and ordinal ([`Mix`]) and its draws ([`Draws`]) from `n` and
//! the seed, so that any number of generators can share one plan without talking.

mod draw;
mod mix;
mod record;
mod think;
mod user_id;

pub use draw::Draws;
pub use mix::{Mix, MixCursor};
pub use record::{record_actions, record_stages};
pub use think::Pauses;
pub use user_id::user_id;

use crate::arrivals::Constant;
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
        arrivals: Constant,
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
                        streams += 1;
                        match &stream.load {
                            Load::Open {
                                rate_per_s,
                                max_in_flight,
                            } => {
                                let arrivals = Constant::new(*rate_per_s, stage.duration);
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
                                let before = vec![streams * CLOSED_ORDINALS; sent.len()];
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
            let arrivals = arrivals_of(&scenario.stages, index)?;
            Some((action.name.as_str(), arrivals))
        })
        .collect()
}

/// How many arrivals of the action with this index the stages have in all; nothing where a closed
/// stream sends it.
pub(crate) fn arrivals_of(stages: &[Stage], action: usize) -> Option<u64> {
    let of_stream = |stage: &Stage, stream: &Stream| -> Option<u64> {
        if stream.mix.iter().all(|(a, _)| *a != action) {
            return Some(0);
        }
        let Load::Open { rate_per_s, .. } = stream.load else {
            return None;
        };
        let arrivals = Constant::new(rate_per_s, stage.duration).count();
        let counts = Mix::new(&stream.mix, 0, &[]).counts(arrivals).into_iter();
        Some(
            counts
                .filter(|(a, _)| *a == action)
                .map(|(_, count)| count)
                .sum(),
        )
    };
    stages
        .iter()
        .flat_map(|stage| {
            stage
                .streams
                .iter()
                .map(move |stream| of_stream(stage, stream))
        })
        .sum()
}
