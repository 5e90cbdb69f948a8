//! Lines of progress.

use brunt_loadgen::{Progress, StageTotals};
use brunt_report::language::{count, duration, rate};

/// The second that has just passed, with the rate that was planned in it; without a rate the stage
/// is waiting for its last responses.
pub(super) fn second(stage: &str, planned_per_s: Option<f64>, progress: &Progress) -> String {
    let latency = |us: Option<u64>| us.map_or_else(|| "-".to_owned(), |us| duration(us as f64));
    let waiting = match progress.waiting {
        0 => String::new(),
        waiting => format!(", {} waiting", count(waiting)),
    };
    let delivered = count(progress.delivered);
    let pace = match planned_per_s {
        Some(planned) => format!("{delivered} of {}", rate(planned)),
        None => format!("draining, {delivered}/s"),
    };
    format!(
        "{stage}: {pace}, {} in flight{waiting}, p50 {}, p99 {}, {} failed",
        count(progress.in_flight),
        latency(progress.p50_us),
        latency(progress.p99_us),
        count(progress.failed()),
    )
}

/// A stage that has ended.
pub(super) fn stage(name: &str, totals: &StageTotals) -> String {
    format!(
        "{name}: {} offered, {} ok, {} failed, {} unsent",
        count(totals.offered),
        count(totals.ok),
        count(totals.failed),
        count(totals.unsent),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_reads_as_a_sentence() {
        let progress = Progress {
            delivered: 598,
            in_flight: 12,
            waiting: 1_500,
            p50_us: Some(1_200),
            stages: vec![StageTotals {
                failed: 3,
                ..StageTotals::default()
            }],
            ..Progress::default()
        };
        assert_eq!(
            second("init", Some(600.0), &progress),
            "init: 598 of 600/s, 12 in flight, 1,500 waiting, p50 1.20 ms, p99 -, 3 failed"
        );
        assert!(second("init", None, &progress).starts_with("init: draining, 598/s, 12 in flight"));
    }
}
