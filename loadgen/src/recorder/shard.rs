//! Where workers put their samples: one shard a worker, so that locks are almost never contended.

use std::borrow::Cow;
use std::cell::Cell as ThreadCell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use brunt_record::{ErrorSample, Outcome};

use super::cell::{Cell, Latencies};
use super::error_log::ErrorLog;
use super::series::{Series, SeriesId};
use crate::client::Failure;

/// The instants of one request that settled, in microseconds since the start of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sample {
    /// Which stage and action.
    pub series: SeriesId,
    /// When the schedule wanted it sent.
    pub due_us: u64,
    /// When the engine was ready to send it.
    pub ready_us: u64,
    /// When it was sent: after its wait for a place in flight; absent where it could not be put
    /// together.
    pub sent_us: Option<u64>,
    /// When the whole response was there, or the failure.
    pub done_us: u64,
}

impl Sample {
    /// From sent to done, microseconds; absent where it was not sent.
    pub(crate) fn service_us(&self) -> Option<u64> {
        Some(self.done_us.saturating_sub(self.sent_us?))
    }
}

/// One session that had begun, microseconds; its requests are samples of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EndedSession {
    /// Which stage and session.
    pub series: SeriesId,
    /// Sum of the response times of its requests.
    pub response_us: u64,
    /// Sum of their service times.
    pub service_us: u64,
    /// Dispatch lateness of the first one.
    pub lateness_us: u64,
    /// When it ended, since the start of the run.
    pub done_us: u64,
}

/// The cells of one second, by series.
pub(super) type SecondCells = Vec<Option<Box<Cell>>>;

#[derive(Default)]
struct Shard {
    seconds: BTreeMap<u64, SecondCells>,
    /// Seconds before this one are written: what comes late counts here.
    first_open: u64,
}

/// All shards of a run.
pub(crate) struct Shards {
    workers: Vec<Mutex<Shard>>,
    errors: Mutex<ErrorLog>,
    /// Arrivals of each stage that are due and not settled.
    open: Vec<AtomicI64>,
    series: Series,
}

static NEXT_THREAD: AtomicUsize = AtomicUsize::new(0);
thread_local! {
    static THREAD: ThreadCell<usize> = ThreadCell::new(NEXT_THREAD.fetch_add(1, Ordering::Relaxed));
}

const SECOND_US: u64 = 1_000_000;

impl Shards {
    /// Shards for `workers` threads and a plan of so many `stages`.
    pub(crate) fn new(workers: usize, series: Series, stages: usize) -> Self {
        Self {
            workers: (0..workers.max(1)).map(|_| Mutex::default()).collect(),
            errors: Mutex::default(),
            open: (0..stages).map(|_| AtomicI64::new(0)).collect(),
            series,
        }
    }

    /// The pairs that are counted.
    pub(crate) fn series(&self) -> &Series {
        &self.series
    }

    /// An arrival is due.
    pub(crate) fn offered(&self, series: SeriesId, due_us: u64) {
        self.open(series).fetch_add(1, Ordering::AcqRel);
        self.with_cell(series, due_us, |cell| cell.offered += 1);
    }

    /// A request has its place in flight, and is sent if it can be put together.
    pub(crate) fn sent(&self, series: SeriesId, sent_us: u64) {
        self.with_cell(series, sent_us, |cell| {
            cell.sent += 1;
            cell.sent_at_us += u128::from(sent_us);
        });
    }

    /// A request that had its place has settled.
    pub(crate) fn settled(&self, sample: &Sample, result: &Result<(), Failure>) {
        let Sample {
            series,
            due_us,
            ready_us,
            done_us,
            ..
        } = *sample;
        let latencies = Latencies {
            response: micros(done_us.saturating_sub(due_us)),
            service: sample.service_us().map(micros),
            lateness: micros(ready_us.saturating_sub(due_us)),
        };
        let failed = result.as_ref().err().map(|failure| failure.kind.clone());
        self.settle(series, done_us, latencies, failed);
        if let Err(failure) = result {
            self.log_error(sample, failure);
        }
        self.close(series);
    }

    /// A session that had begun has ended; `failed` is the kind of its failure.
    pub(crate) fn session_settled(&self, ended: &EndedSession, failed: Option<Cow<'static, str>>) {
        let latencies = Latencies {
            response: micros(ended.response_us),
            service: Some(micros(ended.service_us)),
            lateness: micros(ended.lateness_us),
        };
        self.settle(ended.series, ended.done_us, latencies, failed);
        self.close(ended.series);
    }

    fn settle(
        &self,
        series: SeriesId,
        done_us: u64,
        latencies: Latencies,
        failed: Option<Cow<'static, str>>,
    ) {
        self.with_cell(series, done_us, |cell| {
            cell.done_at_us += u128::from(done_us);
            match failed {
                None => {
                    cell.record(Outcome::Ok, latencies);
                    cell.ok += 1;
                }
                Some(kind) => {
                    cell.record(Outcome::Failed, latencies);
                    *cell.failures.entry(kind).or_default() += 1;
                }
            }
        });
    }

    fn close(&self, series: SeriesId) {
        self.open(series).fetch_sub(1, Ordering::AcqRel);
    }

    /// An arrival was given up without sending.
    pub(crate) fn unsent(&self, series: SeriesId, at_us: u64) {
        self.with_cell(series, at_us, |cell| cell.unsent += 1);
        self.close(series);
    }

    /// How many arrivals of a stage are due and not settled.
    pub(crate) fn open_in_stage(&self, stage: usize) -> i64 {
        self.open[stage].load(Ordering::Acquire)
    }

    /// Takes all cells up to and including `second`, merged over the shards.
    pub(super) fn take(&self, second: u64) -> BTreeMap<u64, SecondCells> {
        let mut merged: BTreeMap<u64, SecondCells> = BTreeMap::new();
        for shard in &self.workers {
            let taken = {
                let mut shard = lock(shard);
                let later = shard.seconds.split_off(&(second + 1));
                shard.first_open = second + 1;
                std::mem::replace(&mut shard.seconds, later)
            };
            for (second, cells) in taken {
                let into = merged
                    .entry(second)
                    .or_insert_with(|| empty_cells(self.series.len()));
                for (mine, theirs) in into.iter_mut().zip(cells) {
                    match (mine, theirs) {
                        (Some(mine), Some(theirs)) => mine.merge(*theirs),
                        (mine @ None, theirs) => *mine = theirs,
                        (Some(_), None) => {}
                    }
                }
            }
        }
        merged
    }

    /// Takes the samples of failures.
    pub(super) fn take_errors(&self) -> Vec<ErrorSample> {
        lock(&self.errors).take()
    }

    fn open(&self, series: SeriesId) -> &AtomicI64 {
        &self.open[self.series.stage(series)]
    }

    fn with_cell(&self, series: SeriesId, at_us: u64, change: impl FnOnce(&mut Cell)) {
        let shard = THREAD.with(ThreadCell::get) % self.workers.len();
        let mut shard = lock(&self.workers[shard]);
        let second = (at_us / SECOND_US).max(shard.first_open);
        let cells = shard
            .seconds
            .entry(second)
            .or_insert_with(|| empty_cells(self.series.len()));
        change(cells[series.0].get_or_insert_default());
    }

    fn log_error(&self, sample: &Sample, failure: &Failure) {
        let (stage, action) = self.series.names(sample.series);
        lock(&self.errors).add(stage, action, &failure.kind, || ErrorSample {
            at_us: sample.done_us,
            stage: stage.to_owned(),
            action: action.to_owned(),
            kind: failure.kind.clone().into_owned(),
            message: failure.message.clone(),
            response_us: sample.done_us.saturating_sub(sample.due_us),
        });
    }
}

fn empty_cells(series: usize) -> SecondCells {
    std::iter::repeat_with(|| None).take(series).collect()
}

/// More than an hour is more than a histogram holds.
fn micros(us: u64) -> u32 {
    us.try_into().unwrap_or(u32::MAX)
}

/// A panicking worker leaves at worst one sample half counted, which the sums show.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
