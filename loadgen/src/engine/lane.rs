//! One stream on one thread: waits for arrivals to be due, and sends each when a place is free.
//!
//! Lane `k` of `n` takes the arrivals `k, k + n, k + 2n, …` of the stream's one schedule and an
//! equal part of its places in flight. Lanes share nothing, so that a request meets no lock that
//! another thread holds.

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::Arrival;
use crate::client::{Caller, Carried, Clients, Failure};
use crate::clock::{Clock, Timer};
use crate::plan::PlannedStream;
use crate::recorder::{Sample, Shards};

/// What all streams of a run share.
pub(super) struct Shared {
    /// By action.
    pub(super) callers: Vec<Caller>,
    pub(super) shards: Arc<Shards>,
    pub(super) clock: Clock,
    /// Cancelled when somebody stops the run, or it cannot go on.
    pub(super) stop: CancellationToken,
    /// Cancelled when requests in flight are given up too.
    pub(super) abandon: CancellationToken,
}

/// One stream of one stage, as its lanes see it.
pub(super) struct Post {
    pub(super) stage: usize,
    pub(super) stream: PlannedStream,
    /// Most requests in flight at once.
    pub(super) max_in_flight: usize,
    /// When the stage begins, once that is known: microseconds since the start of the run.
    pub(super) start_us: watch::Receiver<Option<u64>>,
    /// Cancelled when the grace of the stage is over: what waits is unsent.
    pub(super) cutoff: CancellationToken,
    /// Lanes of the stage that have arrivals to come.
    pub(super) offering: Arc<AtomicUsize>,
    /// Set when an arrival found no place.
    pub(super) saturated: Arc<AtomicBool>,
    pub(super) shared: Arc<Shared>,
}

/// Part `part` of `parts` of a stream.
pub(super) struct Lane {
    post: Arc<Post>,
    part: usize,
    parts: usize,
    clients: Arc<Clients>,
    places: Mutex<Places>,
}

struct Places {
    free: usize,
    /// Arrivals that found no place, with the instant at which they could have been sent.
    waiting: VecDeque<(Arrival, u64)>,
}

impl Lane {
    pub(super) fn new(post: Arc<Post>, part: usize, parts: usize, clients: Arc<Clients>) -> Self {
        // The first lanes take what does not divide; a lane without a place could send nothing.
        let free =
            (post.max_in_flight / parts + usize::from(part < post.max_in_flight % parts)).max(1);
        Self {
            post,
            part,
            parts,
            clients,
            places: Mutex::new(Places {
                free,
                waiting: VecDeque::new(),
            }),
        }
    }

    /// Ends when every arrival was sent or given up; requests may still be in flight.
    pub(super) async fn work(self) {
        let lane = Arc::new(self);
        let mut start_us = lane.post.start_us.clone();
        let begun = tokio::select! {
            biased;
            () = lane.post.cutoff.cancelled() => None,
            start = start_us.wait_for(Option::is_some) => start.ok().and_then(|start| *start),
        };
        if let Some(start_us) = begun {
            lane.offer(start_us).await;
        }
        lane.post.offering.fetch_sub(1, Ordering::AcqRel);
        lane.post.cutoff.cancelled().await;
        let Shared { shards, clock, .. } = &*lane.post.shared;
        for (arrival, _) in std::mem::take(&mut lane.places().waiting) {
            let series = shards.series().id(lane.post.stage, arrival.action);
            shards.unsent(series, clock.now_us());
        }
    }

    /// Hands out the arrivals of this lane as they fall due; returns early on a stop.
    async fn offer(self: &Arc<Self>, start_us: u64) {
        let Shared {
            shards,
            clock,
            stop,
            ..
        } = &*self.post.shared;
        let stream = &self.post.stream;
        let timer = Timer::new().expect("the limit of open files leaves room for a timer");
        let mut mix = stream.mix.cursor();
        let mut stopped = pin!(stop.cancelled());
        for n in (self.part as u64..stream.arrivals.count()).step_by(self.parts) {
            let due_us = start_us + stream.arrivals.due_us(n);
            let wait = clock.until(due_us);
            if wait.is_zero() {
                // Late: requests that are out must get their turn all the same.
                tokio::task::coop::consume_budget().await;
            } else {
                tokio::select! {
                    biased;
                    () = &mut stopped => {}
                    slept = timer.sleep(wait) => slept.expect("a timer that was made can be set"),
                }
            }
            if stop.is_cancelled() {
                return;
            }
            let (action, ordinal) = mix.at(n);
            shards.offered(shards.series().id(self.post.stage, action), due_us);
            self.admit(Arrival {
                due_us,
                action,
                ordinal,
            });
        }
    }

    /// Sends `arrival` in a task of its own, or lets it wait for a place.
    fn admit(self: &Arc<Self>, arrival: Arrival) {
        {
            let mut places = self.places();
            if places.free == 0 {
                self.post.saturated.store(true, Ordering::Relaxed);
                let ready_us = self.post.shared.clock.now_us();
                places.waiting.push_back((arrival, ready_us));
                return;
            }
            places.free -= 1;
        }
        let lane = Arc::clone(self);
        tokio::spawn(async move {
            lane.request(arrival, None).await;
            // The place goes to whoever has waited longest.
            while let Some((arrival, ready_us)) = lane.next_waiting() {
                lane.request(arrival, Some(ready_us)).await;
            }
        });
    }

    /// The arrival that takes over a place; without any the place is free.
    fn next_waiting(&self) -> Option<(Arrival, u64)> {
        let mut places = self.places();
        let next = places.waiting.pop_front();
        if next.is_none() {
            places.free += 1;
        }
        next
    }

    /// Sends and records; `ready_us` is set where the arrival had to wait for a place.
    async fn request(&self, arrival: Arrival, ready_us: Option<u64>) {
        let Arrival {
            due_us,
            action,
            ordinal,
        } = arrival;
        let shared = &*self.post.shared;
        let series = shared.shards.series().id(self.post.stage, action);
        let caller = &shared.callers[action];
        // Only sessions carry.
        let mut carried = Carried::default();
        let prepared = caller.prepare(ordinal, &carried);
        let sent_us = shared.clock.now_us();
        shared.shards.sent(series, sent_us);
        let response = match prepared {
            Err(failure) => Err(failure),
            Ok(prepared) => tokio::select! {
                response = self.clients.send(prepared, caller.timeout()) => response,
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
        // Judging is the generator's work, not the service's.
        let result = response.and_then(|response| caller.judge(&response, &mut carried));
        shared.shards.settled(&sample, &result);
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
