//! How much was in use: cores, memory, threads, connections.

mod course;
mod kinds;

use schemars::JsonSchema;
use serde::Serialize;

use super::change::Change;
use super::cost::TOLERANCE;
use super::side_runs::SideRuns;
use super::tally::{labels, values};
use super::value::{Interval, Sides};
use super::verdict::Situation;
use super::yardstick::Yardstick;
use crate::run::Run;
use crate::statistics::{
    BatchMeans, FEW_WINDOWS, MANY_WINDOWS, RunMean, Within, batch_means, mean_of_runs,
};

pub(crate) use course::charted;
use course::course;
pub(crate) use kinds::{CORES, MEMORY, STOLEN};

/// Readings that a window needs: the mean of one says nothing of what lies between two.
const READINGS: usize = 2;

/// What a level is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LevelUnit {
    /// Cores that were busy: CPU time per time.
    Cores,
    /// Bytes.
    Bytes,
    /// A share of the time, 0 to 1.
    Share,
    /// Things.
    Count,
    /// Things that happened, per second.
    PerSecond,
    /// Bytes per second.
    BytesPerSecond,
}

/// Mean and peak of what was in use in the judged span of a stage; of several runs the geometric mean and
/// the highest of all.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Level {
    /// Over the time.
    pub mean: f64,
    /// 95 % interval of `mean`; absent where the run is too short for one, or where nothing was in use in
    /// a part of it.
    pub interval: Option<Interval>,
    /// V, the variance of ln(`mean`) within the run, from batch means; absent with the interval.
    pub variance: Option<f64>,
    /// K, the windows that the variance rests on; absent with the interval.
    pub windows: Option<u32>,
    /// The highest of its readings, which are a second apart.
    pub peak: f64,
}

/// One level of one source in a stage of both runs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct LevelComparison {
    /// Slug of the stage.
    pub stage: String,
    /// Whose: `process/service`, `host`.
    pub source: String,
    /// What, in a few words.
    pub what: String,
    /// In what.
    pub unit: LevelUnit,
    /// In each run; absent where it was not measured.
    pub sides: Sides<Option<Level>>,
    /// How the mean of B differs from that of A; absent where one of them was not measured or is nothing.
    pub change: Option<Change>,
}

/// All levels of `source` in `stage`.
pub(super) fn levels(
    runs: Sides<SideRuns<'_>>,
    stage: &str,
    source: &str,
    situation: Situation,
    yardstick: Yardstick,
) -> Vec<LevelComparison> {
    let all = || runs.a.all().chain(runs.b.all());
    let mut levels = Vec::new();
    let mut add = |what: String, unit: LevelUnit, gauges: &[String]| {
        let gauges: Vec<&str> = gauges.iter().map(String::as_str).collect();
        let sides = runs.map(|runs| {
            let each = runs
                .all()
                .map(|run| Level::of(run, stage, source, unit, &gauges));
            Level::together(&each.collect::<Option<Vec<_>>>()?)
        });
        if sides.a.is_some() || sides.b.is_some() {
            levels.push(LevelComparison {
                stage: stage.to_owned(),
                source: source.to_owned(),
                what,
                unit,
                change: change(&sides, situation, yardstick),
                sides: sides.map(|side| side.map(|(level, _)| level)),
            });
        }
    };
    for kind in kinds::of(source) {
        let several = all().any(|run| run.evidence.gauge(source, "processes").is_some());
        let skipped = match kind.gauges {
            ["memory_bytes"] => several,
            ["memory_private_bytes"] => !several,
            _ => false,
        };
        if skipped {
            continue;
        }
        let own = std::iter::once(String::new());
        for labels in own.chain(labels(runs, source, kind.gauges[0])) {
            let gauges: Vec<String> = kind
                .gauges
                .iter()
                .map(|gauge| format!("{gauge}{labels}"))
                .collect();
            let of = values(&labels);
            let what = match &*of {
                "" => kind.what.to_owned(),
                of => format!("{} ({of})", kind.what),
            };
            add(what, kind.unit, &gauges);
        }
    }
    if source.starts_with("prometheus/") {
        // Whoever asked for a metric knows what it is called.
        let mut names: Vec<&String> = Vec::new();
        for run in all() {
            let gauges = run.evidence.of_source(source);
            for gauge in gauges.filter(|gauge| !gauge.counter) {
                if !names.contains(&&gauge.name) {
                    names.push(&gauge.name);
                }
            }
        }
        for name in names {
            add(name.clone(), LevelUnit::Count, std::slice::from_ref(name));
        }
    }
    levels
}

/// A level of a side, and the means of its runs; these are empty where one of them has no interval.
type OfSide = (Level, Vec<RunMean>);

fn change(
    sides: &Sides<Option<OfSide>>,
    situation: Situation,
    yardstick: Yardstick,
) -> Option<Change> {
    let of_runs = sides
        .as_ref()
        .map(|side| side.as_ref().map(|(level, means)| (level.mean, &**means)));
    Change::of_means(of_runs, TOLERANCE, situation, yardstick)
}

impl Level {
    /// Of one run; none where nothing was read in the judged span.
    fn of(run: &Run, stage: &str, source: &str, unit: LevelUnit, gauges: &[&str]) -> Option<Self> {
        let span = run.series.stage(stage)?;
        let [from, until] = [span.judged_from_s, span.ended_s].map(|s| (s * 1e6) as u64);
        let course = course(&run.evidence, source, unit, gauges).into_iter();
        let here: Vec<(u64, f64)> = course
            .filter(|(at, _)| (from..=until).contains(at))
            .collect();
        let values = || here.iter().map(|(_, value)| *value);
        let peak = values().reduce(f64::max)?;
        let mean = values().sum::<f64>() / here.len() as f64;
        let windows = [MANY_WINDOWS, FEW_WINDOWS]
            .into_iter()
            .find_map(|windows| batch_means(&ln_means(&here, from, until, windows)?));
        Some(Self {
            mean,
            interval: windows.map(|means: BatchMeans| Interval::of_ln(mean, means.half_width())),
            variance: windows.map(|windows| windows.variance),
            windows: windows.map(|windows| windows.windows as u32),
            peak,
        })
    }

    /// Of the runs of a side; none without one.
    fn together(runs: &[Self]) -> Option<OfSide> {
        let means: Option<Vec<RunMean>> = runs.iter().map(Self::mean_of_run).collect();
        let means = means.unwrap_or_default();
        let peak = runs.iter().map(|run| run.peak).reduce(f64::max)?;
        if let [alone] = runs {
            return Some((*alone, means));
        }
        let several = runs.len() as f64;
        let ln_mean = runs.iter().map(|run| run.mean.ln()).sum::<f64>() / several;
        let mean = if ln_mean.is_finite() {
            ln_mean.exp()
        } else {
            // One of them used nothing, and has no logarithm.
            runs.iter().map(|run| run.mean).sum::<f64>() / several
        };
        let within = mean_of_runs(&means).and_then(|mean| mean.within);
        let level = Self {
            mean,
            interval: within.map(|within| Interval::of_ln(mean, within.half_width())),
            variance: within.map(|within| within.variance),
            windows: within.map(|_| runs.iter().filter_map(|run| run.windows).sum()),
            peak,
        };
        Some((level, means))
    }

    fn mean_of_run(&self) -> Option<RunMean> {
        (self.mean > 0.0).then(|| RunMean {
            ln_theta: self.mean.ln(),
            within: Within::of(self.variance, self.windows),
        })
    }
}

/// ln of the means of so many windows; none where one has too few readings, or nothing in use.
fn ln_means(here: &[(u64, f64)], from: u64, until: u64, windows: usize) -> Option<Vec<f64>> {
    let mut sums = vec![(0, 0.0); windows];
    for (at, value) in here {
        let window = (at - from) as usize * windows / (until - from).max(1) as usize;
        // What is read at the very end belongs to the last one.
        let sum = &mut sums[window.min(windows - 1)];
        *sum = (sum.0 + 1, sum.1 + value);
    }
    let ln = |(readings, sum): (usize, f64)| {
        (readings >= READINGS && sum > 0.0).then(|| (sum / readings as f64).ln())
    };
    sums.into_iter().map(ln).collect()
}
