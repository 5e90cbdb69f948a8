//! Computes a noise floor from runs of the same thing.

use jiff::{SignedDuration, Timestamp};

use super::{Calibration, FEWEST_RUNS, Fingerprint, Floor, LeftOut, NoFloor, SCHEMA_VERSION};
use crate::comparison::differences::forbidding;
use crate::comparison::{Finding, RunState, RunValidity, Statistic, value_of};
use crate::run::{ActionRun, Run, Value};

/// Why records are no calibration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalibrationError {
    /// Too few of them can be used.
    #[error(
        "{usable} of {given} records can be used, a calibration needs {FEWEST_RUNS}{}\nhint: make more runs of the same thing",
        listed(.left_out)
    )]
    TooFew {
        /// Records that can be used.
        usable: usize,
        /// Records that were given.
        given: usize,
        /// Why not the others.
        left_out: Vec<LeftOut>,
    },
    /// They are not runs of the same thing.
    #[error(
        "the records are not of the same thing:\n  {}\nhint: give records of one scenario, made on one machine",
        .0.join("\n  ")
    )]
    NotTheSame(Vec<String>),
}

fn listed(left_out: &[LeftOut]) -> String {
    let lines = left_out
        .iter()
        .map(|one| format!("\n  {}: {}", one.record, one.why));
    lines.collect()
}

impl Calibration {
    /// Does a run say something about the noise? Not where it is invalid or was overloaded.
    pub fn can_use(run: &Run) -> bool {
        unusable(run).is_none()
    }

    /// From `runs` of the same thing, good for `valid_for` from `made_at` on. Invalid and overloaded
    /// runs are left out; statistics that a run has no finite value of have no floor.
    pub fn of(
        runs: &[Run],
        made_at: Timestamp,
        valid_for: SignedDuration,
    ) -> Result<Self, CalibrationError> {
        let mut left_out = Vec::new();
        let mut usable = Vec::new();
        for run in runs {
            match unusable(run) {
                Some(why) => left_out.push(LeftOut {
                    record: run.manifest.id.clone(),
                    why,
                }),
                None => usable.push(run),
            }
        }
        let Some(first) = usable.first().filter(|_| usable.len() >= FEWEST_RUNS) else {
            return Err(CalibrationError::TooFew {
                usable: usable.len(),
                given: runs.len(),
                left_out,
            });
        };
        let differing: Vec<String> = usable[1..]
            .iter()
            .flat_map(|run| differing(first, run))
            .collect();
        if !differing.is_empty() {
            return Err(CalibrationError::NotTheSame(differing));
        }
        let (floors, without) = floors(&usable);
        Ok(Self {
            schema: SCHEMA_VERSION,
            made_at,
            expires_at: made_at + valid_for,
            fingerprint: Fingerprint::of(&first.manifest),
            records: usable.iter().map(|run| run.manifest.id.clone()).collect(),
            left_out,
            floors,
            without,
        })
    }
}

/// Why a run says nothing about the noise.
fn unusable(run: &Run) -> Option<String> {
    let validity = RunValidity::of(run);
    let why = validity.findings.first().map(Finding::to_string);
    match validity.state {
        RunState::Valid => None,
        RunState::Overloaded | RunState::Invalid => why,
    }
}

fn differing(first: &Run, run: &Run) -> Vec<String> {
    let named = |what: String, of_first: String, of_run: String| {
        format!(
            "{what}: {of_first} in {}, {of_run} in {}",
            first.manifest.id, run.manifest.id
        )
    };
    let loads = forbidding(&first.manifest, &run.manifest);
    let loads = loads
        .into_iter()
        .map(|d| named(d.what.to_string(), d.a, d.b));
    let [of_first, of_run] = [first, run].map(|run| Fingerprint::of(&run.manifest));
    let prints = of_first.mismatches(&of_run).into_iter();
    let prints = prints.map(|m| named(m.what, m.calibrated, m.run));
    loads.chain(prints).collect()
}

/// What has a floor, and what has none.
fn floors(runs: &[&Run]) -> (Vec<Floor>, Vec<NoFloor>) {
    let (mut floors, mut without) = (Vec::new(), Vec::new());
    let Some(first) = runs.first() else {
        return (floors, without);
    };
    let judged = |stage: &str| {
        let mut stages = first.manifest.plan.stages.iter();
        stages.any(|plan| plan.judged && plan.name == stage)
    };
    let rows = first.actions.iter().chain(&first.sessions);
    for row in rows.filter(|row| judged(&row.stage)) {
        let same = runs.iter().map(|run| {
            let session = run.session(&row.stage, &row.action);
            run.action(&row.stage, &row.action).or(session)
        });
        let rows: Vec<&ActionRun> = same.collect::<Option<_>>().unwrap_or_default();
        let statistics = Statistic::ALL.into_iter();
        let extreme = |statistic: &Statistic| matches!(statistic, Statistic::Min | Statistic::Max);
        for statistic in statistics.filter(|statistic| !extreme(statistic)) {
            match floor(row, statistic, &rows) {
                Some(floor) => floors.push(floor),
                None => without.push(NoFloor {
                    stage: row.stage.clone(),
                    action: row.action.clone(),
                    statistic,
                }),
            }
        }
    }
    (floors, without)
}

fn floor(of: &ActionRun, statistic: Statistic, runs: &[&ActionRun]) -> Option<Floor> {
    let values: Vec<Value> = runs.iter().map(|run| value_of(run, statistic)).collect();
    let (mean, s_aa) = spread(&values)?;
    Some(Floor {
        stage: of.stage.clone(),
        action: of.action.clone(),
        statistic,
        s_aa,
        mean_us: mean.exp(),
        runs: values.len() as u32,
    })
}

/// Mean and standard deviation of ln(value) across runs; none where one is not finite, or with fewer
/// than [`FEWEST_RUNS`].
pub fn spread(values: &[Value]) -> Option<(f64, f64)> {
    let ln: Option<Vec<f64>> = values
        .iter()
        .map(|value| Some(value.us()?.max(1.0).ln()))
        .collect();
    let ln = ln.filter(|ln| ln.len() >= FEWEST_RUNS)?;
    let n = ln.len() as f64;
    let mean = ln.iter().sum::<f64>() / n;
    let squares: f64 = ln.iter().map(|x| (x - mean).powi(2)).sum();
    Some((mean, (squares / (n - 1.0)).sqrt()))
}
