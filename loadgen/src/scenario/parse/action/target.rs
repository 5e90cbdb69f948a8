//! `targets = { p95 = "200ms" }`: limits on quantiles of the response time.

use std::time::Duration;

use super::super::super::mistake::Mistakes;
use super::super::super::table::Table;

pub(in super::super) fn targets(
    table: &mut Table<'_, '_>,
    mistakes: &mut Mistakes<'_>,
) -> Vec<(f64, Duration)> {
    const QUANTILES: [(&str, f64); 5] = [
        ("p50", 0.5),
        ("p90", 0.9),
        ("p95", 0.95),
        ("p99", 0.99),
        ("p99.9", 0.999),
    ];
    let Some(mut targets) = table.table("targets", mistakes) else {
        return Vec::new();
    };
    let found = QUANTILES
        .into_iter()
        .filter_map(|(key, quantile)| Some((quantile, targets.time(key, mistakes)?)))
        .collect();
    targets.deny_unknown(mistakes);
    found
}
