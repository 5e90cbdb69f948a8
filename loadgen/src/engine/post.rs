//! What the parts of the engine share: of a run, of a stream, and of a stream on one thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::Arrival;
use super::saturation::Saturation;
use crate::client::{Caller, Carried, Clients, Failure, Owners};
use crate::clock::Clock;
use crate::plan::PlannedStream;
use crate::recorder::{Sample, Shards};

/// What all streams of a run share.
pub(super) struct Shared {
    /// By action.
    pub(super) callers: Vec<Caller>,
    /// By session.
    pub(super) owners: Vec<Owners>,
    pub(super) shards: Arc<Shards>,
    pub(super) clock: Clock,
    /// Cancelled when somebody stops the run, a threshold is crossed, or it cannot go on.
    pub(super) stop: CancellationToken,
    /// Cancelled when requests in flight are given up too.
    pub(super) abandon: CancellationToken,
}

/// One stream of one stage, as its lanes see it.
pub(super) struct Post {
    pub(super) stage: usize,
    pub(super) stream: PlannedStream,
    /// When the stage begins, once that is known: microseconds since the start of the run.
    pub(super) start_us: watch::Receiver<Option<u64>>,
    /// How long requests begin.
    pub(super) duration_us: u64,
    /// Cancelled when the grace of the stage is over: what waits is unsent.
    pub(super) cutoff: CancellationToken,
    /// Parts of the stage that have arrivals to come.
    pub(super) offering: Arc<AtomicUsize>,
    pub(super) saturation: Arc<Saturation>,
    pub(super) shared: Arc<Shared>,
}

/// One thread's part of a stream.
pub(super) struct Part {
    pub(super) post: Arc<Post>,
    /// Which part, from 0.
    pub(super) index: usize,
    /// Of how many.
    pub(super) of: usize,
    pub(super) clients: Arc<Clients>,
}

impl Part {
    /// This part's share of `whole` places or users.
    pub(super) fn share(&self, whole: usize) -> usize {
        whole / self.of + usize::from(self.index < whole % self.of)
    }

    /// Waits for the stage to begin; nothing if it never does.
    pub(super) async fn begun(&self) -> Option<u64> {
        let mut start_us = self.post.start_us.clone();
        tokio::select! {
            biased;
            () = self.post.cutoff.cancelled() => None,
            start = start_us.wait_for(Option::is_some) => start.ok().and_then(|start| *start),
        }
    }

    /// Notes that no arrival of this part is to come.
    pub(super) fn all_offered(&self) {
        self.post.offering.fetch_sub(1, Ordering::AcqRel);
    }

    /// Counts `arrival` as offered; of a session its first request too, which is due with it.
    pub(super) fn offer(&self, arrival: Arrival) {
        for arrival in std::iter::once(arrival).chain(self.first_request(arrival)) {
            let shards = &self.post.shared.shards;
            let series = shards.series().id(self.post.stage, arrival.action);
            shards.offered(series, arrival.due_us);
        }
    }

    /// Counts `arrival`, which was offered, as unsent.
    pub(super) fn give_up(&self, arrival: Arrival) {
        for arrival in std::iter::once(arrival).chain(self.first_request(arrival)) {
            let Shared { shards, clock, .. } = &*self.post.shared;
            let series = shards.series().id(self.post.stage, arrival.action);
            shards.unsent(series, clock.now_us());
        }
    }

    /// Sends and records the request, or those of the session; `ready_us` is set where the arrival
    /// had to wait for a place. Returns when it was done.
    pub(super) async fn carry_out(&self, arrival: Arrival, ready_us: Option<u64>) -> u64 {
        if let Some(walks) = self.post.stream.walks(arrival.action) {
            return self.session(arrival, ready_us, walks).await;
        }
        let mut carried = Carried::default();
        let (sample, _) = self.request(arrival, ready_us, &mut carried).await;
        sample.done_us
    }

    /// Sends and records one request, in a session that carries `carried`.
    pub(super) async fn request(
        &self,
        arrival: Arrival,
        ready_us: Option<u64>,
        carried: &mut Carried,
    ) -> (Sample, Result<(), Failure>) {
        let Arrival {
            due_us,
            action,
            ordinal,
            ..
        } = arrival;
        let shared = &*self.post.shared;
        let series = shared.shards.series().id(self.post.stage, action);
        let caller = &shared.callers[action];
        let prepared = caller.prepare(ordinal, carried);
        let began_us = shared.clock.now_us();
        shared.shards.sent(series, began_us);
        let (response, sent_us, done_us) = match prepared {
            // Over before it was sent: it was in flight for no time, and no service had it.
            Err(failure) => (Err(failure), None, began_us),
            Ok(prepared) => {
                let response = tokio::select! {
                    response = self.clients.send(prepared, caller.timeout()) => response,
                    () = shared.abandon.cancelled() => {
                        Err(Failure::new("interrupted", "the run was stopped before the response"))
                    }
                };
                (response, Some(began_us), shared.clock.now_us())
            }
        };
        let sample = Sample {
            series,
            due_us,
            ready_us: ready_us.unwrap_or(began_us),
            sent_us,
            done_us,
        };
        // Judging is the generator's work, not the service's.
        let result = response.and_then(|response| caller.judge(&response, carried));
        shared.shards.settled(&sample, &result);
        (sample, result)
    }
}
