//! Lines of progress.

use brunt_loadgen::{Progress, StageTotals};
use brunt_report::language::{count, duration, rate};

/// What a second of a stage is to bring.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Offer {
    /// So many arrivals a second.
    Rate(f64),
    /// What the users of a closed model come to.
    Closed,
    /// Nothing: the stage waits for its last responses.
    Draining,
}

/// The second that has just passed.
pub(super) fn second(stage: &str, offer: Offer, progress: &Progress) -> String {
    let latency = |us: Option<u64>| us.map_or_else(|| "-".to_owned(), |us| duration(us as f64));
    let waiting = match progress.waiting {
        0 => String::new(),
        waiting => format!(", {} waiting", count(waiting)),
    };
    let delivered = count(progress.delivered);
    let pace = match offer {
        Offer::Rate(planned) => format!("{delivered} of {}", rate(planned)),
        Offer::Closed => format!("{delivered}/s"),
        Offer::Draining => format!("draining, {delivered}/s"),
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
            second("init", Offer::Rate(600.0), &progress),
            "init: 598 of 600/s, 12 in flight, 1,500 waiting, p50 1.20 ms, p99 -, 3 failed"
        );
        assert!(
            second("init", Offer::Draining, &progress)
                .starts_with("init: draining, 598/s, 12 in flight")
        );
    }
}
