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

use crate::arrivals::Constant;
use crate::scenario::{Scenario, Stage, Stream, UserPick};

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
    pub arrivals: Constant,
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
                        let arrivals = Constant::new(stream.rate_per_s, stage.duration);
                        let seed = scenario.seed.wrapping_add(streams);
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

/// Names of the actions that take each user once, with the arrivals of each.
pub fn each_user_arrivals(scenario: &Scenario) -> Vec<(&str, u64)> {
    let each = scenario.actions.iter().enumerate();
    each.filter(|(_, action)| action.user == UserPick::Each)
        .map(|(index, action)| {
            let arrivals = arrivals_of(&scenario.stages, index);
            (action.name.as_str(), arrivals)
        })
        .collect()
}

/// How many arrivals of the action with this index the stages have in all.
pub(crate) fn arrivals_of(stages: &[Stage], action: usize) -> u64 {
    let of_stream = |stage: &Stage, stream: &Stream| -> u64 {
        let arrivals = Constant::new(stream.rate_per_s, stage.duration).count();
        Mix::new(&stream.mix, 0, &[])
            .counts(arrivals)
            .into_iter()
            .filter(|(a, _)| *a == action)
            .map(|(_, count)| count)
            .sum()
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
