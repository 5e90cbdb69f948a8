//! How a run is doing, once a second.

use brunt_record::CountsRow;

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
    /// Arrivals so far.
    pub total_offered: u64,
    /// Successes so far.
    pub total_ok: u64,
    /// Failures so far.
    pub total_failed: u64,
    /// Arrivals given up so far.
    pub total_unsent: u64,
}

impl Progress {
    /// Adds a series' second and its totals so far.
    pub(super) fn add(&mut self, row: &CountsRow, account: &Account) {
        self.offered += row.offered;
        self.delivered += row.ok;
        self.in_flight += account.in_flight();
        self.waiting += account.open().saturating_sub(account.in_flight());
        self.total_offered += account.offered;
        self.total_ok += account.ok;
        self.total_failed += account.failed;
        self.total_unsent += account.unsent;
    }
}
