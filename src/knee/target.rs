//! Limits that the command line sets.

use std::fmt;
use std::time::Duration;

use brunt_loadgen::Scenario;
use brunt_loadgen::scenario::parse_duration;

/// A limit from the command line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Target {
    /// Slug of an action or a session; of every action of the stage where there is none.
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

/// Gives the actions and sessions of a stage these limits, in the place of those on the same quantile.
pub(super) fn set(
    scenario: &mut Scenario,
    stage: usize,
    targets: &[Target],
    mistakes: &mut Vec<String>,
) {
    let actions = scenario.sent_in(&scenario.stages[stage]);
    let mixes = scenario.stages[stage].streams.iter();
    let mixes = mixes.flat_map(|stream| &stream.mix);
    let sessions: Vec<usize> = mixes
        .filter_map(|(index, _)| index.checked_sub(scenario.actions.len()))
        .collect();
    for target in targets {
        let mut found = false;
        let named = |name: &str| target.action.as_ref().is_none_or(|wanted| wanted == name);
        for index in &actions {
            let action = &mut scenario.actions[*index];
            if named(&action.name) {
                found = true;
                limit(&mut action.targets, target);
            }
        }
        for index in &sessions {
            let session = &mut scenario.sessions[*index];
            if target.action.as_ref() == Some(&session.name) {
                found = true;
                limit(&mut session.targets, target);
            }
        }
        if let (false, Some(name)) = (found, &target.action) {
            let stage = &scenario.stages[stage].name;
            mistakes.push(format!(
                "--target {name}/…: stage {stage:?} does not send it\n  hint: name an action or a session of its mix"
            ));
        }
    }
}

fn limit(targets: &mut Vec<(f64, Duration)>, target: &Target) {
    targets.retain(|(quantile, _)| (quantile - target.quantile).abs() > 1e-9);
    targets.push((target.quantile, target.limit));
}
