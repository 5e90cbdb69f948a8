//! One thread a stream hands out arrivals at the instants at which they are due.
//!
//! A thread that sleeps on the kernel's timer is woken by it alone: no other task of the runtime
//! can hold it up, and it does not hold up any.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;
use tokio_util::sync::CancellationToken;

use super::Arrival;
use crate::clock::Clock;
use crate::plan::PlannedStream;
use crate::recorder::Shards;

/// How long a stop may go unnoticed at low rates.
const LONGEST_SLEEP: Duration = Duration::from_millis(50);

pub(super) struct Dispatcher {
    pub(super) stage: usize,
    /// When the stage begins, since the start of the run.
    pub(super) start_us: u64,
    pub(super) stream: PlannedStream,
    pub(super) arrivals: UnboundedSender<Arrival>,
    pub(super) shards: Arc<Shards>,
    pub(super) clock: Clock,
    pub(super) stop: CancellationToken,
}

impl Dispatcher {
    pub(super) fn start(self) -> std::io::Result<JoinHandle<()>> {
        std::thread::Builder::new()
            .name("dispatcher".to_owned())
            .spawn(move || self.dispatch())
    }

    /// Ends when all arrivals are out, the run is stopped, or nobody receives any more.
    fn dispatch(self) {
        let series = self.shards.series().clone();
        let mut mix = self.stream.mix.cursor();
        for n in 0..self.stream.arrivals.count() {
            let due_us = self.start_us + self.stream.arrivals.due_us(n);
            while !self.clock.sleep_until(due_us, LONGEST_SLEEP) {
                if self.stop.is_cancelled() {
                    return;
                }
            }
            if self.stop.is_cancelled() {
                return;
            }
            let (action, ordinal) = mix.at(n);
            self.shards.offered(series.id(self.stage, action), due_us);
            let arrival = Arrival {
                due_us,
                action,
                ordinal,
            };
            if self.arrivals.send(arrival).is_err() {
                self.shards
                    .unsent(series.id(self.stage, action), self.clock.now_us());
                return;
            }
        }
    }
}
