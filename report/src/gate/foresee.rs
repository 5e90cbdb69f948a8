//! What relative rules ask of runs that are yet to be made.

use std::fmt;

use super::floor::floor_in_words;
use super::judge::{Declared, declare};
use super::outcome::{RuleRow, place_in_words};
use super::relative::Relative;
use super::rule::Rule;
use crate::calibration::FloorUse;
use crate::comparison::{CompareOptions, Comparison, Noise, percent};
use crate::language::percent as share;
use crate::language::plural;
use crate::statistics::{expected, runs_needed};

/// What a gate will be able to tell.
#[derive(Clone, Debug, PartialEq)]
pub struct Foresight {
    /// Runs a side.
    pub runs: u32,
    /// Every relative rule on everything that it holds for.
    pub rows: Vec<Foreseen>,
    /// Relative rules that no number of runs can resolve: they hold for nothing which the baseline has
    /// measured, or for what has no noise floor.
    pub hopeless: Vec<RuleRow>,
    /// The noise floor that it is told by.
    pub floor: FloorUse,
}

/// A relative rule on one action, or on what a request costs, before the runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Foreseen {
    /// As its author wrote it.
    pub rule: String,
    /// Slug of the stage.
    pub stage: String,
    /// Slug of the action, or of the session; absent for a rule on what requests cost.
    pub action: Option<String>,
    /// Whose cost it is; absent for a rule on response times.
    pub source: Option<String>,
    /// The smallest change that is found in four of five tries, percent.
    pub detectable_percent: f64,
    /// How often unchanged code passes, 0 to 1.
    pub passes: f64,
    /// Runs a side with which it passes in four of five tries; none where 50 are too few.
    pub needed: Option<u32>,
}

/// What the relative ones of `rules` will tell from `runs` a side, by the noise floor of `options`;
/// `comparison` names the actions and the sources, and its figures do not count.
pub fn foresee(
    rules: &[Rule],
    comparison: &Comparison,
    options: &CompareOptions,
    runs: u32,
) -> Foresight {
    let (mut rows, mut hopeless) = (Vec::new(), Vec::new());
    let relative = |row: &RuleRow| {
        let mut rules = rules.iter().filter(|rule| rule.text == row.rule);
        rules.any(|rule| rule.condition.is_relative())
    };
    for one in declare(rules, comparison) {
        match one {
            Declared::Relative(one) => match one.changed.noise(one.stage, options) {
                Some(noise) => rows.push(Foreseen::of(one, noise, runs)),
                None => hopeless.push(one.without_floor()),
            },
            Declared::Judged(row) if relative(&row) => hopeless.push(row),
            Declared::Judged(_) => {}
        }
    }
    Foresight {
        runs,
        rows,
        hopeless,
        floor: options.floor.clone(),
    }
}

impl Foreseen {
    fn of(relative: Relative<'_>, noise: Noise, runs: u32) -> Self {
        let (stage, changed) = (relative.stage, &relative.changed);
        let noise = noise.floor();
        let tau = relative.tolerance.ln_1p();
        let before = expected(noise, runs);
        Self {
            stage: stage.to_owned(),
            action: changed.action().map(str::to_owned),
            source: changed.source().map(str::to_owned),
            rule: relative.rule,
            detectable_percent: percent(before.minimal_detectable(tau)),
            passes: before.pass(0.0, tau),
            needed: runs_needed(noise, tau),
        }
    }
}

impl Foresight {
    /// Will unchanged code pass every relative rule in four of five tries, each taken by itself? None
    /// passes that holds for nothing, or for what has no noise floor.
    pub fn resolves(&self) -> bool {
        let enough = |row: &Foreseen| row.needed.is_some_and(|needed| needed <= self.runs);
        self.hopeless.is_empty() && self.rows.iter().all(enough)
    }
}

impl fmt::Display for Foresight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let costs = self.rows.iter().any(|row| row.source.is_some());
        let times = self.rows.iter().any(|row| row.action.is_some());
        writeln!(f, "{}", floor_in_words(&self.floor, times, costs))?;
        for row in &self.rows {
            let place = [Some(&*row.stage), row.action.as_deref()];
            let needed = match row.needed {
                Some(needed) => format!("{} a side needed", plural(u64::from(needed), "run")),
                None => "no number of runs will do: brunt duet may".to_owned(),
            };
            writeln!(
                f,
                "{}: {}: changes of {:.0} % are found, unchanged code passes in {}; {needed}",
                place_in_words(place, row.source.as_deref()),
                row.rule,
                row.detectable_percent,
                share(row.passes)
            )?;
        }
        for row in &self.hopeless {
            writeln!(f, "{}: {}: {}", row.place(), row.rule, row.why)?;
        }
        let runs = plural(u64::from(self.runs), "run");
        if !self.hopeless.is_empty() {
            writeln!(
                f,
                "no number of runs can resolve rules that hold for nothing, or for what has no noise floor"
            )
        } else if self.resolves() {
            writeln!(f, "{runs} a side can resolve the rules")
        } else {
            writeln!(
                f,
                "{runs} a side cannot resolve the rules: make as many as are needed, or use brunt duet"
            )
        }
    }
}
