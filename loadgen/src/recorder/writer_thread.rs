//! The thread that writes the record, second by second.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use brunt_record::{RecordError, RecordWriter};

use tokio_util::sync::CancellationToken;

use super::books::{Books, Recorded};
use super::progress::Progress;
use super::shard::Shards;
use crate::clock::Clock;
use crate::scenario::Scenario;

const SECOND_US: u64 = 1_000_000;
/// Workers may be this late with a second's samples before they count in the next one.
const SETTLING_US: u64 = 100_000;
const LONGEST_SLEEP: Duration = Duration::from_millis(50);

/// A running writer.
pub(crate) struct WriterThread {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Result<Recorded, RecordError>>,
}

impl WriterThread {
    /// Starts writing; `watch` sees every second, and a threshold of `scenario` that is crossed
    /// cancels `halt`.
    pub(crate) fn start(
        shards: Arc<Shards>,
        writer: RecordWriter,
        clock: Clock,
        scenario: &Scenario,
        halt: CancellationToken,
        mut watch: impl FnMut(&Progress) + Send + 'static,
    ) -> std::io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let stopping = Arc::clone(&stop);
        let mut books = Books::new(shards, writer, scenario, halt);
        let thread = std::thread::Builder::new()
            .name("recorder".to_owned())
            .spawn(move || {
                let mut second = 0;
                loop {
                    let end_us = (second + 1) * SECOND_US + SETTLING_US;
                    while !stopping.load(Ordering::Acquire)
                        && !clock.sleep_until(end_us, LONGEST_SLEEP)
                    {}
                    if stopping.load(Ordering::Acquire) {
                        let last = clock.now_us() / SECOND_US;
                        return books.close(second, last, watch);
                    }
                    watch(&books.write(second, second)?);
                    second += 1;
                }
            })?;
        Ok(Self { stop, thread })
    }

    /// Has the thread ended by itself, on an error?
    pub(crate) fn has_failed(&self) -> bool {
        self.thread.is_finished()
    }

    /// Writes what is left and ends; every arrival has settled by now.
    pub(crate) fn finish(self) -> Result<Recorded, RecordError> {
        self.stop.store(true, Ordering::Release);
        match self.thread.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
}
