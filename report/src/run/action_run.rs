//! One action, or one kind of session, of one stage in one run.

use std::collections::BTreeMap;

use brunt_record::new_histogram;
use hdrhistogram::Histogram;

use super::counts::ActionCounts;
use crate::statistics::{MANY_WINDOWS, OverOffered, is_beyond};

/// What a run says of one action, or of one kind of session, in one stage.
///
/// The judged span begins where the warm-up ends. An arrival belongs to it by when it settled,
/// because histograms do: without a warm-up that is every arrival of the stage, whichever second
/// it settled in; with one, requests that were due in the warm-up and settled later count.
#[derive(Clone)]
pub struct ActionRun {
    /// Slug of the stage.
    pub stage: String,
    /// Slug of the action, or of the session.
    pub action: String,
    /// Arrivals of the whole stage, warm-up included.
    pub counts: ActionCounts,
    /// Failures of the whole stage by kind.
    pub failures: BTreeMap<String, u64>,
    /// Arrivals that never settled: those of a run that was cut short.
    pub open: u64,
    /// What became of the arrivals while more came due, from the end of the warm-up on.
    pub while_due: WhileDue,
    /// Do only users of the closed model send it in this stage? Nothing is then due at an instant
    /// of the plan, and no rate is known.
    pub closed: bool,
    /// The last second in which anything of it was due, in flight or settled.
    pub last_second: u64,
    /// Requests in flight, integrated over the whole stage, request-microseconds.
    pub in_flight_us: u64,
    /// Service times of all requests of the stage that settled, failed ones too, summed:
    /// microseconds; absent in open streams, of which it is not asked, and where one was longer than
    /// histograms tell apart.
    pub service_sum_us: Option<f64>,
    /// Response times of successes in the judged span, microseconds.
    pub response: Histogram<u64>,
    /// Their service times, microseconds.
    pub service: Histogram<u64>,
    /// Dispatch lateness of every request that was sent in the judged span, microseconds.
    pub lateness: Histogram<u64>,
    /// Ten contiguous windows of the judged span.
    pub windows: Vec<Window>,
    /// What settled per second of the judged span.
    pub seconds: BTreeMap<u64, Settled>,
    /// Successes of the whole stage that the latency log holds; equal to `counts.ok` in a record
    /// whose sums agree.
    pub logged_ok: u64,
    /// For every limit that the plan sets on the action: successes that took longer.
    pub over_limits: Vec<OverLimit>,
}

/// What had become of arrivals by when the last one was due, from the end of the warm-up on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WhileDue {
    /// Arrivals that were due.
    pub offered: u64,
    /// Requests that had succeeded.
    pub ok: u64,
    /// Arrivals not settled at the end of each quarter of that time, in whole seconds.
    pub open: [u64; 4],
}

impl WhileDue {
    /// Adds the arrivals of another action of the same stage.
    pub fn add(&mut self, other: &Self) {
        self.offered += other.offered;
        self.ok += other.ok;
        for (open, more) in self.open.iter_mut().zip(other.open) {
            *open += more;
        }
    }
}

/// Successes of the judged span that took longer than a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverLimit {
    /// Microseconds; what took this long is within.
    pub limit_us: u64,
    /// How many in each second that has any.
    pub seconds: BTreeMap<u64, u64>,
}

/// A contiguous part of the judged span.
#[derive(Clone)]
pub struct Window {
    /// Response times of successes, microseconds.
    pub response: Histogram<u64>,
    /// Arrivals that failed or were given up.
    pub lost: u64,
}

impl Default for Window {
    fn default() -> Self {
        Self::new()
    }
}

impl Window {
    /// One in which nothing has settled yet.
    pub fn new() -> Self {
        Self {
            response: new_histogram(),
            lost: 0,
        }
    }

    /// All its arrivals.
    pub fn arrivals(&self) -> OverOffered<'_> {
        OverOffered {
            successes: &self.response,
            lost: self.lost,
        }
    }

    /// Adds what is in `other`.
    pub fn add(&mut self, other: &Self) {
        self.lost += other.lost;
        merge(&mut self.response, &other.response);
    }
}

/// What settled in one second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Successes.
    pub ok: u64,
    /// Failed and unsent.
    pub lost: u64,
}

impl ActionRun {
    pub(super) fn new(
        stage: &str,
        action: &str,
        closed: bool,
        limits_us: impl Iterator<Item = u64>,
    ) -> Self {
        Self {
            stage: stage.to_owned(),
            action: action.to_owned(),
            counts: ActionCounts::default(),
            failures: BTreeMap::new(),
            open: 0,
            while_due: WhileDue::default(),
            closed,
            last_second: 0,
            in_flight_us: 0,
            service_sum_us: closed.then_some(0.0),
            response: new_histogram(),
            service: new_histogram(),
            lateness: new_histogram(),
            windows: vec![Window::new(); MANY_WINDOWS],
            seconds: BTreeMap::new(),
            logged_ok: 0,
            over_limits: limits_us
                .map(|limit_us| OverLimit {
                    limit_us,
                    seconds: BTreeMap::new(),
                })
                .collect(),
        }
    }

    /// An action of which nothing is known but what settled in ten windows: for trials of the method.
    pub fn of_windows(windows: Vec<Window>) -> Self {
        let mut run = Self::new("trial", "trial", false, std::iter::empty());
        for window in &windows {
            merge(&mut run.response, &window.response);
        }
        run.windows = windows;
        run
    }

    /// Adds what another action of the same stage did; limits are those of one action, and stay out.
    pub(super) fn add(&mut self, other: &Self) {
        self.counts.add(&other.counts);
        for (kind, count) in &other.failures {
            *self.failures.entry(kind.clone()).or_default() += count;
        }
        self.open += other.open;
        self.while_due.add(&other.while_due);
        self.logged_ok += other.logged_ok;
        merge(&mut self.response, &other.response);
        merge(&mut self.service, &other.service);
        merge(&mut self.lateness, &other.lateness);
        for (window, more) in self.windows.iter_mut().zip(&other.windows) {
            window.add(more);
        }
        for (second, more) in &other.seconds {
            let settled = self.seconds.entry(*second).or_default();
            settled.ok += more.ok;
            settled.lost += more.lost;
        }
    }

    /// All arrivals of the judged span; those that never settled rank as slower than every success.
    pub fn arrivals(&self) -> OverOffered<'_> {
        OverOffered {
            successes: &self.response,
            lost: self.windows.iter().map(|w| w.lost).sum::<u64>() + self.open,
        }
    }

    /// Did a success of the judged span take longer than histograms tell apart?
    pub(crate) fn goes_beyond(&self) -> bool {
        is_beyond(self.response.max())
    }

    /// Successes and arrivals of the judged span.
    pub fn judged(&self) -> (u64, u64) {
        let ok = self.seconds.values().map(|s| s.ok).sum::<u64>();
        let lost = self.seconds.values().map(|s| s.lost).sum::<u64>();
        (ok, ok + lost + self.open)
    }
}

/// Adds `more` to `sum`, which may have other bounds, by its values.
///
/// A second of one action fills a few hundred of 18,000 buckets: walking up to the last one that is
/// filled is faster than adding all of them.
pub(crate) fn merge(sum: &mut Histogram<u64>, more: &Histogram<u64>) {
    for step in more.iter_recorded() {
        sum.saturating_record_n(step.value_iterated_to(), step.count_at_value());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn window(times: &[u64], lost: u64) -> Window {
        let mut window = Window::new();
        window.lost = lost;
        for us in times {
            window.response.record(*us).unwrap();
        }
        window
    }

    proptest! {
        #[test]
        fn merging_is_free_of_order(
            parts in prop::collection::vec(
                (prop::collection::vec(1u64..120_000_000, 0..20), 0u64..5),
                1..6,
            ),
            q in 0.0f64..1.0,
        ) {
            let windows: Vec<Window> = parts.iter().map(|(t, lost)| window(t, *lost)).collect();
            let sum = |order: &mut dyn Iterator<Item = &Window>| {
                order.fold(Window::new(), |mut sum, window| {
                    sum.add(window);
                    sum
                })
            };
            let forth = sum(&mut windows.iter());
            let back = sum(&mut windows.iter().rev());
            prop_assert_eq!(forth.arrivals().quantile(q), back.arrivals().quantile(q));
            prop_assert_eq!(&forth.response, &back.response);
            let all: Vec<u64> = parts.iter().flat_map(|(t, _)| t.clone()).collect();
            let lost = parts.iter().map(|(_, lost)| lost).sum();
            let once = window(&all, lost);
            prop_assert_eq!(once.arrivals().quantile(q), forth.arrivals().quantile(q));
        }
    }

    #[test]
    fn a_histogram_of_other_bounds_is_added_by_its_values() {
        let mut foreign = Histogram::<u64>::new_with_bounds(1, 600_000_000, 2).unwrap();
        foreign.record(500_000_000).unwrap();
        foreign.record(1_000).unwrap();
        let mut sum = new_histogram();
        merge(&mut sum, &foreign);
        assert_eq!(sum.len(), 2);
        assert!(sum.max() >= 120_000_000);
    }
}
