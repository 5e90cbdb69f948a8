//! One side of a comparison of profiles: one window of time, or several of the same run.

use schemars::JsonSchema;
use serde::Serialize;

use super::claim;
use super::error::ProfileError;
use super::judge::{self, NoRequests, is_stock};
use super::sampling::Sampling;
use super::taken::Taken;
use super::unit::Measure;

/// The profiles of one side, and what they come to together.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ProfileSide {
    /// What it is called: a phase, or a file.
    pub name: String,
    /// Every profile of it, in the order of time.
    pub windows: Vec<ProfileWindow>,
    /// All values together, of snapshots their mean: nanoseconds, bytes or pieces.
    pub total: f64,
    /// Observations that stand behind them; absent where the profiler did not say.
    pub observations: Option<f64>,
    /// How long the windows are together, seconds; absent for snapshots.
    pub took_s: Option<f64>,
    /// Requests that settled in the windows; absent where those of one are not known.
    pub requests: Option<f64>,
    /// What a request cost: nanoseconds, bytes or pieces; absent likewise.
    pub per_request: Option<f64>,
}

/// One profile.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ProfileWindow {
    /// Its file.
    pub file: String,
    /// When it began, seconds since the start of the run; absent where nobody knows.
    pub from_s: Option<f64>,
    /// How long it took, seconds; absent for a snapshot.
    pub took_s: Option<f64>,
    /// All its values: nanoseconds, bytes or pieces.
    pub total: f64,
    /// Requests that settled in it; absent where they are not known.
    pub requests: Option<f64>,
    /// Why they are not; absent where they are known.
    pub no_requests: Option<NoRequests>,
    /// Cores that the process may use; absent where nobody knows.
    pub cores: Option<f64>,
    /// Did the process use all of them? What it cost is then what it was given.
    pub capped: bool,
    /// CPU time of the process over the window, where the profile or a gauge says so, seconds.
    pub process_cpu_s: Option<f64>,
    /// Do the samples miss a part of that, or count too much?
    pub unaccounted: bool,
    /// CPU time in the total that the profiler has no stack for, seconds; absent where the profile does
    /// not say so.
    pub unattributed_cpu_s: Option<f64>,
    /// Is it so much that the samples account for the CPU time with it only?
    pub unattributed: bool,
}

impl ProfileSide {
    /// The kind called `kind` of every profile in `windows`.
    pub(super) fn of(name: &str, windows: &[Taken], kind: &str) -> Result<Self, ProfileError> {
        let mut side = Self {
            name: name.to_owned(),
            windows: Vec::new(),
            total: 0.0,
            observations: Some(0.0),
            took_s: Some(0.0),
            requests: Some(0.0),
            per_request: None,
        };
        let mut snapshots = 0_u32;
        let add = |sum: Option<f64>, more: Option<f64>| Some(sum? + more?);
        for taken in windows {
            let window = ProfileWindow::of(taken, kind)?;
            side.total += window.total;
            side.observations = add(side.observations, observations(taken, kind)?);
            side.took_s = add(side.took_s, window.took_s);
            side.requests = add(side.requests, window.requests);
            side.windows.push(window);
            snapshots += u32::from(is_stock(
                &taken.profile.kinds[taken.profile.kind(Some(kind))?],
            ));
        }
        side.total /= f64::from(snapshots.max(1));
        side.per_request = side.requests.map(|requests| side.total / requests);
        Ok(side)
    }

    /// Why there is no cost per request; none where there is one.
    pub fn refused(&self) -> Option<NoRequests> {
        self.windows.iter().find_map(|window| window.no_requests)
    }
}

impl ProfileWindow {
    fn of(taken: &Taken, kind: &str) -> Result<Self, ProfileError> {
        let profile = &*taken.profile;
        let at = profile.kind(Some(kind))?;
        let measure = Measure::of(&profile.kinds[at].unit);
        let total = profile.total(at) as f64 * measure.factor();
        let took_s = profile.took_ns.map(|ns| ns as f64 / 1e9);
        let claim = claim::of(&profile.comments);
        let cores = claim.cores.or(taken.cores);
        let is_cpu = matches!(measure, Measure::Time { .. }) && profile.kinds[at].name == "cpu";
        let cpu_s = is_cpu.then_some(total / 1e9);
        let process_cpu_s = claim.process_cpu_s.or(taken.process_cpu_s);
        let process_cpu_s = process_cpu_s.filter(|_| is_cpu);
        let capped = match (cpu_s, took_s, cores) {
            (Some(cpu), Some(took), Some(cores)) => judge::capped(cpu, took, cores),
            _ => false,
        };
        let unattributed_cpu_s = claim.unattributed_cpu_s.filter(|_| is_cpu);
        let accounted = |sampled_s: f64| {
            let used_s = process_cpu_s.or(cpu_s)?;
            Some(judge::accounted(sampled_s, used_s))
        };
        let whole = cpu_s.and_then(accounted);
        let attributed_s = cpu_s
            .zip(unattributed_cpu_s)
            .map(|(cpu, without)| cpu - without);
        let attributed = attributed_s.and_then(accounted);
        Ok(Self {
            file: taken.file.clone(),
            from_s: taken.from_s,
            took_s,
            total,
            requests: taken.requests.ok(),
            no_requests: taken.requests.err(),
            cores,
            capped,
            process_cpu_s,
            unaccounted: whole == Some(false),
            unattributed_cpu_s,
            unattributed: whole == Some(true) && attributed == Some(false),
        })
    }
}

fn observations(taken: &Taken, kind: &str) -> Result<Option<f64>, ProfileError> {
    let profile = &*taken.profile;
    let at = profile.kind(Some(kind))?;
    let sampling = Sampling::of(profile, at);
    let samples = profile.samples();
    Ok(samples
        .map(|sample| sampling.observations(&sample, sample.values[at]))
        .sum())
}
