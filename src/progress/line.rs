//! Lines of progress.

use brunt_loadgen::{Progress, StageTotals};
use brunt_record::ActionTotals;
use brunt_report::language::{self, count, plural, rate};

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
    let latency =
        |us: Option<u64>| us.map_or_else(|| "-".to_owned(), |us| language::latency(us as f64));
    let waiting = match progress.waiting {
        0 => String::new(),
        waiting => format!(", {} waiting", count(waiting)),
    };
    let sessions = if progress.sessions.is_empty() {
        String::new()
    } else {
        let under_way = progress.sessions.iter().map(|s| s.in_flight).sum();
        format!(", {} under way", plural(under_way, "session"))
    };
    let delivered = count(progress.delivered);
    let pace = match offer {
        Offer::Rate(planned) => format!("{delivered} of {}", rate(planned)),
        Offer::Closed => format!("{delivered}/s"),
        Offer::Draining => format!("draining, {delivered}/s"),
    };
    format!(
        "{stage}: {pace}, {} in flight{waiting}{sessions}, p50 {}, p99 {}, {} failed",
        count(progress.in_flight),
        latency(progress.p50_us),
        latency(progress.p99_us),
        count(progress.failed()),
    )
}

/// A stage that has ended.
pub(super) fn stage(name: &str, totals: &StageTotals) -> String {
    let StageTotals {
        offered,
        ok,
        failed,
        unsent,
    } = *totals;
    outcome(name, [offered, ok, failed, unsent])
}

/// The sessions of a stage that has ended.
pub(super) fn session(totals: &ActionTotals) -> String {
    let name = format!("{}, session {}", totals.stage, totals.action);
    let counts = [totals.offered, totals.ok, totals.failed, totals.unsent];
    outcome(&name, counts)
}

fn outcome(name: &str, counts: [u64; 4]) -> String {
    let [offered, ok, failed, unsent] = counts.map(count);
    format!("{name}: {offered} offered, {ok} ok, {failed} failed, {unsent} unsent")
}

#[cfg(test)]
mod tests {
    use brunt_loadgen::ActionProgress;

    use super::*;

    #[test]
    fn sessions_are_told_apart_from_requests() {
        let totals = ActionTotals {
            stage: "visits".to_owned(),
            action: "player".to_owned(),
            offered: 1_300,
            ok: 1_290,
            failed: 10,
            unsent: 0,
            failures: [("step-claim".to_owned(), 10)].into(),
        };
        assert_eq!(
            session(&totals),
            "visits, session player: 1,300 offered, 1,290 ok, 10 failed, 0 unsent"
        );
        let under_way = ActionProgress {
            stage: 0,
            offered: 5,
            delivered: 4,
            in_flight: 31,
            waiting: 0,
            response: None,
            lateness: None,
            sent: 1_300,
            totals,
        };
        let progress = Progress {
            sessions: vec![under_way],
            ..Progress::default()
        };
        assert_eq!(
            second("visits", Offer::Rate(35.0), &progress),
            "visits: 0 of 35/s, 0 in flight, 31 sessions under way, p50 -, p99 -, 0 failed"
        );
    }

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
