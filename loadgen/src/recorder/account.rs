//! Running totals of one stage × action.

use brunt_record::{ActionTotals, CountsRow, FailureCounts};

use super::cell::Cell;

const SECOND_US: u64 = 1_000_000;

#[derive(Clone, Default)]
pub(super) struct Account {
    pub(super) offered: u64,
    pub(super) sent: u64,
    pub(super) ok: u64,
    pub(super) failed: u64,
    pub(super) unsent: u64,
    failures: FailureCounts,
    sent_at_us: u128,
    done_at_us: u128,
    in_flight_us: u128,
}

impl Account {
    /// Books one second, and returns its row without the names.
    pub(super) fn book(&mut self, second: u64, cell: Option<&Cell>) -> CountsRow {
        let mut row = CountsRow {
            second,
            ..CountsRow::default()
        };
        if let Some(cell) = cell {
            row.offered = cell.offered;
            row.sent = cell.sent;
            row.ok = cell.ok;
            row.failed = cell.failed();
            row.unsent = cell.unsent;
            let failures = cell.failures.iter();
            row.failures = FailureCounts(failures.map(|(k, n)| (k.to_string(), *n)).collect());
            self.offered += row.offered;
            self.sent += row.sent;
            self.ok += row.ok;
            self.failed += row.failed;
            self.unsent += row.unsent;
            self.failures.add(&row.failures);
            self.sent_at_us += cell.sent_at_us;
            self.done_at_us += cell.done_at_us;
        }
        let integral = self.integral((second + 1) * SECOND_US);
        row.in_flight_us = integral.saturating_sub(self.in_flight_us) as u64;
        self.in_flight_us = integral;
        row.open = self.open();
        row
    }

    /// Arrivals that are due and not settled.
    pub(super) fn open(&self) -> u64 {
        self.offered
            .saturating_sub(self.ok + self.failed + self.unsent)
    }

    /// Requests that were sent and have not settled.
    pub(super) fn in_flight(&self) -> u64 {
        self.sent.saturating_sub(self.ok + self.failed)
    }

    pub(super) fn totals(&self, stage: &str, action: &str) -> ActionTotals {
        ActionTotals {
            stage: stage.to_owned(),
            action: action.to_owned(),
            offered: self.offered,
            ok: self.ok,
            failed: self.failed,
            unsent: self.unsent,
            failures: self.failures.0.clone(),
        }
    }

    /// ∫ requests in flight dt from 0 to `at_us`: every request adds the time since it was sent,
    /// and gives back the time since it was done.
    fn integral(&self, at_us: u64) -> u128 {
        let done = u128::from(self.ok + self.failed);
        let at = u128::from(at_us);
        (at * u128::from(self.sent) + self.done_at_us).saturating_sub(at * done + self.sent_at_us)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A request from 0.4 s to 1.7 s is in flight for 0.6 s of second 0 and 0.7 s of second 1.
    #[test]
    fn in_flight_is_integrated_over_time() {
        let mut account = Account::default();
        let sent = Cell {
            offered: 1,
            sent: 1,
            sent_at_us: 400_000,
            ..Cell::default()
        };
        let done = Cell {
            ok: 1,
            done_at_us: 1_700_000,
            ..Cell::default()
        };
        let first = account.book(0, Some(&sent));
        assert_eq!(
            (first.in_flight_us, first.open, account.in_flight()),
            (600_000, 1, 1)
        );
        let second = account.book(1, Some(&done));
        assert_eq!(
            (second.in_flight_us, second.open, account.in_flight()),
            (700_000, 0, 0)
        );
        assert_eq!(
            account.book(2, None),
            CountsRow {
                second: 2,
                ..CountsRow::default()
            }
        );
    }
}
