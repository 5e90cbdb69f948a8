//! The plan as the record keeps it.

use std::collections::BTreeSet;
use std::time::Duration;

use brunt_record::{
    ActionPlan, ExpectedRequests, LatencyTarget, MixShare, RatePoint, SessionAction, SessionPlan,
    StagePlan, StreamPlan,
};

use super::{Plan, PlannedLoad, PlannedStream};
use crate::arrivals::Arrivals;
use crate::scenario::{Arriving, Call, ClosedLoad, Load, Process, Rate, Scenario, Think};

/// How much of a digest tells two files apart.
const DIGEST_SHOWN: usize = 12;

/// The stages; when each began and ended is not known yet.
pub fn record_stages(plan: &Plan, scenario: &Scenario) -> Vec<StagePlan> {
    let name = |index: usize| scenario.arriving(index).name().to_owned();
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
                ended_us: None,
                drained_us: None,
                host_busy: None,
                streams: stage
                    .streams
                    .iter()
                    .zip(&planned.streams)
                    .map(|(stream, planned)| StreamPlan {
                        name: stream.name.clone(),
                        process: load_in_words(&stream.load),
                        rate_per_s: match &planned.load {
                            PlannedLoad::Open { arrivals, .. } => {
                                Some(arrivals.mean_per_s(stage.duration))
                            }
                            PlannedLoad::Closed { .. } => None,
                        },
                        rates: match &planned.load {
                            PlannedLoad::Open { arrivals, .. } => rates(arrivals),
                            PlannedLoad::Closed { .. } => Vec::new(),
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
                        expected: expected(planned)
                            .into_iter()
                            .map(|(action, requests, certain)| ExpectedRequests {
                                action: name(action),
                                requests,
                                certain,
                            })
                            .collect(),
                    })
                    .collect(),
            }
        })
        .collect()
}

/// What a stream of sessions comes to; of single requests that follows from their weights.
fn expected(planned: &PlannedStream) -> Vec<(usize, f64, bool)> {
    match planned.arrivals() {
        Some(arrivals) if !planned.walks.is_empty() => planned.expected(arrivals),
        _ => Vec::new(),
    }
}

/// The process in words, with all of its parameters but the rate.
fn load_in_words(load: &Load) -> String {
    let ClosedLoad {
        users,
        think,
        iterations,
    } = match load {
        Load::Open { process, .. } => return process_in_words(process),
        Load::Closed(load) => load,
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

/// The sessions that a stage uses.
pub fn record_sessions(scenario: &Scenario) -> Vec<SessionPlan> {
    let used = mixed(scenario);
    let indexed = (scenario.actions.len()..).zip(&scenario.sessions);
    indexed
        .filter(|(index, _)| used.contains(index))
        .map(|(_, session)| {
            let actions = session.actions().into_iter();
            let actions = actions.map(|action| SessionAction {
                action: scenario.actions[action].name.clone(),
                mean: session.mean_of(action),
                most: session.most_of(action),
            });
            SessionPlan {
                name: session.name.clone(),
                actions: actions.collect(),
                mean_pause_us: micros(session.mean_pause()),
                targets: targets(&session.targets),
            }
        })
        .collect()
}

/// The indices in mixes that a stage uses.
fn mixed(scenario: &Scenario) -> BTreeSet<usize> {
    let streams = scenario.stages.iter().flat_map(|stage| &stage.streams);
    let mixed = streams.flat_map(|stream| &stream.mix);
    mixed.map(|(index, _)| *index).collect()
}

/// The actions that a stage uses, by themselves or in a session.
pub fn record_actions(scenario: &Scenario) -> Vec<ActionPlan> {
    let mut all = mixed(scenario);
    for index in mixed(scenario) {
        if let Arriving::Session(session) = scenario.arriving(index) {
            all.extend(session.actions());
        }
    }
    let used = |index: usize| all.contains(&index);
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
                Call::Code { .. } => ("code", format!("function {}", action.name)),
            };
            ActionPlan {
                name: action.name.clone(),
                protocol: protocol.to_owned(),
                call,
                timeout_us: micros(action.timeout),
                targets: targets(&action.targets),
                effect: action.effect.clone(),
            }
        })
        .collect()
}

fn targets(targets: &[(f64, Duration)]) -> Vec<LatencyTarget> {
    let targets = targets.iter();
    targets
        .map(|(quantile, limit)| LatencyTarget {
            quantile: *quantile,
            limit_us: micros(*limit),
        })
        .collect()
}

/// The process with everything that makes it another one, but a constant rate, which stands beside.
fn process_in_words(process: &Process) -> String {
    match process {
        Process::Even(rate) => rate_in_words(rate).unwrap_or_else(|| "constant".to_owned()),
        Process::Poisson(rate) => match rate_in_words(rate) {
            Some(rate) => format!("poisson, {rate}"),
            None => "poisson".to_owned(),
        },
        Process::Replay { recording, speed } => {
            let digest = recording.sha256();
            let digest = digest.get(..DIGEST_SHOWN).unwrap_or(digest);
            format!(
                "replay of {} (sha256 {digest}) at speed {speed}",
                recording.file()
            )
        }
    }
}

/// A rate that changes.
fn rate_in_words(rate: &Rate) -> Option<String> {
    match rate {
        Rate::Constant { .. } => None,
        Rate::Ramp { points } => {
            let points: Vec<String> = points
                .iter()
                .map(|(at, rate)| format!("{rate}/s at {}", in_words(*at)))
                .collect();
            Some(format!("ramp {}", points.join(", ")))
        }
        Rate::Spike {
            base_per_s,
            spike_per_s,
            at,
            length,
        } => Some(format!(
            "spike {base_per_s}/s, {spike_per_s}/s at {} for {}",
            in_words(*at),
            in_words(*length)
        )),
    }
}

/// `30s`, `1.5s`; no time at all is `0s`.
fn in_words(duration: Duration) -> String {
    if duration.is_zero() {
        return "0s".to_owned();
    }
    format!("{duration:?}")
}

fn rates(arrivals: &Arrivals) -> Vec<RatePoint> {
    arrivals
        .rates()
        .into_iter()
        .map(|(at, rate_per_s)| RatePoint {
            at_us: micros(at),
            rate_per_s,
        })
        .collect()
}

fn micros(duration: Duration) -> u64 {
    duration.as_micros() as u64
}
