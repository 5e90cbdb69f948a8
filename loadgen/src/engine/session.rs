//! One session, from its arrival to its end: its requests one after the other, and its own row.

use std::borrow::Cow;

use super::Arrival;
use super::pause::pause_until;
use super::post::{Part, Shared};
use crate::plan::{WalkedStep, Walks};
use crate::recorder::EndedSession;

/// The kind of failure of a session that was under way when the grace of its stage was over.
const CUT_OFF: &str = "cut-off";
/// The kind of failure of what was under way when the run was stopped.
const INTERRUPTED: &str = "interrupted";

impl Part {
    /// The first request of `arrival`, if it is a session.
    pub(super) fn first_request(&self, arrival: Arrival) -> Option<Arrival> {
        let walks = self.post.stream.walks(arrival.action)?;
        let first = walks.walk(arrival.number).into_iter().next()?;
        Some(request_of(arrival, first, arrival.due_us))
    }

    /// Goes through the session and records it; its first request is offered already. Returns when
    /// it ended.
    pub(super) async fn session(
        &self,
        arrival: Arrival,
        ready_us: Option<u64>,
        walks: &Walks,
    ) -> u64 {
        let Shared {
            clock,
            shards,
            callers,
            owners,
            ..
        } = &*self.post.shared;
        let began_us = clock.now_us();
        let mut ended = EndedSession {
            series: shards.series().id(self.post.stage, arrival.action),
            response_us: 0,
            service_us: 0,
            lateness_us: ready_us.unwrap_or(began_us).saturating_sub(arrival.due_us),
            done_us: began_us,
        };
        shards.sent(ended.series, began_us);
        let mut carried = owners[arrival.action - callers.len()].begin(arrival.ordinal);
        let mut failed: Option<Cow<'static, str>> = None;
        for (place, step) in walks.walk(arrival.number).into_iter().enumerate() {
            let (request, ready_us) = if place == 0 {
                (request_of(arrival, step, arrival.due_us), ready_us)
            } else {
                let due_us = ended.done_us + step.pause.as_micros() as u64;
                if let Some(kind) = self.goes_on_until(due_us).await {
                    failed = Some(kind.into());
                    // The pause was no time that its user waited for the service.
                    ended.done_us = clock.now_us();
                    break;
                }
                let request = request_of(arrival, step, due_us);
                self.offer(request);
                (request, None)
            };
            let (sample, result) = self.request(request, ready_us, &mut carried).await;
            ended.response_us += sample.done_us.saturating_sub(sample.due_us);
            ended.service_us += sample.service_us().unwrap_or(0);
            ended.done_us = sample.done_us;
            if let Err(failure) = result {
                failed = Some(match &*failure.kind {
                    INTERRUPTED => INTERRUPTED.into(),
                    _ => format!("step-{}", shards.series().name(request.action)).into(),
                });
                break;
            }
        }
        shards.session_settled(&ended, failed);
        ended.done_us
    }

    /// Pauses until the next request is due; says why the session ends before, if it does.
    async fn goes_on_until(&self, due_us: u64) -> Option<&'static str> {
        let Shared { clock, stop, .. } = &*self.post.shared;
        let cutoff = &self.post.cutoff;
        tokio::select! {
            biased;
            () = stop.cancelled() => {}
            () = cutoff.cancelled() => {}
            () = pause_until(*clock, due_us) => return None,
        }
        // A stop cuts every stage off.
        Some(if stop.is_cancelled() {
            INTERRUPTED
        } else {
            CUT_OFF
        })
    }
}

fn request_of(session: Arrival, step: WalkedStep, due_us: u64) -> Arrival {
    Arrival {
        due_us,
        action: step.action,
        ordinal: step.ordinal,
        number: session.number,
    }
}
