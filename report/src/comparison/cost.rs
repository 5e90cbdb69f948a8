//! What a request costs: CPU time, statements, rows, bytes of log.

use std::ops::Add;

use schemars::JsonSchema;
use serde::Serialize;

use super::change::{Change, NotJudged};
use super::side_runs::SideRuns;
use super::value::{Interval, Sides};
use super::verdict::{self, Situation};
use super::yardstick::Yardstick;
use crate::language;
use crate::run::Run;
use crate::statistics::{
    BatchMeans, FEW_WINDOWS, MANY_WINDOWS, RunMean, Within, batch_means, mean_of_runs,
    requests_needed,
};

/// The smallest change of a cost that matters, for the minimal detectable one.
pub(super) const TOLERANCE: f64 = 0.05;
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
    /// All, in the order of the report's rows.
    pub const ALL: [Self; 8] = [
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

    /// Its name in rules: `cpu`, `rows-written`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Statements => "statements",
            Self::StatementTime => "statement-time",
            Self::Rows => "rows",
            Self::RowsWritten => "rows-written",
            Self::Commits => "commits",
            Self::Wal => "wal",
            Self::Commands => "commands",
        }
    }

    /// So much of it, with its unit.
    pub(crate) fn amount(self, value: f64) -> String {
        match self {
            kind if kind.is_time() => language::duration(value),
            Self::Wal => language::bytes(value.round() as u64),
            _ => language::amount(value),
        }
    }
}

/// What successful requests cost in the judged span of a stage; of several runs the geometric mean for
/// each request, and sums.
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
    /// CPU time that the process spent on building profiles meanwhile, microseconds: no cost of requests,
    /// and not in the total. Absent where no profile says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profiles_us: Option<f64>,
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
    /// Why nothing may be said of the change, however long the runs; absent where it may.
    pub not_judged: Option<NotJudged>,
}

/// All costs of `source` in `stage`.
pub(super) fn costs(
    runs: Sides<SideRuns<'_>>,
    stage: &str,
    source: &str,
    situation: Situation,
    yardstick: Yardstick,
) -> Vec<CostComparison> {
    // What the whole machine does is no cost of requests.
    if source == "host" {
        return Vec::new();
    }
    let kinds = CostKind::ALL.into_iter();
    kinds
        .filter_map(|kind| {
            let counters = kind.counters();
            let (sides, change) = spent(runs, (stage, source), counters, situation, yardstick)?;
            let measured = sides.map(|side| side.is_some());
            Some(CostComparison {
                stage: stage.to_owned(),
                source: source.to_owned(),
                cost: kind,
                change,
                not_judged: verdict::cost_judgeable(situation, measured),
                sides,
            })
        })
        .collect()
}

/// What `counters` of a source in a stage grew by together, and how that changed; none where neither
/// side has read them.
pub(super) fn spent(
    runs: Sides<SideRuns<'_>>,
    (stage, source): (&str, &str),
    counters: &[impl AsRef<str>],
    situation: Situation,
    yardstick: Yardstick,
) -> Option<(Sides<Option<Cost>>, Option<Change>)> {
    let counters: Vec<&str> = counters.iter().map(AsRef::as_ref).collect();
    let spent = runs.map(|runs| {
        let each = runs
            .all()
            .map(|run| Cost::of(run, stage, source, &counters));
        Spent::of(&each.collect::<Option<Vec<_>>>()?)
    });
    if spent.a.is_none() && spent.b.is_none() {
        return None;
    }
    let change = change(&spent, situation, yardstick);
    Some((spent.map(|side| side.map(|spent| spent.cost)), change))
}

/// What the runs of a side spent.
struct Spent {
    /// Together.
    cost: Cost,
    /// Run by run; empty where one of them spent nothing.
    means: Vec<RunMean>,
}

impl Spent {
    /// None without a run.
    fn of(runs: &[Cost]) -> Option<Self> {
        let means: Option<Vec<RunMean>> = runs.iter().map(Cost::mean).collect();
        let means = means.unwrap_or_default();
        let cost = match runs {
            [alone] => *alone,
            _ => Cost::together(runs, &means)?,
        };
        Some(Self { cost, means })
    }
}

fn change(
    spent: &Sides<Option<Spent>>,
    situation: Situation,
    yardstick: Yardstick,
) -> Option<Change> {
    let of_runs = spent.as_ref().map(|side| {
        let spent = side.as_ref()?;
        Some((spent.cost.per_request, &*spent.means))
    });
    Change::of_means(of_runs, TOLERANCE, situation, yardstick)
}

impl Cost {
    fn of(run: &Run, stage: &str, source: &str, counters: &[&str]) -> Option<Self> {
        let span = run.series.stage(stage)?;
        let from = span.judged_from_s.ceil() as u64;
        let seconds = (span.ended_s as u64).checked_sub(from).filter(|s| *s > 0)?;
        let spent = |from: u64, until: u64| -> Option<(f64, u64)> {
            let total = run.evidence.grown(source, counters, us(from), us(until))?;
            let profiles = profiles_us(run, source, counters, from, until);
            let total = (total - profiles.unwrap_or(0.0)).max(0.0);
            Some((total, succeeded(run, stage, from, until)))
        };
        let (total, requests) = spent(from, from + seconds).filter(|(_, n)| *n > 0)?;
        let longest = run
            .evidence
            .gauge(source, counters.first()?)?
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
        Some(Self {
            per_request,
            total,
            requests,
            interval: means
                .map(|means: BatchMeans| Interval::of_ln(per_request, means.half_width())),
            variance: means.map(|means| means.variance),
            windows: means.map(|means| means.windows as u32),
            profiles_us: profiles_us(run, source, counters, from, from + seconds),
        })
    }

    /// Of several runs; none without one.
    fn together(runs: &[Self], means: &[RunMean]) -> Option<Self> {
        let total: f64 = runs.iter().map(|run| run.total).sum();
        let requests: u64 = runs.iter().map(|run| run.requests).sum();
        let ln_mean = runs.iter().map(|run| run.per_request.ln()).sum::<f64>() / runs.len() as f64;
        let per_request = if ln_mean.is_finite() {
            ln_mean.exp()
        } else {
            // One of them spent nothing, and has no logarithm.
            total / requests as f64
        };
        let within = mean_of_runs(means).and_then(|mean| mean.within);
        (!runs.is_empty()).then(|| Self {
            per_request,
            total,
            requests,
            interval: within.map(|within| Interval::of_ln(per_request, within.half_width())),
            variance: within.map(|within| within.variance),
            windows: within.map(|_| runs.iter().filter_map(|run| run.windows).sum()),
            profiles_us: runs
                .iter()
                .filter_map(|run| run.profiles_us)
                .reduce(f64::add),
        })
    }

    /// None where nothing was spent, which has no logarithm.
    fn mean(&self) -> Option<RunMean> {
        (self.per_request > 0.0).then(|| RunMean {
            ln_theta: self.per_request.ln(),
            within: Within::of(self.variance, self.windows),
        })
    }
}

/// What building profiles took of the CPU time of the process that they are of; none of other counters,
/// and where no profile says so.
fn profiles_us(run: &Run, source: &str, counters: &[&str], from: u64, until: u64) -> Option<f64> {
    let component = source.strip_prefix("process/")?;
    let meanwhile = from as f64..until as f64;
    if counters != CostKind::Cpu.counters() {
        return None;
    }
    let building_s = run.profiles.building_cpu_s(component, &meanwhile)?;
    Some(building_s * 1e6)
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
