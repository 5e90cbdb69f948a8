//! What a level was over the time of a run.

use super::LevelUnit;
use super::kinds::{self, MEMORY};
use crate::run::Evidence;

const HOST: &str = "host";
/// All that the kernel counts of the time of its cores.
const HOST_ACCOUNTS: [&str; 6] = [
    "cpu_user_us_total",
    "cpu_system_us_total",
    "cpu_interrupt_us_total",
    "cpu_steal_us_total",
    "cpu_idle_us_total",
    "cpu_iowait_us_total",
];

/// What `gauges` of `source` came to over the whole run, in the unit of a level: microseconds since
/// its start, and the sum. Rates of times are shares: cores, or parts of the time.
pub(super) fn course(
    evidence: &Evidence,
    source: &str,
    unit: LevelUnit,
    gauges: &[&str],
) -> Vec<(u64, f64)> {
    let busy = sum(evidence, source, gauges);
    let per_us = match unit {
        LevelUnit::Cores | LevelUnit::Share => 1e-6,
        _ => 1.0,
    };
    let cores = evidence.host_cores.map(f64::from);
    if let (HOST, LevelUnit::Cores, Some(cores)) = (source, unit, cores) {
        // The kernel's accounts of a machine need not add up to the time that went by: what of them
        // was busy is told as a share of them, as it is of a whole stage.
        let all = sum(evidence, source, &HOST_ACCOUNTS);
        if !all.is_empty() {
            let shares = busy.into_iter().zip(all);
            let shares = shares.filter(|(_, (_, all))| *all > 0.0);
            return shares
                .map(|((at, busy), (_, all))| (at, cores * busy / all))
                .collect();
        }
    }
    let mut known = gauges
        .iter()
        .filter_map(|name| evidence.gauge(source, name));
    let rates = known.any(|gauge| gauge.counter);
    let factor = if rates { per_us } else { 1.0 };
    busy.into_iter()
        .map(|(at, value)| (at, value * factor))
        .collect()
}

/// `gauges` added up: counters by their growth a second, others as they were.
fn sum(evidence: &Evidence, source: &str, gauges: &[&str]) -> Vec<(u64, f64)> {
    let mut sum: Option<Vec<(u64, f64)>> = None;
    for name in gauges {
        let Some(gauge) = evidence.gauge(source, name) else {
            // A kernel that does not know it counts it elsewhere.
            continue;
        };
        let points = if gauge.counter {
            gauge.rates(0, u64::MAX)
        } else {
            gauge.points.clone()
        };
        match &mut sum {
            None => sum = Some(points),
            // All gauges of a reading have the same instant.
            Some(sum) => {
                for ((_, value), (_, more)) in sum.iter_mut().zip(points) {
                    *value += more;
                }
            }
        }
    }
    sum.unwrap_or_default()
}

/// The gauges of cores and of memory of `source`, for charts; none where it has no such level.
pub(crate) fn charted(evidence: &Evidence, source: &str, what: &str) -> Vec<(u64, f64)> {
    let several = evidence.gauge(source, "processes").is_some();
    let kind = kinds::of(source).find(|kind| kind.what == what);
    match kind {
        Some(kind) if what == MEMORY && several => {
            debug_assert_eq!(kind.gauges, ["memory_bytes"]);
            course(evidence, source, kind.unit, &["memory_private_bytes"])
        }
        Some(kind) => course(evidence, source, kind.unit, kind.gauges),
        None => Vec::new(),
    }
}
