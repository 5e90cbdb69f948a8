//! How a run is doing, once a second.

use brunt_record::{ActionTotals, CountsRow};
use hdrhistogram::Histogram;

use super::account::Account;

/// The last whole second of a run, and its totals so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Which second of the run this was, from 0.
    pub second: u64,
    /// Arrivals that were due in this second.
    pub offered: u64,
    /// Requests that succeeded in this second.
    pub delivered: u64,
    /// Requests in flight at its end.
    pub in_flight: u64,
    /// Arrivals at its end that are due and not sent.
    pub waiting: u64,
    /// Median response time of this second's successes; absent without any.
    pub p50_us: Option<u64>,
    /// 99th percentile of the same.
    pub p99_us: Option<u64>,
    /// What became of the arrivals of each stage so far.
    pub stages: Vec<StageTotals>,
    /// Every action of every stage that had arrivals so far, in the order of the plan.
    pub actions: Vec<ActionProgress>,
    /// Every session of every stage, likewise; their requests are counted in `actions`, and only
    /// those everywhere else.
    pub sessions: Vec<ActionProgress>,
    /// 99th percentile of the dispatch lateness of what settled in this second; absent without any.
    pub lateness_p99_us: Option<u64>,
    /// CPU time of the generator in this second, user and system; absent where it is not known.
    pub cpu_us: Option<u64>,
}

/// One action, or one kind of session, of one stage: the last whole second, and its totals so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionProgress {
    /// Index of the stage in the plan.
    pub stage: usize,
    /// Arrivals that were due in this second.
    pub offered: u64,
    /// Requests, or sessions, that succeeded in this second.
    pub delivered: u64,
    /// Requests in flight at its end, or sessions under way.
    pub in_flight: u64,
    /// Arrivals at its end that are due and not sent.
    pub waiting: u64,
    /// Response times of this second's successes; absent without any.
    pub response: Option<Quantiles>,
    /// Dispatch lateness of the same.
    pub lateness: Option<Quantiles>,
    /// Requests that were sent so far.
    pub sent: u64,
    /// What became of the arrivals so far, with the slugs of stage and action.
    pub totals: ActionTotals,
}

/// A distribution in three figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantiles {
    /// Median.
    pub p50_us: u64,
    /// 95th percentile.
    pub p95_us: u64,
    /// 99th percentile.
    pub p99_us: u64,
}

impl Quantiles {
    /// Of a histogram; absent where it is empty.
    pub(super) fn of(histogram: &Histogram<u64>) -> Option<Self> {
        (!histogram.is_empty()).then(|| Self {
            p50_us: histogram.value_at_quantile(0.5),
            p95_us: histogram.value_at_quantile(0.95),
            p99_us: histogram.value_at_quantile(0.99),
        })
    }
}

/// What became of the arrivals of one stage so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StageTotals {
    /// Arrivals that were due.
    pub offered: u64,
    /// Successes.
    pub ok: u64,
    /// Failures.
    pub failed: u64,
    /// Arrivals given up.
    pub unsent: u64,
}

impl StageTotals {
    /// Arrivals that are due and not settled.
    pub fn open(&self) -> u64 {
        self.offered
            .saturating_sub(self.ok + self.failed + self.unsent)
    }
}

impl Progress {
    /// Failures in all stages so far.
    pub fn failed(&self) -> u64 {
        self.stages.iter().map(|stage| stage.failed).sum()
    }

    /// Adds the second of one action of the stage with index `stage`, and its totals so far.
    pub(super) fn add(&mut self, stage: usize, row: &CountsRow, account: &Account) {
        self.offered += row.offered;
        self.delivered += row.ok;
        self.in_flight += account.in_flight();
        self.waiting += account.open().saturating_sub(account.in_flight());
        if self.stages.len() <= stage {
            self.stages.resize(stage + 1, StageTotals::default());
        }
        let totals = &mut self.stages[stage];
        totals.offered += account.offered;
        totals.ok += account.ok;
        totals.failed += account.failed;
        totals.unsent += account.unsent;
    }
}
