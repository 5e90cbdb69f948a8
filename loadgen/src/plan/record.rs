//! The plan as the record keeps it.

use std::time::Duration;

use brunt_record::{ActionPlan, LatencyTarget, MixShare, StagePlan, StreamPlan};

use super::Plan;
use crate::scenario::{Call, ClosedLoad, Load, Scenario, Think};

/// The stages; when each began and ended is not known yet.
pub fn record_stages(plan: &Plan, scenario: &Scenario) -> Vec<StagePlan> {
    let name = |action: usize| scenario.actions[action].name.clone();
    plan.stages
        .iter()
        .map(|planned| {
            let stage = &planned.stage;
            StagePlan {
                name: stage.name.clone(),
                judged: stage.judged,
                duration_us: micros(stage.duration),
                warmup_us: micros(stage.warmup),
                grace_us: micros(stage.grace),
                started_us: None,
                drained_us: None,
                host_busy: None,
                streams: stage
                    .streams
                    .iter()
                    .zip(&planned.streams)
                    .map(|(stream, planned)| StreamPlan {
                        name: stream.name.clone(),
                        process: process(&stream.load),
                        rate_per_s: match stream.load {
                            Load::Open { rate_per_s, .. } => Some(rate_per_s),
                            Load::Closed(_) => None,
                        },
                        arrivals: planned.arrivals(),
                        max_in_flight: match &stream.load {
                            Load::Open { max_in_flight, .. } => *max_in_flight as u64,
                            Load::Closed(load) => load.users as u64,
                        },
                        mix: stream
                            .mix
                            .iter()
                            .map(|(action, weight)| MixShare {
                                action: name(*action),
                                weight: *weight,
                            })
                            .collect(),
                    })
                    .collect(),
            }
        })
        .collect()
}

/// The process in words, with all of its parameters but the rate.
fn process(load: &Load) -> String {
    let Load::Closed(ClosedLoad {
        users,
        think,
        iterations,
    }) = load
    else {
        return "constant".to_owned();
    };
    let think = match think {
        Think::Fixed(Duration::ZERO) => String::new(),
        Think::Fixed(pause) => format!(", think {pause:?}"),
        Think::Uniform(from, to) => format!(", think uniform {from:?} to {to:?}"),
        Think::Exponential(mean) => format!(", think exponential, mean {mean:?}"),
    };
    let iterations = iterations.map_or_else(String::new, |n| format!(", {n} iterations each"));
    format!("closed: {users} users{think}{iterations}")
}

/// The actions that a stage uses.
pub fn record_actions(scenario: &Scenario) -> Vec<ActionPlan> {
    let used = |index: usize| {
        scenario
            .stages
            .iter()
            .flat_map(|s| &s.streams)
            .any(|s| s.mix.iter().any(|(action, _)| *action == index))
    };
    scenario
        .actions
        .iter()
        .enumerate()
        .filter(|(index, _)| used(*index))
        .map(|(_, action)| {
            let (protocol, call) = match &action.call {
                Call::Http { method, path, .. } => ("http", format!("{method} {path}")),
                Call::Grpc {
                    service, method, ..
                } => ("grpc", format!("{service}/{method}")),
            };
            ActionPlan {
                name: action.name.clone(),
                protocol: protocol.to_owned(),
                call,
                timeout_us: micros(action.timeout),
                targets: action
                    .targets
                    .iter()
                    .map(|(quantile, limit)| LatencyTarget {
                        quantile: *quantile,
                        limit_us: micros(*limit),
                    })
                    .collect(),
            }
        })
        .collect()
}

fn micros(duration: Duration) -> u64 {
    duration.as_micros() as u64
}
