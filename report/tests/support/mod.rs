//! Synthetic records: real files through `RecordWriter`, from a few figures, always the same bytes.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used, missing_docs)]

pub mod gauges;
mod written;

use brunt_record::{DataFile, Effect, Ending, LatencyTarget};
use brunt_report::{CompareOptions, Comparison, compare, load_pair};

/// A run to be written; change the fields, then [`write`](Self::write) it.
#[derive(Clone)]
pub struct Synthetic {
    pub phase: String,
    pub seed: u64,
    pub scenario: String,
    pub stages: Vec<Stage>,
    pub success_target: Option<f64>,
    pub ending: Ending,
    pub clock_step_us: i64,
    /// `stage/stream`; open actions are in the stream `load`, closed ones in `players`.
    pub saturated: Vec<String>,
    /// The last second in which they were; none where the record does not say when.
    pub saturated_until_s: Option<u64>,
    pub shared_host: bool,
    pub host_busy: Option<f64>,
    pub max_in_flight: u64,
    pub users: Option<u64>,
    /// Text of the file that the scenario includes.
    pub included: Option<String>,
    /// Files that requests are made of.
    pub data: Option<Vec<DataFile>>,
    /// Users of closed streams.
    pub players: u64,
    /// Planned rates of every stream, second and rate; none where they stay the same.
    pub rates: Vec<(u64, f64)>,
    /// Names among the actions that are written as sessions, of all the others.
    pub sessions: Vec<String>,
    /// `service-cpu-play-30.pb.gz`, and its bytes.
    pub profiles: Vec<(String, Vec<u8>)>,
}

#[derive(Clone)]
pub struct Stage {
    pub name: String,
    pub judged: bool,
    pub seconds: u64,
    pub warmup_s: u64,
    /// Seconds at its end in which nothing is sent any more.
    pub idle_s: u64,
    /// Does the record say that it was over before them?
    pub ends_early: bool,
    pub actions: Vec<Action>,
}

#[derive(Clone)]
pub struct Action {
    pub name: String,
    /// Is it sent by users of the closed model, who get `rate_per_s` done?
    pub closed: bool,
    pub rate_per_s: u64,
    /// Median response time of successes; their logarithms are normal.
    pub median_us: f64,
    /// Standard deviation of the logarithm.
    pub sigma: f64,
    /// How far the median of a second strays from `median_us`, as a share.
    pub wobble: f64,
    /// How much the median grows over the stage, as a share.
    pub growth: f64,
    /// Shares of the arrivals of every second.
    pub failed: f64,
    pub unsent: f64,
    /// Share of the arrivals of every second of the warm-up that fails beside these.
    pub failed_cold: f64,
    /// Share of the arrivals of every second that is settled when no more are due.
    pub piled_up: f64,
    /// What `counts.csv` has of the requests in flight, as a share of them.
    pub in_flight: f64,
    /// Kind of the failures.
    pub kind: String,
    /// Largest dispatch lateness; half of the requests are below half of it.
    pub lateness_us: u64,
    pub targets: Vec<LatencyTarget>,
    pub effect: Option<Effect>,
}

impl Synthetic {
    /// Two judged stages, "init" (20 s, one action at 600/s) and "play" (40 s, two actions at 300/s).
    pub fn two_stages(phase: &str) -> Self {
        Self {
            phase: phase.into(),
            seed: 1,
            scenario: "name = \"synthetic\"\n".into(),
            stages: vec![
                Stage::new(
                    "init",
                    20,
                    vec![Action::new("initialize-new", 600, 9_000.0)],
                ),
                Stage::new(
                    "play",
                    40,
                    vec![
                        Action::new("list", 300, 3_000.0),
                        Action::new("claim", 300, 20_000.0),
                    ],
                ),
            ],
            users: None,
            included: None,
            data: Some(vec![]),
            success_target: Some(0.9995),
            ending: Ending::Complete,
            clock_step_us: 0,
            saturated: vec![],
            saturated_until_s: None,
            shared_host: false,
            host_busy: Some(0.4),
            max_in_flight: 6_000,
            players: 50,
            rates: vec![],
            sessions: vec![],
            profiles: vec![],
        }
    }

    /// The same, where users of the closed model send every action.
    pub fn closed(phase: &str) -> Self {
        let mut run = Self::two_stages(phase);
        for action in run.stages.iter_mut().flat_map(|stage| &mut stage.actions) {
            action.closed = true;
        }
        run
    }

    /// The action of that name, to be changed.
    pub fn action(&mut self, name: &str) -> &mut Action {
        self.stages
            .iter_mut()
            .flat_map(|stage| &mut stage.actions)
            .find(|action| action.name == name)
            .unwrap()
    }
}

impl Stage {
    pub fn new(name: &str, seconds: u64, actions: Vec<Action>) -> Self {
        Self {
            name: name.into(),
            judged: true,
            seconds,
            warmup_s: 0,
            idle_s: 0,
            ends_early: false,
            actions,
        }
    }
}

impl Action {
    pub fn new(name: &str, rate_per_s: u64, median_us: f64) -> Self {
        Self {
            name: name.into(),
            closed: false,
            rate_per_s,
            median_us,
            sigma: 0.4,
            wobble: 0.02,
            growth: 0.0,
            failed: 0.0,
            unsent: 0.0,
            failed_cold: 0.0,
            piled_up: 0.0,
            in_flight: 1.0,
            kind: "http-503".into(),
            lateness_us: 200,
            effect: None,
            targets: vec![LatencyTarget {
                quantile: 0.95,
                limit_us: 50_000,
            }],
        }
    }
}

/// Writes both records and compares them.
pub fn compared(a: &Synthetic, b: &Synthetic, options: &CompareOptions) -> Comparison {
    let temp = tempfile::tempdir().unwrap();
    let (a, b) = (
        a.write(&temp.path().join("a")),
        b.write(&temp.path().join("b")),
    );
    let (a, b) = load_pair(&a, &b).unwrap();
    compare(&a, &b, options)
}
