//! How much memory was in use at most, and whether it grew.

use schemars::JsonSchema;
use serde::Serialize;

use super::level::{MEMORY, charted};
use super::side_runs::SideRuns;
use super::value::{Interval, Sides};
use crate::run::Run;
use crate::statistics::{Line, MANY_WINDOWS};

/// Readings that a window needs: the mean of one says nothing of what lies between two.
const READINGS: usize = 2;

/// The memory of one source in the judged span of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Memory {
    /// The highest reading, bytes; of several runs the highest of all.
    pub peak_bytes: f64,
    /// How it grew; absent where the span is too short to tell.
    pub growth: Option<MemoryGrowth>,
}

/// Growth along a straight line through the means of ten windows; of several runs through the means
/// over their windows.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct MemoryGrowth {
    /// Where the line begins, bytes.
    pub from_bytes: f64,
    /// What it grows by until the end of the span, as a share of where it begins: 0.1 is 10 %.
    pub share: f64,
    /// 95 % interval of `share`, from that of the slope: t with 8 degrees of freedom.
    pub interval: Interval,
}

/// The memory of one source in a stage of both runs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct MemoryComparison {
    /// Slug of the stage.
    pub stage: String,
    /// Whose: `process/service`.
    pub source: String,
    /// In each run; absent where it was not measured.
    pub sides: Sides<Option<Memory>>,
}

/// The memory of `source` in `stage`; none where neither side has measured it.
pub(super) fn memory(
    runs: Sides<SideRuns<'_>>,
    stage: &str,
    source: &str,
) -> Option<MemoryComparison> {
    let sides = runs.map(|runs| {
        let courses = runs.all().map(|run| Course::of(run, stage, source));
        Memory::of(&courses.collect::<Option<Vec<_>>>()?)
    });
    (sides.a.is_some() || sides.b.is_some()).then(|| MemoryComparison {
        stage: stage.to_owned(),
        source: source.to_owned(),
        sides,
    })
}

/// The readings of one run in the judged span.
struct Course {
    peak_bytes: f64,
    /// The means of its windows; none where one of them has too few readings.
    means: Option<Vec<f64>>,
}

impl Course {
    fn of(run: &Run, stage: &str, source: &str) -> Option<Self> {
        let span = run.series.stage(stage)?;
        let [from, until] = [span.judged_from_s, span.ended_s].map(|s| (s * 1e6) as u64);
        let readings = charted(&run.evidence, source, MEMORY).into_iter();
        let here = readings.filter(|(at, _)| (from..=until).contains(at));
        let mut windows = vec![Vec::new(); MANY_WINDOWS];
        let mut peak_bytes: Option<f64> = None;
        for (at, bytes) in here {
            peak_bytes = Some(peak_bytes.map_or(bytes, |peak| peak.max(bytes)));
            let window = (at - from) as usize * MANY_WINDOWS / (until - from).max(1) as usize;
            // What is read at the very end belongs to the last one.
            windows[window.min(MANY_WINDOWS - 1)].push(bytes);
        }
        let means = windows.iter().map(|readings| {
            let enough = readings.len() >= READINGS;
            enough.then(|| readings.iter().sum::<f64>() / readings.len() as f64)
        });
        Some(Self {
            peak_bytes: peak_bytes?,
            means: means.collect(),
        })
    }
}

impl Memory {
    fn of(runs: &[Course]) -> Option<Self> {
        let peaks = runs.iter().map(|run| run.peak_bytes);
        let means: Option<Vec<&Vec<f64>>> = runs.iter().map(|run| run.means.as_ref()).collect();
        let growth = means.and_then(|runs| {
            let of_window = |i: usize| runs.iter().map(|means| means[i]).sum::<f64>();
            let means = (0..MANY_WINDOWS).map(|i| of_window(i) / runs.len() as f64);
            MemoryGrowth::of(&means.collect::<Vec<_>>())
        });
        Some(Self {
            peak_bytes: peaks.reduce(f64::max)?,
            growth,
        })
    }
}

impl MemoryGrowth {
    fn of(means: &[f64]) -> Option<Self> {
        let line = Line::through(means).filter(|line| line.begins > 0.0)?;
        let share = |slope: f64| slope * means.len() as f64 / line.begins;
        let (low, high) = line.interval();
        Some(Self {
            from_bytes: line.begins,
            share: share(line.slope),
            interval: Interval {
                low: share(low),
                high: share(high),
            },
        })
    }
}
