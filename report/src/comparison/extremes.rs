//! What changed most.

use super::action::ActionComparison;
use super::change::{Change, StatisticComparison, Verdict};
use super::value::Statistic;

/// A statistic of an action.
#[derive(Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) row: &'a ActionComparison,
    pub(super) one: &'a StatisticComparison,
}

impl Found<'_> {
    fn certain(&self) -> Option<&Change> {
        let change = self.one.change.as_ref();
        change.filter(|change| change.certainty.is_some())
    }

    /// 100(B/A − 1); absent where a value is not finite or a stage was overloaded.
    pub(super) fn percent(&self) -> Option<f64> {
        self.certain().map(|change| change.percent)
    }

    /// How far it changed in the direction of `sign`; a change without a figure is the most.
    fn size(&self, sign: f64) -> f64 {
        let change = self.certain();
        change.map_or(f64::INFINITY, |change| sign * change.ln_ratio)
    }
}

/// The p95 that changed most in the direction of `sign`, and of the actions whose p95 did not change
/// that way the statistic that did.
pub(super) fn extremes<'a>(
    actions: impl IntoIterator<Item = &'a ActionComparison>,
    wanted: fn(Verdict) -> bool,
    sign: f64,
) -> [Option<Found<'a>>; 2] {
    let all = actions.into_iter().flat_map(|row| {
        let statistics = row.statistics.iter();
        statistics.map(move |one| Found { row, one })
    });
    let is_p95 = |found: &Found<'_>| found.one.statistic == Statistic::P95;
    let (p95, others): (Vec<_>, Vec<_>) = all
        .filter(|found| wanted(found.one.verdict))
        .partition(is_p95);
    let others: Vec<_> = others
        .into_iter()
        .filter(|found| {
            let p95 = found.row.statistic(Statistic::P95);
            !p95.is_some_and(|p95| wanted(p95.verdict))
        })
        .collect();
    [p95, others].map(|found| {
        // The first of equals: `max_by` alone would take the last.
        let found = found.into_iter().rev();
        found.max_by(|x, y| x.size(sign).total_cmp(&y.size(sign)))
    })
}
