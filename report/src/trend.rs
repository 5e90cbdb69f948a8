//! Many runs of one load: how every statistic went, and where it changed for good.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::comparison::differences::forbidding;
use crate::comparison::{
    Estimate, Finding, Interval, RunState, RunSummary, RunValidity, Statistic, Windowed, percent,
};
use crate::run::{ActionRun, Run, Value};
use crate::statistics::{FEWEST_VALUES, change_points};

/// Version of the JSON form of [`Trend`].
pub const SCHEMA_VERSION: u32 = 1;
/// The level of the test on a change point.
const ALPHA: f64 = 0.05;

/// The statistics that a trend is told of.
pub const SHOWN: [Statistic; 4] = [
    Statistic::P50,
    Statistic::P95,
    Statistic::P99,
    Statistic::Mean,
];

/// How runs went, one after the other. The first one says what was to be the same.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Trend {
    /// Version of this form: 1.
    pub schema: u32,
    /// The runs, in the order in which they were given.
    pub runs: Vec<TrendRun>,
    /// Where the first one comes from.
    pub first: RunSummary,
    /// How the p95 went, in a few figures.
    pub levels: Levels,
    /// By judged stage, action (or session) and statistic, in the order of the first run's plan.
    pub rows: Vec<TrendRow>,
}

/// How the levels of the p95 changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Levels {
    /// Actions and sessions.
    pub actions: u64,
    /// Changes from a level to a higher one.
    pub rose: u64,
    /// Changes to a lower one.
    pub fell: u64,
    /// Has no statistic of any action enough runs for a change point?
    pub too_few: bool,
    /// How many runs a change point takes.
    pub fewest: u64,
}

/// One run.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct TrendRun {
    /// Name of the record.
    pub id: String,
    /// The milestone of the service under test.
    pub phase: String,
    /// When its first stage began.
    #[schemars(with = "String")]
    pub started_at: Timestamp,
    /// Can its figures be trusted, in one word.
    pub state: RunState,
    /// Why its values say nothing about a change: it is invalid, or was given another load. Absent
    /// where they do.
    pub left_out: Option<String>,
}

/// One statistic of one action over all runs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct TrendRow {
    /// Slug of the stage.
    pub stage: String,
    /// Slug of the action, or of the session.
    pub action: String,
    /// Which.
    pub statistic: Statistic,
    /// Its value in every run.
    pub points: Vec<TrendPoint>,
    /// Where it changed, in order.
    pub changes: Vec<TrendChange>,
    /// How many runs have a finite value that counts.
    pub counted: u32,
    /// Are these too few for a change point to be told from chance?
    pub too_few: bool,
}

/// A statistic in one run.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct TrendPoint {
    /// Its value.
    pub value: Value,
    /// 95 % interval within the run, microseconds; absent where there is none.
    pub interval: Option<Interval>,
}

/// A change from one level to the next.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct TrendChange {
    /// Index of the first run after it.
    pub run: u32,
    /// Geometric mean of the values since the change before, or the first run: microseconds.
    pub before_us: f64,
    /// Geometric mean up to the next change, or the last run.
    pub after_us: f64,
    /// 100(after / before − 1).
    pub percent: f64,
    /// The share of permutations of the values that differ as much.
    pub p: f64,
}

impl Trend {
    /// From `runs` in their order; none without any. Pure.
    pub fn of(runs: &[Run]) -> Option<Self> {
        let first = runs.first()?;
        let told: Vec<TrendRun> = runs.iter().map(|run| TrendRun::of(run, first)).collect();
        let judged = |stage: &str| {
            let mut stages = first.manifest.plan.stages.iter();
            stages.any(|plan| plan.judged && plan.name == stage)
        };
        let rows = first.actions.iter().chain(&first.sessions);
        let rows = rows.filter(|row| judged(&row.stage));
        let rows = rows.flat_map(|row| {
            let same: Vec<Option<&ActionRun>> = runs
                .iter()
                .map(|run| {
                    let session = run.session(&row.stage, &row.action);
                    run.action(&row.stage, &row.action).or(session)
                })
                .collect();
            let windowed: Vec<Option<Windowed<'_>>> =
                same.iter().map(|run| run.map(Windowed::new)).collect();
            SHOWN.map(|statistic| {
                let points = windowed.iter().map(|run| match run {
                    Some(run) => TrendPoint::of(&run.estimate(statistic)),
                    None => TrendPoint {
                        value: Value::NotMeasured,
                        interval: None,
                    },
                });
                TrendRow::of(row, statistic, points.collect(), &told)
            })
        });
        let rows: Vec<TrendRow> = rows.collect();
        Some(Self {
            schema: SCHEMA_VERSION,
            levels: Levels::of(&rows),
            rows,
            first: RunSummary::of(first),
            runs: told,
        })
    }
}

impl Levels {
    fn of(rows: &[TrendRow]) -> Self {
        let p95 = || rows.iter().filter(|row| row.statistic == Statistic::P95);
        let changes = || p95().flat_map(|row| &row.changes);
        let rose = changes().filter(|change| change.percent > 0.0).count() as u64;
        Self {
            actions: p95().count() as u64,
            rose,
            fell: changes().count() as u64 - rose,
            too_few: !rows.is_empty() && rows.iter().all(|row| row.too_few),
            fewest: FEWEST_VALUES as u64,
        }
    }
}

impl TrendRun {
    fn of(run: &Run, first: &Run) -> Self {
        let validity = RunValidity::of(run);
        let fault = validity.findings.first().map(Finding::to_string);
        let fault = fault.filter(|_| validity.state == RunState::Invalid);
        let other_load = || {
            let differences = forbidding(&first.manifest, &run.manifest);
            let words: Vec<String> = differences
                .iter()
                .map(|d| format!("{}: {}, in the first run {}", d.what, d.b, d.a))
                .collect();
            (!words.is_empty()).then(|| words.join("; "))
        };
        Self {
            id: run.manifest.id.clone(),
            phase: run.manifest.phase.clone(),
            started_at: run.manifest.started_at,
            state: validity.state,
            left_out: fault.or_else(other_load),
        }
    }
}

impl TrendPoint {
    fn of(estimate: &Estimate) -> Self {
        Self {
            value: estimate.value,
            interval: estimate.interval,
        }
    }
}

impl TrendRow {
    fn of(
        of: &ActionRun,
        statistic: Statistic,
        points: Vec<TrendPoint>,
        runs: &[TrendRun],
    ) -> Self {
        // Changes are of ratios, and of runs that count.
        let counted: Vec<(usize, f64)> = points
            .iter()
            .zip(runs)
            .enumerate()
            .filter(|(_, (_, run))| run.left_out.is_none())
            .filter_map(|(i, (point, _))| Some((i, point.value.us()?.max(1.0).ln())))
            .collect();
        let ln: Vec<f64> = counted.iter().map(|(_, ln)| *ln).collect();
        let found = change_points(&ln, ALPHA);
        let mut bounds = vec![0];
        bounds.extend(found.iter().map(|point| point.at));
        bounds.push(ln.len());
        let level = |part: &[usize]| {
            let part = &ln[part[0]..part[1]];
            part.iter().sum::<f64>() / part.len() as f64
        };
        let changes = found.iter().enumerate().map(|(i, point)| {
            let (before, after) = (level(&bounds[i..]), level(&bounds[i + 1..]));
            TrendChange {
                run: counted[point.at].0 as u32,
                before_us: before.exp(),
                after_us: after.exp(),
                percent: percent(after - before),
                p: point.p,
            }
        });
        Self {
            stage: of.stage.clone(),
            action: of.action.clone(),
            statistic,
            changes: changes.collect(),
            counted: ln.len() as u32,
            too_few: ln.len() < FEWEST_VALUES,
            points,
        }
    }
}
