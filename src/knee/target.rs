//! Limits that the command line sets.

use std::fmt;
use std::time::Duration;

use brunt_loadgen::Scenario;
use brunt_loadgen::scenario::parse_duration;

use super::plan::actions_of;

/// A limit from the command line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Target {
    /// Slug of the action; of every one of the stage where there is none.
    pub(crate) action: Option<String>,
    /// 0 to 1.
    pub(crate) quantile: f64,
    pub(crate) limit: Duration,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(action) = &self.action {
            write!(f, "{action}/")?;
        }
        let percent = (self.quantile * 1e7).round() / 1e5;
        write!(f, "p{percent}={:?}", self.limit)
    }
}

impl Target {
    /// Reads `p95=200ms` or `browse/p95=200ms`; the error is what to write instead.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let hint =
            "write p50, p90, p95, p99 or p99.9 and a limit, such as p95=200ms or browse/p95=200ms";
        let (name, limit) = text.split_once('=').ok_or(hint)?;
        let (action, quantile) = match name.split_once('/') {
            Some((action, quantile)) => (Some(action.to_owned()), quantile),
            None => (None, name),
        };
        let quantiles = [
            ("p50", 0.5),
            ("p90", 0.9),
            ("p95", 0.95),
            ("p99", 0.99),
            ("p99.9", 0.999),
        ];
        let known = quantiles.iter().find(|(name, _)| *name == quantile.trim());
        Ok(Self {
            action,
            quantile: known.ok_or(hint)?.1,
            limit: parse_duration(limit.trim())?,
        })
    }
}

/// Gives the actions of a stage these limits, in the place of those on the same quantile.
pub(super) fn set(
    scenario: &mut Scenario,
    stage: usize,
    targets: &[Target],
    mistakes: &mut Vec<String>,
) {
    let actions = actions_of(&scenario.stages[stage]);
    for target in targets {
        let mut found = false;
        for index in &actions {
            let action = &mut scenario.actions[*index];
            if target
                .action
                .as_ref()
                .is_none_or(|name| *name == action.name)
            {
                found = true;
                action
                    .targets
                    .retain(|(q, _)| (q - target.quantile).abs() > 1e-9);
                action.targets.push((target.quantile, target.limit));
            }
        }
        if let (false, Some(name)) = (found, &target.action) {
            let stage = &scenario.stages[stage].name;
            mistakes.push(format!(
                "--target {name}/…: stage {stage:?} does not send it\n  hint: name an action of its mix"
            ));
        }
    }
}
