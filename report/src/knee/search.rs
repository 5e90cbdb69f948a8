//! The search for the highest rate that meets the targets: which step comes next, and when it ends.
//!
//! [`next`] is a function of the steps so far: no clock, no I/O, no state of its own. Rates are told
//! as multiples of those of the plan.
//!
//! 1. **Bracket.** Double from the start until a step fails, or halve until one passes.
//! 2. **Bisect** between the highest rate that passed and the lowest that failed, at their geometric
//!    middle, until they are within the precision.
//! 3. **Confirm.** The highest rate that passed must do so again: near the knee a step may pass by
//!    luck. Where it does not it has failed, and the search goes on below it. Then the rate that ends
//!    the interval must fail again: a disturbance of the machine may have been all that it was. Where
//!    it passes, the interval goes on to the next rate that failed, and that must fail again too.
//!
//! A step that its interval cannot judge is repeated at twice the length, then at four times; after
//! that its rate was not shown to pass. One that the generator has spoilt is repeated once; then the
//! generator is the limit.

use schemars::JsonSchema;
use serde::Serialize;

use super::rung::{Rung, Standing, highest_passed, lowest_failed, rungs, upper_end};

/// The start is halved at most so many times.
const HALVINGS: i32 = 10;
/// Digits of a rate that bisecting finds.
const DIGITS: i32 = 4;

/// What a search is to find, and within which bounds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct SearchSettings {
    /// Multiple of the planned rates with which it begins.
    pub start: f64,
    /// Multiple beyond which it does not go; absent where nothing but the generator is the limit.
    pub most: Option<f64>,
    /// How narrow the interval is to be: 0.05 is an upper end 5 % above the lower one.
    pub precision: f64,
    /// Most steps, all repeats counted.
    pub max_steps: u32,
}

/// A step that is over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trial {
    /// Multiple of the planned rates.
    pub scale: f64,
    /// What it came to.
    pub outcome: Outcome,
}

/// What a step came to. Decided in `knee/verdict.rs` only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Every target was met, and the arrivals were answered.
    Passed,
    /// A target was missed, or too little was answered.
    Failed,
    /// The interval of a value lies on both sides of its limit, or there was too little for one.
    Inconclusive,
    /// The generator or the record was at fault: the step says nothing about the service.
    Invalid,
}

/// Why a step is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// To find a rate that passes and one that fails.
    Bracket,
    /// To find out what lies between them.
    Bisect,
    /// Once more, because the last one could not be judged.
    Repeat,
    /// Once more, because the rate is an end of the interval.
    Confirm,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Next {
    /// A step.
    Step(Order),
    /// Nothing.
    Done(Ending),
}

/// A step to be made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Order {
    /// Multiple of the planned rates.
    pub scale: f64,
    /// Why.
    pub purpose: Purpose,
    /// How many times as long as other steps it is to be judged.
    pub length: u32,
}

/// Why a search ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// It is done: the ends were brought within the precision, and were tried again.
    Narrowed,
    /// The highest rate that it was allowed to offer passed, and was confirmed.
    MaximumReached,
    /// The lowest rate that it offers failed.
    MinimumReached,
    /// The generator could not offer a rate as planned.
    GeneratorLimit,
    /// There are no more steps.
    OutOfSteps,
    /// Somebody stopped it.
    Interrupted,
}

/// What comes after `trials`.
pub fn next(settings: &SearchSettings, trials: &[Trial]) -> Next {
    let rungs = rungs(trials);
    let wanted = wanted(settings, trials, &rungs);
    let left = u64::from(settings.max_steps).saturating_sub(trials.len() as u64);
    match wanted {
        Next::Step(_) if left == 0 => Next::Done(Ending::OutOfSteps),
        Next::Step(order) if left == 1 && order.purpose != Purpose::Repeat => {
            // A wider interval is worth more than a lower end that is not confirmed.
            let low = highest_passed(&rungs).filter(|low| low.standing() == Standing::Passed);
            low.map_or(wanted, confirm)
        }
        _ => wanted,
    }
}

fn wanted(settings: &SearchSettings, trials: &[Trial], rungs: &[Rung]) -> Next {
    let step = |scale, purpose| {
        let length = 1;
        Next::Step(Order {
            scale,
            purpose,
            length,
        })
    };
    let Some(last) = trials.last() else {
        return step(within(settings.start, settings.most), Purpose::Bracket);
    };
    if let Some(rung) = rungs.iter().find(|rung| rung.is_at(last.scale))
        && rung.wants_repeat(last.outcome)
    {
        return Next::Step(Order {
            scale: rung.scale,
            purpose: Purpose::Repeat,
            length: rung.length(),
        });
    }
    let (low, high) = (highest_passed(rungs), lowest_failed(rungs));
    let confirmed = low.is_some_and(|low| low.standing() == Standing::Confirmed);
    if rungs.iter().any(Rung::is_beyond_the_generator) {
        return match low {
            Some(low) if !confirmed && low.invalid == 0 => confirm(low),
            _ => Next::Done(Ending::GeneratorLimit),
        };
    }
    match (low, high) {
        (Some(low), None) => match settings.most {
            Some(most) if low.scale >= most && confirmed => Next::Done(Ending::MaximumReached),
            Some(most) if low.scale >= most => confirm(low),
            most => step(within(low.scale * 2.0, most), Purpose::Bracket),
        },
        (None, Some(high)) => {
            let floor = settings.start * 0.5_f64.powi(HALVINGS);
            if high.scale <= floor {
                Next::Done(Ending::MinimumReached)
            } else {
                step((high.scale / 2.0).max(floor), Purpose::Bracket)
            }
        }
        (Some(low), Some(high)) => {
            let apart = high.scale > low.scale * (1.0 + settings.precision);
            match middle(low.scale, high.scale).filter(|_| apart) {
                Some(scale) => step(scale, Purpose::Bisect),
                None if !confirmed => confirm(low),
                None => match upper_end(rungs) {
                    Some(high) if high.failed_once() => confirm(high),
                    _ => Next::Done(Ending::Narrowed),
                },
            }
        }
        (None, None) => step(last.scale, Purpose::Repeat),
    }
}

fn confirm(rung: &Rung) -> Next {
    Next::Step(Order {
        scale: rung.scale,
        purpose: Purpose::Confirm,
        length: rung.length(),
    })
}

fn within(scale: f64, most: Option<f64>) -> f64 {
    most.map_or(scale, |most| scale.min(most))
}

/// The geometric middle in a few digits; none where these leave no place between the ends.
fn middle(low: f64, high: f64) -> Option<f64> {
    let middle = (low * high).sqrt();
    let power = 10_f64.powi(DIGITS - 1 - middle.log10().floor() as i32);
    let rounded = (middle * power).round() / power;
    (rounded > low && rounded < high).then_some(rounded)
}
