//! Lines of progress.

use brunt_loadgen::Progress;
use brunt_report::language::{count, duration};

/// The second that has just passed.
pub(super) fn second_line(stage: &str, offered_per_s: f64, progress: &Progress) -> String {
    let latency = |us: Option<u64>| us.map_or_else(|| "-".to_owned(), |us| duration(us as f64));
    let waiting = match progress.waiting {
        0 => String::new(),
        waiting => format!(", {} waiting", count(waiting)),
    };
    format!(
        "{stage}: {} of {offered_per_s}/s, {} in flight{waiting}, p50 {}, p99 {}, {} failed",
        count(progress.delivered),
        count(progress.in_flight),
        latency(progress.p50_us),
        latency(progress.p99_us),
        count(progress.total_failed),
    )
}

/// A stage that has ended, by the totals at its start and now.
pub(super) fn stage_line(stage: &str, before: &Progress, now: &Progress) -> String {
    format!(
        "{stage}: {} offered, {} ok, {} failed, {} unsent",
        count(now.total_offered - before.total_offered),
        count(now.total_ok - before.total_ok),
        count(now.total_failed - before.total_failed),
        count(now.total_unsent - before.total_unsent),
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
            total_failed: 3,
            ..Progress::default()
        };
        assert_eq!(
            second_line("init", 600.0, &progress),
            "init: 598 of 600/s, 12 in flight, 1,500 waiting, p50 1.20 ms, p99 -, 3 failed"
        );
    }
}
