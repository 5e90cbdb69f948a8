//! What a goose user does inside its transaction: take arrivals, send each when a place is free.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use super::Arrival;
use crate::client::{Caller, Clients, Failure};
use crate::clock::Clock;
use crate::recorder::{Sample, Shards};

/// What all streams of a run share.
pub(super) struct Shared {
    pub(super) clients: Clients,
    /// Per action; absent where no stage uses it.
    pub(super) callers: Vec<Option<Caller>>,
    pub(super) shards: Arc<Shards>,
    pub(super) clock: Clock,
    /// Cancelled when requests in flight are given up too.
    pub(super) abandon: CancellationToken,
}

/// One stream of one stage.
pub(super) struct StreamWorker {
    pub(super) stage: usize,
    pub(super) arrivals: UnboundedReceiver<Arrival>,
    /// Places in flight.
    pub(super) places: Arc<Semaphore>,
    /// Set when an arrival found no place.
    pub(super) saturated: Arc<AtomicBool>,
    /// Cancelled when the grace of the stage is over: what waits is unsent.
    pub(super) cutoff: CancellationToken,
    pub(super) shared: Arc<Shared>,
}

impl StreamWorker {
    /// Ends when every arrival was sent or given up; requests may still be in flight.
    pub(super) async fn work(mut self) {
        // Arrivals that found no place, with the instant at which they could have been sent.
        let mut waiting: VecDeque<(Arrival, u64)> = VecDeque::new();
        let mut more = true;
        let cutoff = self.cutoff.clone();
        while more || !waiting.is_empty() {
            tokio::select! {
                biased;
                () = cutoff.cancelled() => break,
                arrival = self.arrivals.recv(), if more => match arrival {
                    None => more = false,
                    Some(arrival) if waiting.is_empty() => {
                        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
                            self.send(arrival, None, place);
                        } else {
                            self.saturated.store(true, Ordering::Relaxed);
                            waiting.push_back((arrival, self.shared.clock.now_us()));
                        }
                    }
                    Some(arrival) => waiting.push_back((arrival, self.shared.clock.now_us())),
                },
                place = Arc::clone(&self.places).acquire_owned(), if !waiting.is_empty() => {
                    if let (Ok(place), Some((arrival, ready_us))) = (place, waiting.pop_front()) {
                        self.send(arrival, Some(ready_us), place);
                    }
                }
            }
        }
        // The dispatcher has stopped by now: what it sent before is waiting or in the channel.
        self.arrivals.close();
        while let Some(arrival) = self.arrivals.recv().await {
            waiting.push_back((arrival, 0));
        }
        for (arrival, _) in waiting {
            let series = self.shared.shards.series().id(self.stage, arrival.action);
            self.shared
                .shards
                .unsent(series, self.shared.clock.now_us());
        }
    }

    /// Sends in a task of its own; `ready_us` is set where the arrival had to wait for `place`.
    fn send(&self, arrival: Arrival, ready_us: Option<u64>, place: OwnedSemaphorePermit) {
        let shared = Arc::clone(&self.shared);
        let stage = self.stage;
        tokio::spawn(async move {
            request(&shared, stage, arrival, ready_us).await;
            drop(place);
        });
    }
}

async fn request(shared: &Shared, stage: usize, arrival: Arrival, ready_us: Option<u64>) {
    let Arrival {
        due_us,
        action,
        ordinal,
    } = arrival;
    let series = shared.shards.series().id(stage, action);
    let caller = shared.callers[action]
        .as_ref()
        .expect("every action of a mix has a caller");
    let prepared = caller.prepare(ordinal);
    let sent_us = shared.clock.now_us();
    shared.shards.sent(series, sent_us);
    let result = match prepared {
        Err(failure) => Err(failure),
        Ok(prepared) => tokio::select! {
            result = shared.clients.send(prepared, caller.timeout()) => result,
            () = shared.abandon.cancelled() => {
                Err(Failure::new("interrupted", "the run was stopped before the response"))
            }
        },
    };
    let sample = Sample {
        series,
        due_us,
        ready_us: ready_us.unwrap_or(sent_us),
        sent_us,
        done_us: shared.clock.now_us(),
    };
    shared.shards.settled(&sample, &result);
}
