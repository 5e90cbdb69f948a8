//! The closed model on one thread: users that wait for each response, pause, and go on.

use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::JoinSet;

use super::Arrival;
use super::pause::pause_until;
use super::post::{Part, Shared};
use crate::plan::{MixCursor, Pauses};
use crate::scenario::ClosedLoad;

/// One part of a closed stream.
pub(super) struct ClosedPart {
    part: Part,
    load: ClosedLoad,
    seed: u64,
    turns: Mutex<Turns>,
}

/// Whose turn comes next: the users of a part take the arrivals `k, k + n, …` of the mix in turn.
struct Turns {
    mix: MixCursor,
    next: u64,
}

impl ClosedPart {
    pub(super) fn new(part: Part, load: ClosedLoad, seed: u64) -> Self {
        let turns = Turns {
            mix: part.post.stream.mix.cursor(),
            next: part.index as u64,
        };
        Self {
            part,
            load,
            seed,
            turns: Mutex::new(turns),
        }
    }

    /// Ends when every user has: after its iterations, at the end of the stage, or on a stop.
    pub(super) async fn work(self) {
        let this = Arc::new(self);
        if let Some(start_us) = this.part.begun().await {
            let mut users = JoinSet::new();
            for user in 0..this.part.share(this.load.users) {
                let number = (this.part.index + user * this.part.of) as u64;
                users.spawn(Arc::clone(&this).user(number, start_us));
            }
            users.join_all().await;
        }
        this.part.all_offered();
    }

    async fn user(self: Arc<Self>, number: u64, start_us: u64) {
        let Shared { clock, stop, .. } = &*self.part.post.shared;
        let end_us = start_us + self.part.post.duration_us;
        let mut pauses = Pauses::new(self.load.think, self.seed, number);
        let mut stopped = pin!(stop.cancelled());
        // A user is due when its pause is over.
        let mut due_us = start_us;
        let mut iterations = 0;
        while self.load.iterations.is_none_or(|most| iterations < most) {
            let until_us = due_us.min(end_us);
            if clock.until(until_us).is_zero() {
                // Requests that fail before they are sent must leave the others their turn.
                tokio::task::coop::consume_budget().await;
            } else {
                tokio::select! {
                    biased;
                    () = stopped.as_mut() => {}
                    () = pause_until(*clock, until_us) => {}
                }
            }
            if due_us >= end_us || stop.is_cancelled() {
                return;
            }
            let arrival = self.next(due_us);
            self.part.offer(arrival);
            let done_us = self.part.carry_out(arrival, None).await;
            due_us = done_us + pauses.draw().as_micros() as u64;
            iterations += 1;
        }
    }

    fn next(&self, due_us: u64) -> Arrival {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        let n = turns.next;
        turns.next += self.part.of as u64;
        let (action, ordinal) = turns.mix.at(n);
        Arrival {
            due_us,
            action,
            ordinal,
            number: n,
        }
    }
}
