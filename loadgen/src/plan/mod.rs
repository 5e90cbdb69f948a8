//! Scenario to plan: which request is due when. Pure; where the arrival rate is decided.
//!
//! A plan is a function of the scenario alone: arrival `n` of a stream has its due time
//! ([`crate::arrivals`]), its action and ordinal ([`Mix`]) and its draws ([`Draws`]) from `n` and
//! the seed, so that any number of generators can share one plan without talking.

mod draw;
mod mix;
mod record;
mod row;
mod session;
mod think;
mod user_id;

pub use draw::Draws;
pub use mix::{Mix, MixCursor};
pub use record::{record_actions, record_sessions, record_stages};
pub use row::RowDraw;
pub use session::{WalkedStep, Walks};
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
    /// Which action or session each arrival is, by its index in the scenario's mix.
    pub mix: Mix,
    /// The ways of its sessions, with their indices in the mix.
    pub walks: Vec<(usize, Walks)>,
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
    /// The ways of the sessions with this index in the mix; nothing for an action.
    pub fn walks(&self, index: usize) -> Option<&Walks> {
        let mut walks = self.walks.iter();
        walks.find(|(of, _)| *of == index).map(|(_, walks)| walks)
    }

    /// The indices of the actions that it sends, by themselves or in sessions.
    pub fn actions(&self) -> Vec<usize> {
        let indices = self.mix.shares().map(|(index, _)| index);
        let actions = indices.flat_map(|index| match self.walks(index) {
            Some(walks) => walks.session().actions(),
            None => vec![index],
        });
        actions.collect()
    }

    /// Requests of each action that the first `arrivals` come to, by its index, and whether that is
    /// certain: else it is their mean, where chance decides.
    pub fn expected(&self, arrivals: u64) -> Vec<(usize, f64, bool)> {
        let mut expected: Vec<(usize, f64, bool)> = Vec::new();
        let mut add = |action: usize, requests: f64, certain: bool| match expected
            .iter_mut()
            .find(|(known, ..)| *known == action)
        {
            Some((_, sum, all)) => (*sum, *all) = (*sum + requests, *all && certain),
            None => expected.push((action, requests, certain)),
        };
        for (index, count) in self.mix.counts(arrivals) {
            match self.walks(index) {
                None => add(index, count as f64, true),
                Some(walks) => {
                    let session = walks.session();
                    for action in session.actions() {
                        let requests = session.mean_of(action) * count as f64;
                        add(action, requests, session.is_certain(action));
                    }
                }
            }
        }
        expected.sort_by_key(|(action, ..)| *action);
        expected
    }

    /// Requests of one arrival, in the mean.
    fn requests_each(&self) -> f64 {
        let shares = self.mix.shares();
        let of = |index| {
            self.walks(index)
                .map_or(1.0, |w| w.session().mean_requests())
        };
        shares.map(|(index, share)| share * of(index)).sum()
    }

    /// How many arrivals there are in all; in a closed model nobody knows before.
    pub fn arrivals(&self) -> Option<u64> {
        match &self.load {
            PlannedLoad::Open { arrivals, .. } => Some(arrivals.count()),
            PlannedLoad::Closed { .. } => None,
        }
    }
}

/// Ordinals of a closed stream begin here, times the number of the stream: no action of an open one
/// counts so far. How many requests an earlier stream will have sent nobody knows, and no two may share
/// an ordinal.
const CLOSED_ORDINALS: u64 = 1 << 40;
/// Ordinals of the requests of sessions begin so much later, in streams of both models.
const SESSION_ORDINALS: u64 = CLOSED_ORDINALS / 2;

impl Plan {
    /// The plan of `scenario`.
    pub fn new(scenario: &Scenario) -> Self {
        // An action that several streams send goes on counting where the last one ended.
        let first = scenario.first_ordinal;
        let mut sent = vec![first; scenario.actions.len() + scenario.sessions.len()];
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
                        let walks = walks(scenario, stream, seed, streams);
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
                                PlannedStream { load, mix, walks }
                            }
                            Load::Closed(load) => {
                                let before = vec![first + streams * CLOSED_ORDINALS; sent.len()];
                                PlannedStream {
                                    load: PlannedLoad::Closed {
                                        load: load.clone(),
                                        seed,
                                    },
                                    mix: Mix::new(&stream.mix, seed, &before),
                                    walks,
                                }
                            }
                        }
                    })
                    .collect(),
            })
            .collect();
        Self { stages }
    }

    /// Does a schedule say when requests are due? Users of the closed model follow the responses.
    pub fn has_due_times(&self) -> bool {
        let mut streams = self.stages.iter().flat_map(|stage| &stage.streams);
        streams.any(|stream| matches!(stream.load, PlannedLoad::Open { .. }))
    }
}

/// The ways of the sessions of the stream with this number, counted from 1.
fn walks(scenario: &Scenario, stream: &Stream, seed: u64, number: u64) -> Vec<(usize, Walks)> {
    let sessions = stream.mix.iter().filter_map(|(index, _)| {
        let session = index.checked_sub(scenario.actions.len())?;
        Some((*index, &scenario.sessions[session]))
    });
    let most = sessions.clone().map(|(_, session)| session.most_requests());
    let ordinals_each = most.max().unwrap_or(0);
    // As far on as the sessions themselves are counted.
    let before = scenario.first_ordinal * ordinals_each;
    let first_ordinal = number * CLOSED_ORDINALS + SESSION_ORDINALS + before;
    sessions
        .map(|(index, session)| {
            let walks = Walks::new(session, seed, first_ordinal, ordinals_each);
            (index, walks)
        })
        .collect()
}

/// Indices in mixes of the actions and sessions that take each user once, with the arrivals of each; a
/// scenario in which a closed stream sends one of them is a mistake.
pub fn each_user_arrivals(scenario: &Scenario) -> Vec<(usize, u64)> {
    let actions = scenario.actions.iter().map(|action| action.user);
    let sessions = scenario.sessions.iter().map(|session| session.user);
    let each = actions.chain(sessions).enumerate();
    each.filter(|(_, user)| *user == UserPick::Each)
        .filter_map(|(index, _)| {
            let arrivals = arrivals_of(&scenario.stages, index, scenario.seed)?;
            Some((index, arrivals))
        })
        .collect()
}

impl PlannedStage {
    /// Is it over when its requests are, because there is a last one of every user?
    pub fn ends_by_itself(&self) -> bool {
        self.streams.iter().all(|stream| match &stream.load {
            PlannedLoad::Open { .. } => false,
            PlannedLoad::Closed { load, .. } => load.iterations.is_some(),
        })
    }

    /// Requests that are planned in a second of the stage, counted from 0; the mean of what is
    /// drawn, a session's all in the second in which it begins, and nothing in a closed model.
    pub fn planned_in(&self, second: u64) -> Option<f64> {
        let streams = self.streams.iter();
        streams
            .map(|stream| match &stream.load {
                PlannedLoad::Open { arrivals, .. } => {
                    Some(arrivals.planned_in(second) * stream.requests_each())
                }
                PlannedLoad::Closed { .. } => None,
            })
            .sum()
    }

    /// The highest rate of requests of its streams together, as if they reached theirs at once; infinite in a
    /// closed model, whose users go as fast as they can.
    pub fn highest_per_s(&self) -> f64 {
        let streams = self.streams.iter();
        streams
            .map(|stream| match &stream.load {
                PlannedLoad::Open { arrivals, .. } => {
                    arrivals.highest_per_s() * stream.requests_each()
                }
                PlannedLoad::Closed { .. } => f64::INFINITY,
            })
            .sum()
    }
}

/// How many arrivals of the action or session with this index in a mix the stages have in all; nothing where a closed
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
