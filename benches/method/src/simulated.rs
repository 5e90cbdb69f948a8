//! Runs whose truth is known.
//!
//! Latencies are log-normal around 10 ms. A fifth of the variance of the logarithm remembers the
//! requests before: an AR(1) process, as the length of a queue is; the rest is new with each. A run is
//! 6,000 requests in ten windows, and its p95 is what the report makes of it.

use std::thread;

use brunt_report::calibration::spread;
use brunt_report::comparison::{Estimate, Noise, NoiseSource, Statistic, estimate};
use brunt_report::run::{ActionRun, Value, Window};

use crate::random::Random;

/// After so many requests the memory of one has faded to 1/e.
pub(crate) const MEMORIES: [u32; 4] = [0, 10, 100, 300];
/// The statistic that is judged, and how much of it matters.
pub(crate) const STATISTIC: Statistic = Statistic::P95;
pub(crate) const TOLERANCE: f64 = 0.1;

const WINDOWS: usize = 10;
const REQUESTS_OF_A_WINDOW: usize = 600;
const MEDIAN_US: f64 = 10_000.0;
const SIGMA: f64 = 0.4;
/// Share of the variance that remembers.
const REMEMBERED: f64 = 0.2;
/// Runs that a noise floor is calibrated from.
const CALIBRATION: usize = 10;
/// Pairs of sides that are judged by one calibration.
const PAIRS_OF_A_SITE: usize = 20;
/// Runs of a side, all of which or the first of which are judged.
pub(crate) const RUNS: usize = 3;

/// Runs that remember equally long, site by site.
pub(crate) struct Set {
    pub(crate) memory: u32,
    pub(crate) sites: Vec<Site>,
}

/// What one team measures: a calibration and what is judged by it. Nothing moves from run to run yet.
pub(crate) struct Site {
    pub(crate) seed: u64,
    calibration: Vec<Estimate>,
    pairs: Vec<[Vec<Estimate>; 2]>,
}

/// The runs of a site on a machine that moves them.
pub(crate) struct Moved {
    pub(crate) noise: Noise,
    /// Sides A and B of the same thing.
    pub(crate) pairs: Vec<[Vec<Estimate>; 2]>,
}

impl Set {
    /// Draws `pairs`, on all cores.
    pub(crate) fn draw(memory: u32, pairs: usize) -> Self {
        let sites = pairs.div_ceil(PAIRS_OF_A_SITE);
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let numbers: Vec<usize> = (0..sites).collect();
        let share = sites.div_ceil(threads).max(1);
        let sites = thread::scope(|scope| {
            let shares = numbers.chunks(share).map(|share| {
                scope.spawn(move || {
                    let sites = share.iter().map(|number| Site::draw(memory, *number));
                    sites.collect::<Vec<_>>()
                })
            });
            let shares: Vec<_> = shares.collect();
            let joined = shares.into_iter().flat_map(|share| match share.join() {
                Ok(sites) => sites,
                Err(panic) => std::panic::resume_unwind(panic),
            });
            joined.collect()
        });
        Self { memory, sites }
    }
}

impl Site {
    fn draw(memory: u32, number: usize) -> Self {
        let seed = (u64::from(memory) << 32) | number as u64;
        let mut random = Random::of(seed);
        let mut runs = |n: usize| -> Vec<Estimate> {
            (0..n)
                .map(|_| estimate(&run(memory, &mut random), STATISTIC))
                .collect()
        };
        Self {
            seed,
            calibration: runs(CALIBRATION),
            pairs: (0..PAIRS_OF_A_SITE)
                .map(|_| [runs(RUNS), runs(RUNS)])
                .collect(),
        }
    }

    /// How many pairs of sides it has.
    pub(crate) fn len(&self) -> usize {
        self.pairs.len()
    }

    /// On a machine that makes a run slower or faster as a whole: by a factor whose logarithm has the
    /// standard deviation `noise`. It multiplies every latency, and so the p95.
    pub(crate) fn moved(&self, noise: f64) -> Moved {
        let mut random = Random::of(self.seed ^ (noise * 1e6) as u64 ^ 0x9E37_79B9);
        let mut moved = |runs: &[Estimate]| -> Vec<Estimate> {
            runs.iter()
                .map(|run| times(run, (noise * random.normal()).exp()))
                .collect()
        };
        let values: Vec<Value> = moved(&self.calibration)
            .iter()
            .map(|one| one.value)
            .collect();
        let (_, s_aa) = spread(&values).unwrap_or_default();
        Moved {
            noise: Noise {
                s_aa,
                source: NoiseSource::Calibrated {
                    runs: CALIBRATION as u32,
                },
            },
            pairs: self
                .pairs
                .iter()
                .map(|pair| pair.each_ref().map(|side| moved(side)))
                .collect(),
        }
    }
}

/// The estimate of a run whose latencies are all `factor` times as long.
pub(crate) fn times(estimate: &Estimate, factor: f64) -> Estimate {
    let longer = |value: Value| match value {
        Value::Finite { us } => Value::Finite { us: us * factor },
        other => other,
    };
    Estimate {
        value: longer(estimate.value),
        over_successes: longer(estimate.over_successes),
        interval: None,
        ..estimate.clone()
    }
}

fn run(memory: u32, random: &mut Random) -> ActionRun {
    let kept = match memory {
        0 => 0.0,
        memory => (-1.0 / f64::from(memory)).exp(),
    };
    let fresh = (1.0 - kept * kept).sqrt();
    let [slow, fast] = [REMEMBERED, 1.0 - REMEMBERED].map(|share| SIGMA * share.sqrt());
    let mut x = random.normal();
    let windows = (0..WINDOWS).map(|_| {
        let mut window = Window::new();
        for _ in 0..REQUESTS_OF_A_WINDOW {
            let us = MEDIAN_US * (slow * x + fast * random.normal()).exp();
            window.response.saturating_record(us.round() as u64);
            x = kept * x + fresh * random.normal();
        }
        window
    });
    ActionRun::of_windows(windows.collect())
}
