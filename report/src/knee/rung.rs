//! Everything that was seen at one rate.

use super::search::{Outcome, Trial};

/// An inconclusive step is repeated so many times, each twice as long as the one before.
const REPEATS: u32 = 2;
/// A rate whose step the generator has spoilt so many times is beyond it.
const SPOILT: u32 = 2;

/// One rate and the outcomes of its steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rung {
    /// Multiple of the planned rates.
    pub(super) scale: f64,
    pub(super) passed: u32,
    pub(super) failed: u32,
    pub(super) inconclusive: u32,
    pub(super) invalid: u32,
}

/// What is to be thought of a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Nothing yet.
    Open,
    /// It passed once.
    Passed,
    /// It passed twice and never failed.
    Confirmed,
    /// It failed, whatever else it did.
    Failed,
    /// However long the step, it could not be shown to pass.
    NotShown,
}

/// The rates of `trials`, ascending.
pub(super) fn rungs(trials: &[Trial]) -> Vec<Rung> {
    let mut rungs: Vec<Rung> = Vec::new();
    for trial in trials {
        let known = rungs.iter().position(|rung| rung.is_at(trial.scale));
        let index = known.unwrap_or_else(|| {
            rungs.push(Rung::new(trial.scale));
            rungs.len() - 1
        });
        rungs[index].add(trial.outcome);
    }
    rungs.sort_by(|a, b| a.scale.total_cmp(&b.scale));
    rungs
}

/// The lowest rate that failed or was not shown to pass.
pub(super) fn lowest_failed(rungs: &[Rung]) -> Option<&Rung> {
    rungs.iter().find(|rung| rung.standing().is_no_pass())
}

/// The highest rate that passed, of those below every one that did not.
pub(super) fn highest_passed(rungs: &[Rung]) -> Option<&Rung> {
    let below = rungs
        .iter()
        .take_while(|rung| !rung.standing().is_no_pass());
    let passed = |rung: &&Rung| matches!(rung.standing(), Standing::Passed | Standing::Confirmed);
    below.filter(passed).last()
}

/// The lowest rate that did not pass, of those above every rate that ever did; where all that failed
/// lie below one that passed, the highest of them.
pub(super) fn upper_end(rungs: &[Rung]) -> Option<&Rung> {
    let ever = rungs.iter().rfind(|rung| rung.passed > 0);
    let above = |rung: &&Rung| ever.is_none_or(|ever| rung.scale > ever.scale);
    let mut failed = rungs.iter().filter(|rung| rung.standing().is_no_pass());
    failed.clone().find(above).or_else(|| failed.next_back())
}

impl Standing {
    pub(super) fn is_no_pass(self) -> bool {
        matches!(self, Self::Failed | Self::NotShown)
    }
}

impl Rung {
    fn new(scale: f64) -> Self {
        Self {
            scale,
            passed: 0,
            failed: 0,
            inconclusive: 0,
            invalid: 0,
        }
    }

    fn add(&mut self, outcome: Outcome) {
        *match outcome {
            Outcome::Passed => &mut self.passed,
            Outcome::Failed => &mut self.failed,
            Outcome::Inconclusive => &mut self.inconclusive,
            Outcome::Invalid => &mut self.invalid,
        } += 1;
    }

    pub(super) fn is_at(&self, scale: f64) -> bool {
        self.scale.total_cmp(&scale).is_eq()
    }

    pub(super) fn standing(&self) -> Standing {
        if self.failed > 0 {
            Standing::Failed
        } else if self.passed > 1 {
            Standing::Confirmed
        } else if self.inconclusive > REPEATS {
            Standing::NotShown
        } else if self.passed == 1 {
            Standing::Passed
        } else {
            Standing::Open
        }
    }

    /// Did just one step fail here, and could another one tell more?
    pub(super) fn failed_once(&self) -> bool {
        self.failed == 1 && self.passed == 0 && self.inconclusive <= REPEATS
    }

    /// Is a step that came to `last` to be made again before anything else?
    pub(super) fn wants_repeat(&self, last: Outcome) -> bool {
        match last {
            Outcome::Inconclusive => !self.standing().is_no_pass(),
            Outcome::Invalid => !self.is_beyond_the_generator(),
            Outcome::Passed | Outcome::Failed => false,
        }
    }

    pub(super) fn is_beyond_the_generator(&self) -> bool {
        self.invalid >= SPOILT
    }

    /// How many times as long as the first its next step is to be.
    pub(super) fn length(&self) -> u32 {
        1 << self.inconclusive.min(REPEATS)
    }
}
