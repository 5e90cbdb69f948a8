//! Where the values of a sentence stand in the JSON form of a search (RFC 6901).

use crate::knee::{Knee, Step};

/// How far apart the ends were allowed to be.
pub(super) const PRECISION: &str = "/search/settings/precision";

/// The rate that steps are multiples of.
const PLANNED: &str = "/search/planned_per_s";

/// A value of a step.
pub(super) fn of_step(knee: &Knee, step: &Step, value: &str) -> String {
    let i = knee
        .steps
        .iter()
        .position(|known| known.number == step.number);
    format!("/steps/{}/{value}", i.unwrap_or_default())
}

/// The number of a step, which they have from 1 on.
pub(super) fn number(of: u32) -> String {
    format!("/steps/{}/number", of.saturating_sub(1))
}

/// The rate that a multiple of the plan is, what was offered in its steps, and what these came to.
pub(super) fn rates(knee: &Knee, scale: f64) -> Vec<String> {
    let steps = knee
        .steps
        .iter()
        .filter(|step| step.scale.total_cmp(&scale).is_eq());
    let values = ["scale", "rate_per_s", "offered_per_s", "outcome"];
    let of_steps = steps.flat_map(|step| values.map(|value| of_step(knee, step, value)));
    std::iter::once(PLANNED.to_owned())
        .chain(of_steps)
        .collect()
}

/// What a step came to, and why.
pub(super) fn outcome(knee: &Knee, step: &Step) -> Vec<String> {
    let targets = (0..step.targets.len()).flat_map(|i| {
        ["ratio", "verdict/verdict", "measured/share"]
            .map(|value| format!("targets/{i}/result/{value}"))
    });
    std::iter::once("findings".to_owned())
        .chain(targets)
        .map(|value| of_step(knee, step, &value))
        .collect()
}
