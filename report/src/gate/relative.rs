//! A relative rule on one action.

use super::evidence::{Evidence, RelativeChange};
use super::outcome::{RuleOutcome, RuleRow};
use crate::comparison::{
    Change, Sides, Statistic, StatisticComparison, percent, percents, verdict,
};
use crate::statistics::{Difference, HolmStep, holm, runs_needed};

/// The probability of a false alarm among all relative rules.
pub(super) const ALPHA: f64 = 0.05;

/// A relative rule on one action.
pub(super) struct Relative<'a> {
    pub(super) rule: String,
    pub(super) stage: &'a str,
    pub(super) action: &'a str,
    pub(super) one: Option<&'a StatisticComparison>,
    pub(super) statistic: Statistic,
    pub(super) tolerance: f64,
}

impl Relative<'_> {
    fn change(&self) -> Option<&Change> {
        self.one?.change.as_ref()
    }

    /// The difference that the comparison computed, where an interval may be formed.
    pub(super) fn difference(&self) -> Option<Difference> {
        let change = self.change()?;
        let certainty = change.certainty.as_ref()?;
        Some(Difference {
            d: change.ln_ratio,
            v_a: certainty.variances.a,
            v_b: certainty.variances.b,
            standard_error: certainty.standard_error,
            degrees_of_freedom: certainty.degrees_of_freedom,
            noise_decides: certainty.noise_decides,
        })
    }

    /// Runs of each side, and how many the noise floor asks for.
    fn runs(&self, tau: f64) -> (Sides<u32>, Option<u32>) {
        let certainty = self.change().and_then(|change| change.certainty.as_ref());
        certainty.map_or((Sides::default(), None), |certainty| {
            let floor = certainty.noise.floor();
            (certainty.runs, runs_needed(floor, tau))
        })
    }

    pub(super) fn judge(&self, step: HolmStep) -> RuleRow {
        let one = self.one;
        let difference = self.difference();
        let tau = self.tolerance.ln_1p();
        let (outcome, why) = verdict::relative_rule(
            one.map(|one| one.verdict),
            difference.as_ref(),
            step,
            ALPHA,
            tau,
            self.runs(tau),
        );
        let change = difference.map(|d| RelativeChange {
            percent: percent(d.d),
            percent_adjusted: percents(d.interval(step.level)),
            level: step.level,
            upper_percent: percent(d.upper_bound(1.0 - ALPHA)),
            p_adjusted: step.p_adjusted,
        });
        let evidence = match one {
            Some(one) => Evidence::Relative {
                statistic: self.statistic,
                values: one.estimates.as_ref().map(|estimate| estimate.value),
                change,
            },
            None => Evidence::Nothing,
        };
        RuleRow {
            rule: self.rule.clone(),
            stage: Some(self.stage.to_owned()),
            action: Some(self.action.to_owned()),
            evidence,
            outcome,
            why,
        }
    }
}

/// What a gate says whose only rule is that `one` grew by no more than `tolerance`, as a share.
pub fn alone(one: &StatisticComparison, tolerance: f64) -> RuleOutcome {
    let relative = Relative {
        rule: String::new(),
        stage: "",
        action: "",
        one: Some(one),
        statistic: one.statistic,
        tolerance,
    };
    let p = relative.difference().as_ref().map_or(1.0, Difference::p);
    let steps = holm(&[p], ALPHA).into_iter();
    let mut rows = steps.map(|step| relative.judge(step).outcome);
    rows.next().unwrap_or(RuleOutcome::NotJudged)
}
