//! The worker: takes what is due and asks for it, many at a time.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::app::Live;
use crate::instant::Instant;
use crate::metrics::OutboxMetrics;
use crate::rewards::{Backoff, RewardError, RewardLimits};
use crate::store::{Delivery, Retry, StoreError};
use crate::tasks::named;

/// Rewards asked for at once, where the platform may be asked for as many: at 125 ms each, 500 a second.
const AT_ONCE: u32 = 64;

/// Claims of this process wake the worker; what other processes left behind waits for its next look.
/// The metrics are as old as that: each look counts what is owed, which costs more the more is owed.
const LOOK_EVERY: Duration = Duration::from_secs(1);

const BACKOFF: Backoff = Backoff {
    first: Duration::from_millis(200),
    longest: Duration::from_secs(30),
};

/// Gets owed rewards granted until told to stop. What is being asked for then goes on as tasks of
/// the app.
pub async fn work_until(app: Live, metrics: OutboxMetrics, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(at_once(app.rewards.limits())));
    let mut counted: Option<std::time::Instant> = None;
    loop {
        if counted.is_none_or(|at| at.elapsed() >= LOOK_EVERY) {
            count(&app, &metrics).await;
            counted = Some(std::time::Instant::now());
        }
        // A place first: what is leased and waits in line here would be kept from others.
        let first = tokio::select! {
            // Told to stop, nothing more is taken.
            biased;
            () = stop.cancelled() => return,
            place = places.clone().acquire_owned() => place,
        };
        let Ok(mut free) = first else { return };
        if let Ok(more) = places
            .clone()
            .try_acquire_many_owned(places.available_permits() as u32)
        {
            free.merge(more);
        }
        let room = free.num_permits();
        let leased = match lease(&app, room).await {
            Ok(leased) => leased,
            Err(error) => {
                tracing::warn!(%error, "owed rewards could not be read");
                Vec::new()
            }
        };
        let all_taken = leased.len() < room;
        for delivery in leased {
            let place = free.split(1);
            let deliver = {
                let (app, metrics) = (app.clone(), metrics.clone());
                async move {
                    deliver(&app, &metrics, &delivery).await;
                    drop(place);
                }
            };
            app.tasks.spawn(named("delivery of a reward", deliver));
        }
        drop(free);
        if all_taken {
            tokio::select! {
                () = stop.cancelled() => return,
                () = app.outbox.owed.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }
}

/// What waits in line at the client runs out of time unasked, and that would count as an attempt.
fn at_once(limits: &RewardLimits) -> usize {
    AT_ONCE.min(limits.reward_concurrency) as usize
}

async fn lease(app: &Live, room: usize) -> Result<Vec<Delivery>, StoreError> {
    let now = Instant::now();
    let until = now.after(app.rewards.limits().lease());
    app.store.lease_deliveries(now, until, room as u32).await
}

/// One attempt. Where the database fails, the lease runs out and the reward is asked for again.
async fn deliver(app: &Live, metrics: &OutboxMetrics, delivery: &Delivery) {
    let body = Bytes::from(delivery.request.clone());
    let noted = match app.rewards.ask(&delivery.key, body).await {
        Ok(()) => {
            let now = Instant::now();
            metrics.granted.inc();
            metrics
                .delay
                .observe(now.since(delivery.since).as_secs_f64());
            app.store.finish_delivery(&delivery.key, now).await
        }
        Err(error) => {
            let most = app.rewards.limits().outbox_attempts;
            let retry = retry(&error, delivery.attempt, most, fastrand::f64());
            let told = error.to_string();
            let goal = &delivery.goal_id;
            match retry {
                Retry::At(_) => {
                    metrics.retried.inc();
                    tracing::debug!(error = told, goal, "an owed reward failed");
                }
                Retry::Never(_) => {
                    metrics.given_up.inc();
                    tracing::warn!(
                        error = told,
                        goal,
                        attempt = delivery.attempt,
                        "an owed reward is given up"
                    );
                }
            }
            app.store.fail_delivery(delivery, retry, &told).await
        }
    };
    if let Err(error) = noted {
        tracing::warn!(%error, goal = delivery.goal_id, "an owed reward could not be noted");
    }
}

fn retry(error: &RewardError, attempt: u32, most: u32, jitter: f64) -> Retry {
    let now = Instant::now();
    if error.is_transient() && attempt < most {
        Retry::At(now.after(BACKOFF.after(attempt, jitter)))
    } else {
        Retry::Never(now)
    }
}

async fn count(app: &Live, metrics: &OutboxMetrics) {
    match app.store.outbox_gauge().await {
        Ok(gauge) => metrics.look(gauge, Instant::now()),
        Err(error) => tracing::warn!(%error, "owed rewards could not be counted"),
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;

    #[test]
    fn what_may_succeed_is_tried_again_until_it_was_often_enough() {
        let check = |error: RewardError, attempt: u32, again: bool| {
            let retry = retry(&error, attempt, 3, 0.5);
            assert_eq!(matches!(retry, Retry::At(_)), again, "{error}, {attempt}");
        };
        let timeout = || RewardError::Timeout(Duration::from_secs(2));
        check(timeout(), 1, true);
        check(timeout(), 2, true);
        check(timeout(), 3, false);
        check(RewardError::Connection("refused".into()), 1, true);
        check(RewardError::Refused(StatusCode::BAD_GATEWAY), 1, true);
        check(RewardError::Refused(StatusCode::TOO_MANY_REQUESTS), 1, true);
        check(RewardError::Refused(StatusCode::BAD_REQUEST), 1, false);
        check(
            RewardError::Refused(StatusCode::UNPROCESSABLE_ENTITY),
            1,
            false,
        );
    }
}
