//! The open model on one thread: waits for arrivals to be due, and sends each when a place is free.
//!
//! Lane `k` of `n` takes the arrivals `k, k + n, k + 2n, …` of the stream's one schedule and an
//! equal part of its places in flight. Lanes share nothing, so that a request meets no lock that
//! another thread holds.

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Arrival;
use super::post::{Part, Shared};
use crate::arrivals::Arrivals;
use crate::clock::Timer;

/// One part of an open stream.
pub(super) struct Lane {
    part: Part,
    arrivals: Arrivals,
    places: Mutex<Places>,
}

struct Places {
    free: usize,
    /// Arrivals that found no place, with the instant at which they could have been sent.
    waiting: VecDeque<(Arrival, u64)>,
}

impl Lane {
    pub(super) fn new(mut part: Part, arrivals: Arrivals, max_in_flight: usize) -> Self {
        // A lane without a place could send nothing: its arrivals go to the others.
        part.of = part.of.min(max_in_flight);
        let free = if part.index < part.of {
            part.share(max_in_flight)
        } else {
            0
        };
        Self {
            part,
            arrivals,
            places: Mutex::new(Places {
                free,
                waiting: VecDeque::new(),
            }),
        }
    }

    /// Ends when every arrival was sent or given up; requests may still be in flight.
    pub(super) async fn work(self) {
        let lane = Arc::new(self);
        if let Some(start_us) = lane.part.begun().await {
            lane.offer(start_us).await;
        }
        lane.part.all_offered();
        lane.part.post.cutoff.cancelled().await;
        for (arrival, _) in std::mem::take(&mut lane.places().waiting) {
            lane.part.give_up(arrival);
        }
    }

    /// Hands out the arrivals of this lane as they fall due; returns early on a stop.
    async fn offer(self: &Arc<Self>, start_us: u64) {
        if self.places().free == 0 {
            return;
        }
        let post = &self.part.post;
        let Shared { clock, stop, .. } = &*post.shared;
        let timer = Timer::new();
        let mut due = self.arrivals.cursor();
        let mut mix = post.stream.mix.cursor();
        let mut stopped = pin!(stop.cancelled());
        for n in (self.part.index as u64..self.arrivals.count()).step_by(self.part.of) {
            let due_us = start_us + due.due_us(n);
            let wait = clock.until(due_us);
            if wait.is_zero() {
                // Late: requests that are out must get their turn all the same.
                tokio::task::coop::consume_budget().await;
            } else {
                tokio::select! {
                    biased;
                    () = stopped.as_mut() => {}
                    () = timer.sleep(wait) => {}
                }
            }
            if stop.is_cancelled() {
                return;
            }
            let (action, ordinal) = mix.at(n);
            let arrival = Arrival {
                due_us,
                action,
                ordinal,
                number: n,
            };
            self.part.offer(arrival);
            self.admit(arrival);
        }
    }

    /// Sends `arrival` in a task of its own, or lets it wait for a place.
    fn admit(self: &Arc<Self>, arrival: Arrival) {
        {
            let mut places = self.places();
            if places.free == 0 {
                self.part.post.saturation.note(arrival.due_us);
                let ready_us = self.part.post.shared.clock.now_us();
                places.waiting.push_back((arrival, ready_us));
                return;
            }
            places.free -= 1;
        }
        let lane = Arc::clone(self);
        tokio::spawn(async move {
            lane.part.carry_out(arrival, None).await;
            // The place goes to whoever has waited longest.
            while let Some((arrival, ready_us)) = lane.next_waiting() {
                lane.part.carry_out(arrival, Some(ready_us)).await;
            }
        });
    }

    /// The arrival that takes over a place; without any the place is free.
    fn next_waiting(&self) -> Option<(Arrival, u64)> {
        let post = &self.part.post;
        // Sessions that end because everything does must not make room for others.
        let over = post.cutoff.is_cancelled() || post.shared.stop.is_cancelled();
        let mut places = self.places();
        let next = places.waiting.pop_front_if(|_| !over);
        if next.is_none() {
            places.free += 1;
        }
        next
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
