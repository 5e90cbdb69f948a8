//! The plan as the record keeps it.

use std::time::Duration;

use brunt_record::{ActionPlan, LatencyTarget, MixShare, StagePlan, StreamPlan};

use super::Plan;
use crate::scenario::{Call, Scenario};

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
                        process: "constant".to_owned(),
                        rate_per_s: stream.rate_per_s,
                        arrivals: planned.arrivals.count(),
                        max_in_flight: stream.max_in_flight as u64,
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
