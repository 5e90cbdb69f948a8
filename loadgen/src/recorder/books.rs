//! Seconds taken out of the shards, booked and written.

use std::collections::BTreeMap;
use std::sync::Arc;

use brunt_record::{
    ActionTotals, Latency, LatencyTag, Measure, Outcome, RecordError, RecordWriter, Second,
    new_histogram,
};
use hdrhistogram::Histogram;
use tokio_util::sync::CancellationToken;

use super::account::Account;
use super::cell::Cell;
use super::progress::{ActionProgress, Progress, Quantiles};
use super::series::SeriesId;
use super::shard::{SecondCells, Shards};
use super::thresholds::{Happened, Thresholds};
use crate::machine;
use crate::scenario::Scenario;

/// What a run's recorder leaves behind.
pub(crate) struct Recorded {
    /// The record, to be finished.
    pub(crate) writer: RecordWriter,
    /// Sums of `counts.csv`.
    pub(crate) totals: Vec<ActionTotals>,
    /// Sums of `sessions.csv`.
    pub(crate) session_totals: Vec<ActionTotals>,
    /// Dispatch lateness over the whole run.
    pub(crate) lateness: Latency,
    /// Seconds in the record.
    pub(crate) seconds: u64,
    /// The threshold that ended the run, and what was seen; absent where none did.
    pub(crate) crossed: Option<String>,
}

pub(super) struct Books {
    shards: Arc<Shards>,
    writer: RecordWriter,
    accounts: Vec<Account>,
    lateness: Histogram<u64>,
    /// CPU time of the process when the last second was written.
    cpu_us: Option<u64>,
    /// Empty ones, to be used again.
    histograms: Vec<Histogram<u64>>,
    thresholds: Thresholds,
    crossed: Option<String>,
    /// Cancelled when a threshold is crossed. Once the run ends, for whatever reason, thresholds
    /// say nothing: what is given up then would fail them.
    halt: CancellationToken,
}

impl Books {
    pub(super) fn new(
        shards: Arc<Shards>,
        writer: RecordWriter,
        scenario: &Scenario,
        halt: CancellationToken,
    ) -> Self {
        Self {
            accounts: vec![Account::default(); shards.series().len()],
            lateness: new_histogram(),
            cpu_us: machine::process_cpu_us(),
            histograms: Vec::new(),
            thresholds: Thresholds::new(scenario),
            crossed: None,
            halt,
            shards,
            writer,
        }
    }

    /// Writes all seconds from `first` to `last`; nothing before `first` is left in the shards.
    pub(super) fn write(&mut self, first: u64, last: u64) -> Result<Progress, RecordError> {
        let mut taken: BTreeMap<u64, SecondCells> = self.shards.take(last);
        let mut progress = Progress::default();
        for second in first..=last {
            let cells = taken.remove(&second).unwrap_or_default();
            progress = self.write_second(second, &cells)?;
        }
        let cpu_us = machine::process_cpu_us();
        let spent = cpu_us.zip(self.cpu_us).map(|(now, before)| now - before);
        // More than one second at a time is written at the end only.
        progress.cpu_us = spent.filter(|_| first == last);
        self.cpu_us = cpu_us;
        Ok(progress)
    }

    fn write_second(&mut self, second: u64, cells: &SecondCells) -> Result<Progress, RecordError> {
        let mut out = Second {
            second,
            errors: self.shards.take_errors(),
            ..Second::default()
        };
        let mut progress = Progress {
            second,
            ..Progress::default()
        };
        // Thresholds alone want to know.
        let watched = if self.thresholds.is_empty() {
            0
        } else {
            self.shards.series().stages()
        };
        let mut happened = vec![Happened::default(); watched];
        for (index, account) in self.accounts.iter_mut().enumerate() {
            let cell = cells.get(index).and_then(Option::as_deref);
            let series = self.shards.series();
            let (stage, action) = series.names(SeriesId(index));
            let of_stage = series.stage(SeriesId(index));
            let is_session = series.is_session(SeriesId(index));
            let mut row = account.book(second, cell);
            let mut latencies = Vec::new();
            if let Some(cell) = cell {
                let empty = &mut self.histograms;
                add_latencies(cell, stage, action, empty, &mut latencies);
            }
            if account.offered > 0 {
                let of = |measure| quantiles(&latencies, measure);
                let shown = if is_session {
                    &mut progress.sessions
                } else {
                    &mut progress.actions
                };
                shown.push(ActionProgress {
                    stage: of_stage,
                    offered: row.offered,
                    delivered: row.ok,
                    in_flight: account.in_flight(),
                    waiting: account.open().saturating_sub(account.in_flight()),
                    response: of(Measure::Response),
                    lateness: of(Measure::Lateness),
                    sent: account.sent,
                    totals: account.totals(stage, action),
                });
            }
            // The requests of a session are counted with their actions, and nothing twice.
            if !is_session {
                progress.add(of_stage, &row, account);
                if let Some(happened) = happened.get_mut(of_stage) {
                    happened.in_flight_us += row.in_flight_us;
                    if let Some(cell) = cell {
                        happened.add_cell(cell);
                    }
                }
            }
            let (rows, all) = if is_session {
                (&mut out.sessions, &mut out.session_latencies)
            } else {
                (&mut out.counts, &mut out.latencies)
            };
            all.append(&mut latencies);
            if row.offered + row.sent + row.settled() + row.open + row.in_flight_us > 0 {
                stage.clone_into(&mut row.stage);
                action.clone_into(&mut row.action);
                rows.push(row);
            }
        }
        let mut empty = || self.histograms.pop().unwrap_or_else(new_histogram);
        let (mut responses, mut late) = (empty(), empty());
        for (tag, histogram) in &out.latencies {
            match (tag.outcome, tag.measure) {
                (Outcome::Ok, Measure::Response) => add(&mut responses, histogram),
                (_, Measure::Lateness) => add(&mut late, histogram),
                _ => {}
            }
        }
        add(&mut self.lateness, &late);
        let quantiles = Quantiles::of(&responses);
        progress.p50_us = quantiles.map(|quantiles| quantiles.p50_us);
        progress.p99_us = quantiles.map(|quantiles| quantiles.p99_us);
        progress.lateness_p99_us = Quantiles::of(&late).map(|quantiles| quantiles.p99_us);
        self.writer.append(&out)?;
        let used = out.latencies.into_iter().chain(out.session_latencies);
        let used = used.map(|(_, histogram)| histogram);
        for mut histogram in used.chain([responses, late]) {
            histogram.reset();
            self.histograms.push(histogram);
        }
        if !self.halt.is_cancelled() {
            self.crossed = self.thresholds.crossed(second, &happened);
            if self.crossed.is_some() {
                self.halt.cancel();
            }
        }
        Ok(progress)
    }

    /// Writes what is left, from `first` to `last`.
    pub(super) fn close(
        mut self,
        first: u64,
        last: u64,
        mut watch: impl FnMut(&Progress),
    ) -> Result<Recorded, RecordError> {
        let last = last.max(first);
        // The run has ended by itself.
        self.thresholds = Thresholds::default();
        watch(&self.write(first, last)?);
        let series = self.shards.series();
        let (sessions, actions): (Vec<_>, Vec<_>) = self
            .accounts
            .iter()
            .enumerate()
            .filter(|(_, account)| account.offered > 0)
            .partition(|(index, _)| series.is_session(SeriesId(*index)));
        let totals = |accounts: Vec<(usize, &Account)>| {
            let accounts = accounts.into_iter();
            let named = accounts.map(|(index, account)| {
                let (stage, name) = series.names(SeriesId(index));
                account.totals(stage, name)
            });
            named.collect()
        };
        let (totals, session_totals) = (totals(actions), totals(sessions));
        Ok(Recorded {
            writer: self.writer,
            totals,
            session_totals,
            lateness: Latency {
                p50_us: self.lateness.value_at_quantile(0.5),
                p99_us: self.lateness.value_at_quantile(0.99),
                max_us: self.lateness.max(),
            },
            seconds: last + 1,
            crossed: self.crossed,
        })
    }
}

fn add_latencies(
    cell: &Cell,
    stage: &str,
    action: &str,
    empty: &mut Vec<Histogram<u64>>,
    latencies: &mut Vec<(LatencyTag, Histogram<u64>)>,
) {
    for outcome in Outcome::ALL {
        if !cell.has(outcome) {
            continue;
        }
        for measure in Measure::ALL {
            let tag = LatencyTag {
                stage: stage.to_owned(),
                action: action.to_owned(),
                outcome,
                measure,
            };
            let mut histogram = empty.pop().unwrap_or_else(new_histogram);
            cell.fill(outcome, measure, &mut histogram);
            // Nothing of a second may have been sent, though all of it has settled.
            if histogram.is_empty() {
                empty.push(histogram);
            } else {
                latencies.push((tag, histogram));
            }
        }
    }
}

/// Of the successes among `latencies`, which are those of one action.
fn quantiles(latencies: &[(LatencyTag, Histogram<u64>)], measure: Measure) -> Option<Quantiles> {
    let mut of = latencies
        .iter()
        .filter(|(tag, _)| tag.outcome == Outcome::Ok && tag.measure == measure);
    of.next()
        .and_then(|(_, histogram)| Quantiles::of(histogram))
}

fn add(sum: &mut Histogram<u64>, histogram: &Histogram<u64>) {
    sum.add(histogram)
        .expect("all histograms have the same bounds");
}
