//! A relative rule on a statistic of an action, or on what a request cost in a stage.

use super::evidence::{Evidence, RelativeChange};
use super::outcome::{RuleOutcome, RuleRow, Why};
use crate::comparison::{
    Certainty, Change, CompareOptions, CostComparison, Noise, NotJudged, Sides, Statistic,
    StatisticComparison, percent, percents, verdict,
};
use crate::statistics::{Difference, HolmStep, NoiseFloor, Spread, holm, runs_needed};

/// The probability of a false alarm among all relative rules.
pub(super) const ALPHA: f64 = 0.05;

/// A relative rule on one thing that may change.
pub(super) struct Relative<'a> {
    pub(super) rule: String,
    pub(super) stage: &'a str,
    pub(super) changed: Changed<'a>,
    pub(super) tolerance: f64,
}

/// What may change.
pub(super) enum Changed<'a> {
    /// A statistic of an action.
    Statistic {
        action: &'a str,
        statistic: Statistic,
        one: Option<&'a StatisticComparison>,
    },
    /// What a request cost.
    Cost(&'a CostComparison),
}

impl<'a> Changed<'a> {
    fn change(&self) -> Option<&'a Change> {
        match self {
            Self::Statistic { one, .. } => (*one)?.change.as_ref(),
            Self::Cost(row) => row.change.as_ref(),
        }
    }

    /// Slug of the action, or of the session.
    pub(super) fn action(&self) -> Option<&'a str> {
        match self {
            Self::Statistic { action, .. } => Some(*action),
            Self::Cost(_) => None,
        }
    }

    /// The source of gauges.
    pub(super) fn source(&self) -> Option<&'a str> {
        match self {
            Self::Statistic { .. } => None,
            Self::Cost(row) => Some(&row.source),
        }
    }

    /// How much it moves from run to run though nothing changed; none where nobody knows.
    pub(super) fn noise(&self, stage: &str, options: &CompareOptions) -> Option<Noise> {
        match self {
            Self::Statistic {
                action, statistic, ..
            } => options.noise(stage, action, *statistic),
            Self::Cost(_) => Some(Noise::ASSUMED),
        }
    }

    fn without_interval(&self, tau: f64) -> (RuleOutcome, Why) {
        match self {
            Self::Statistic { one, .. } => verdict::statistic_without_interval(*one, tau),
            Self::Cost(row) => verdict::cost_without_interval(row),
        }
    }

    fn evidence(&self, change: Option<RelativeChange>) -> Evidence {
        match self {
            Self::Statistic {
                statistic,
                one: Some(one),
                ..
            } => Evidence::Relative {
                statistic: *statistic,
                values: one.estimates.as_ref().map(|estimate| estimate.value),
                change,
            },
            Self::Statistic { one: None, .. } => Evidence::Nothing,
            Self::Cost(row) => Evidence::RelativeCost {
                cost: row.cost,
                values: row.sides.map(|side| side.map(|cost| cost.per_request)),
                change,
            },
        }
    }
}

impl Relative<'_> {
    /// The difference that the comparison computed, where an interval may be formed.
    pub(super) fn difference(&self) -> Option<Difference> {
        let change = self.changed.change()?;
        let certainty = change.certainty.as_ref()?;
        Some(Difference {
            d: change.ln_ratio,
            v_a: certainty.variances.a,
            v_b: certainty.variances.b,
            standard_error: certainty.standard_error,
            degrees_of_freedom: certainty.degrees_of_freedom,
            spread: certainty.spread,
        })
    }

    /// Runs of each side, and how many a side let unchanged code pass.
    fn runs(&self, tau: f64) -> (Sides<u32>, Option<u32>) {
        let change = self.changed.change();
        let certainty = change.and_then(|change| change.certainty.as_ref());
        certainty.map_or((Sides::default(), None), |certainty| {
            (certainty.runs, runs_needed(noise_shown(certainty), tau))
        })
    }

    pub(super) fn judge(&self, step: HolmStep) -> RuleRow {
        let difference = self.difference();
        let tau = self.tolerance.ln_1p();
        let (outcome, why) = match &difference {
            Some(difference) => {
                verdict::relative_rule(difference, step, ALPHA, tau, self.runs(tau))
            }
            None => self.changed.without_interval(tau),
        };
        let change = difference.map(|d| RelativeChange {
            percent: percent(d.d),
            percent_adjusted: percents(d.interval(step.level)),
            level: step.level,
            upper_percent: percent(d.upper_bound(1.0 - ALPHA)),
            p_adjusted: step.p_adjusted,
        });
        self.row(change, outcome, why)
    }

    /// What it comes to where its statistic has no noise floor.
    pub(super) fn without_floor(&self) -> RuleRow {
        let reason = NotJudged::NoFloor;
        self.row(None, RuleOutcome::NotJudged, Why::NotJudged { reason })
    }

    fn row(&self, change: Option<RelativeChange>, outcome: RuleOutcome, why: Why) -> RuleRow {
        RuleRow {
            rule: self.rule.clone(),
            stage: Some(self.stage.to_owned()),
            action: self.changed.action().map(str::to_owned),
            source: self.changed.source().map(str::to_owned),
            evidence: self.changed.evidence(change),
            outcome,
            why,
        }
    }
}

/// How much runs of the same thing differ: by the noise floor, or by what these show where that is more.
fn noise_shown(certainty: &Certainty) -> NoiseFloor {
    let floor = certainty.noise.floor();
    if certainty.spread != Spread::BetweenRuns {
        return floor;
    }
    let each = certainty.runs.map(|runs| 1.0 / f64::from(runs));
    NoiseFloor {
        s_aa: certainty.standard_error / (each.a + each.b).sqrt(),
        degrees_of_freedom: certainty.degrees_of_freedom,
    }
}

/// What a gate says whose only rule is that `one` grew by no more than `tolerance`, as a share.
pub fn alone(one: &StatisticComparison, tolerance: f64) -> RuleOutcome {
    let relative = Relative {
        rule: String::new(),
        stage: "",
        changed: Changed::Statistic {
            action: "",
            statistic: one.statistic,
            one: Some(one),
        },
        tolerance,
    };
    let p = relative.difference().as_ref().map_or(1.0, Difference::p);
    let steps = holm(&[p], ALPHA).into_iter();
    let mut rows = steps.map(|step| relative.judge(step).outcome);
    rows.next().unwrap_or(RuleOutcome::NotJudged)
}
