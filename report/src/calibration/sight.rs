//! What comparisons will be able to see above a noise floor, before they are made.

use super::Calibration;
use crate::comparison::{Noise, Statistic, Tolerances, percent};
use crate::statistics::{expected, runs_needed};

/// Runs a side that it is told for.
pub const SIDES: [u32; 2] = [1, 3];

/// What can be seen of one statistic of one action.
#[derive(Clone, Debug, PartialEq)]
pub struct Sight {
    /// Slug of the stage.
    pub stage: String,
    /// Slug of the action, or of the session.
    pub action: String,
    /// Which.
    pub statistic: Statistic,
    /// `s_AA`.
    pub s_aa: f64,
    /// The smallest change that matters, as a share.
    pub tolerance: f64,
    /// The smallest change that is found in four of five tries, percent, with so many runs a side as
    /// [`SIDES`] has.
    pub detectable_percent: [f64; 2],
    /// How often unchanged code passes a rule with this tolerance, 0 to 1, likewise.
    pub passes: [f64; 2],
    /// Runs a side with which unchanged code passes in four of five tries; none where 50 are too
    /// few.
    pub needed: Option<u32>,
}

/// What can be seen of the statistics that verdicts are mostly drawn from: p50, p95, p99 and the mean.
pub fn sights(calibration: &Calibration, tolerances: &Tolerances) -> Vec<Sight> {
    let shown = [
        Statistic::P50,
        Statistic::P95,
        Statistic::P99,
        Statistic::Mean,
    ];
    let floors = calibration.floors.iter();
    floors
        .filter(|floor| shown.contains(&floor.statistic))
        .filter_map(|floor| {
            let tolerance = tolerances.of(floor.statistic)?;
            let (noise, tau) = (floor.noise().floor(), tolerance.ln_1p());
            Some(Sight {
                stage: floor.stage.clone(),
                action: floor.action.clone(),
                statistic: floor.statistic,
                s_aa: floor.s_aa,
                tolerance,
                detectable_percent: SIDES
                    .map(|runs| percent(expected(noise, runs).minimal_detectable(tau))),
                passes: SIDES.map(|runs| expected(noise, runs).pass(0.0, tau)),
                needed: runs_needed(noise, tau),
            })
        })
        .collect()
}

/// How often a rule with `tolerance` fails, and how often it passes, with so many runs a side above
/// `noise`, where the truth is that B is slower by the share `slower`.
pub fn predicted(noise: Noise, runs: u32, slower: f64, tolerance: f64) -> (f64, f64) {
    let before = expected(noise.floor(), runs);
    let (delta, tau) = (slower.ln_1p(), tolerance.ln_1p());
    (before.detection(delta, tau), before.pass(delta, tau))
}
