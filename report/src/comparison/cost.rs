//! What a request costs: CPU time, statements, rows, bytes of log.

use schemars::JsonSchema;
use serde::Serialize;

use super::change::{Certainty, Change, Noise};
use super::value::{Interval, Sides};
use super::verdict::Situation;
use super::yardstick::Yardstick;
use crate::run::{Evidence, Run};
use crate::statistics::{
    BatchMeans, FEW_WINDOWS, MANY_WINDOWS, RunMean, batch_means, requests_needed,
};

/// The smallest change of a cost that matters, for the minimal detectable one.
const TOLERANCE: f64 = 0.05;
/// Readings that a window needs: fewer make neighbours share one.
const READINGS: u64 = 2;

/// What is spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CostKind {
    /// CPU time, user and system, microseconds.
    Cpu,
    /// Statements that a database executed.
    Statements,
    /// Time that it spent in them, microseconds.
    StatementTime,
    /// Rows that they returned or affected.
    Rows,
    /// Rows that were inserted, updated or deleted.
    RowsWritten,
    /// Transactions that were committed, those of the sampler included.
    Commits,
    /// Bytes of write-ahead log, of the whole server.
    Wal,
    /// Commands that a cache executed.
    Commands,
}

impl CostKind {
    const ALL: [Self; 8] = [
        Self::Cpu,
        Self::Statements,
        Self::StatementTime,
        Self::Rows,
        Self::RowsWritten,
        Self::Commits,
        Self::Wal,
        Self::Commands,
    ];

    /// The counters that it is the sum of.
    fn counters(self) -> &'static [&'static str] {
        match self {
            Self::Cpu => &["cpu_user_us_total", "cpu_system_us_total"],
            Self::Statements => &["statements_total"],
            Self::StatementTime => &["statement_us_total"],
            Self::Rows => &["statement_rows_total"],
            Self::RowsWritten => &[
                "rows_inserted_total",
                "rows_updated_total",
                "rows_deleted_total",
            ],
            Self::Commits => &["commits_total"],
            Self::Wal => &["wal_position_bytes_total"],
            Self::Commands => &["commands_total"],
        }
    }

    /// Is it a time in microseconds?
    pub fn is_time(self) -> bool {
        matches!(self, Self::Cpu | Self::StatementTime)
    }
}

/// What successful requests cost in the judged span of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Cost {
    /// For each request that succeeded.
    pub per_request: f64,
    /// Altogether.
    pub total: f64,
    /// The requests that succeeded meanwhile.
    pub requests: u64,
    /// 95 % interval of `per_request`; absent where the run is too short for one.
    pub interval: Option<Interval>,
    /// V, the variance of ln(`per_request`) within the run, from batch means; absent with the
    /// interval.
    pub variance: Option<f64>,
    /// K, the windows that the variance rests on; absent with the interval.
    pub windows: Option<u32>,
}

/// One cost of one source in a stage of both runs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct CostComparison {
    /// Slug of the stage.
    pub stage: String,
    /// Who spent it: `process/service`, `postgres/main`.
    pub source: String,
    /// What.
    pub cost: CostKind,
    /// In each run; absent where it was not measured.
    pub sides: Sides<Option<Cost>>,
    /// How B differs from A; absent where one of them was not measured or is nothing.
    pub change: Option<Change>,
}

/// All costs of `source` in `stage`.
pub(super) fn costs(
    runs: Sides<&Run>,
    stage: &str,
    source: &str,
    situation: Situation,
) -> Vec<CostComparison> {
    // What the whole machine does is no cost of requests.
    if source == "host" {
        return Vec::new();
    }
    let kinds = CostKind::ALL.into_iter();
    kinds
        .filter_map(|kind| {
            let sides = runs.map(|run| Cost::of(run, stage, source, kind));
            if sides.a.is_none() && sides.b.is_none() {
                return None;
            }
            Some(CostComparison {
                stage: stage.to_owned(),
                source: source.to_owned(),
                cost: kind,
                change: change(sides, situation),
                sides,
            })
        })
        .collect()
}

fn change(sides: Sides<Option<Cost>>, situation: Situation) -> Option<Change> {
    let means = sides.map(|side| {
        let mean = side.and_then(|cost| cost.mean());
        mean.into_iter().collect::<Vec<_>>()
    });
    let measured = Yardstick::Floor(Noise::ASSUMED)
        .measure(&means)
        .filter(|_| situation.is_plain());
    let values = sides.map(|side| side.map(|cost| cost.per_request).filter(|v| *v > 0.0));
    let (a, b) = values.a.zip(values.b)?;
    let runs = Sides { a: 1, b: 1 };
    let certainty = measured.map(|(d, noise)| Certainty::new(&d, noise, TOLERANCE.ln_1p(), runs));
    Some(Change::new(a, b, certainty))
}

impl Cost {
    fn of(run: &Run, stage: &str, source: &str, kind: CostKind) -> Option<Self> {
        let span = run.series.stage(stage)?;
        let from = span.judged_from_s.ceil() as u64;
        let seconds = (span.ended_s as u64).checked_sub(from).filter(|s| *s > 0)?;
        let spent = |from: u64, until: u64| -> Option<(f64, u64)> {
            let total = grown(&run.evidence, source, kind, from, until)?;
            Some((total, succeeded(run, stage, from, until)))
        };
        let (total, requests) = spent(from, from + seconds).filter(|(_, n)| *n > 0)?;
        let longest = run
            .evidence
            .gauge(source, kind.counters()[0])?
            .longest_gap_us(us(from), us(from + seconds))?;
        let means = [MANY_WINDOWS, FEW_WINDOWS].into_iter().find_map(|windows| {
            let shortest = us(seconds / windows as u64);
            // A reading may be late by a hair.
            if shortest * 11 / 10 < READINGS * longest {
                return None;
            }
            let edge = |window: usize| from + seconds * window as u64 / windows as u64;
            let ln_costs: Option<Vec<f64>> = (0..windows)
                .map(|window| {
                    let (total, requests) = spent(edge(window), edge(window + 1))?;
                    let enough = requests >= requests_needed(0.5) && total > 0.0;
                    enough.then(|| (total / requests as f64).ln())
                })
                .collect();
            batch_means(&ln_costs?)
        });
        let per_request = total / requests as f64;
        let factor = means.map(|means: BatchMeans| means.half_width().exp());
        Some(Self {
            per_request,
            total,
            requests,
            interval: factor.map(|factor| Interval {
                low: per_request / factor,
                high: per_request * factor,
            }),
            variance: means.map(|means| means.variance),
            windows: means.map(|means| means.windows as u32),
        })
    }

    fn mean(&self) -> Option<RunMean> {
        Some(RunMean {
            ln_theta: self.per_request.ln(),
            variance: self.variance?,
            degrees_of_freedom: f64::from(self.windows?) - 1.0,
        })
    }
}

fn grown(evidence: &Evidence, source: &str, kind: CostKind, from: u64, until: u64) -> Option<f64> {
    evidence.grown(source, kind.counters(), us(from), us(until))
}

fn succeeded(run: &Run, stage: &str, from: u64, until: u64) -> u64 {
    let settled = run
        .stage(stage)
        .flat_map(|action| action.seconds.range(from..until));
    settled.map(|(_, second)| second.ok).sum()
}

fn us(seconds: u64) -> u64 {
    seconds * 1_000_000
}
