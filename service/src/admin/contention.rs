//! Who waited for connections and locks, in the form of Go's `/debug/pprof/mutex` and `block`.

use std::collections::HashMap;
use std::io;
use std::time::{Duration, SystemTime};

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::left_out::{Frame, LeftOut};
use super::pprof_build::Builder;
use super::profiler::{self, give_way};
use super::{look_on, profile_answer, refused};
use crate::contention::{Waiter, Waits, waits};
use crate::http::{Problem, Query};
use crate::readiness::Readiness;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ContentionQuery {
    /// Only the waits that end in so many seconds from now on; absent for all since the process began.
    seconds: Option<u64>,
}

/// Waits, with the stacks that waited.
pub(super) async fn contention(
    State(readiness): State<Readiness>,
    Query(query): Query<ContentionQuery>,
) -> Result<Response, Problem> {
    let started = SystemTime::now();
    let (seen, took) = match query.seconds {
        None => (waits(), None),
        Some(seconds @ 1..=120) => {
            let before = waits();
            let took = look_on(&readiness, seconds).await;
            (since(&before, waits()), Some(took))
        }
        Some(_) => return Err(refused("seconds must be 1 to 120")),
    };
    let making = profiler::begin(move |_| {
        give_way();
        encode(seen, started, took)
    })?;
    let body = profiler::end(making).await?;
    Ok(profile_answer("contention", body))
}

fn since(
    before: &HashMap<Waiter, Waits>,
    mut now: HashMap<Waiter, Waits>,
) -> HashMap<Waiter, Waits> {
    for (waiter, earlier) in before {
        if let Some(waits) = now.get_mut(waiter) {
            waits.count -= earlier.count;
            waits.delay -= earlier.delay;
        }
    }
    now.retain(|_, waits| waits.count > 0);
    now
}

fn encode(
    seen: HashMap<Waiter, Waits>,
    started: SystemTime,
    took: Option<Duration>,
) -> io::Result<Vec<u8>> {
    let mut builder = Builder::new();
    builder.kind("contentions", "count");
    builder.kind("delay", "nanoseconds");
    builder.period("contentions", "count", 1);
    builder.time(started, took);
    let mut seen: Vec<_> = seen.into_iter().collect();
    seen.sort_by(|(a, one), (b, other)| {
        let longest_first = other.delay.cmp(&one.delay);
        longest_first.then_with(|| (a.what, &a.stack).cmp(&(b.what, &b.stack)))
    });
    for (waiter, waits) in seen {
        let mut locations = vec![builder.named(&format!("[wait for {}]", waiter.what))];
        locations.extend(builder.calls_of(&waiter.stack, WATCH));
        let values = [waits.count.cast_signed(), waits.delay.as_nanos() as i64];
        builder.sample(locations, values.into(), None);
    }
    builder.finish()
}

/// The functions that note a wait.
const WATCH: LeftOut = LeftOut {
    through: is_of_the_watch,
    then: |_| false,
};

/// Is it a function of [`crate::contention`]? The mangled name has its length before it, or dots around it.
fn is_of_the_watch(frame: Frame<'_>) -> bool {
    [
        "17challenge_service10contention",
        "challenge_service..contention..",
    ]
    .iter()
    .any(|part| frame.system_name.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_came_since_is_left() {
        let waiter = |what, address: usize| Waiter {
            what,
            stack: [address].into(),
        };
        let waits = |count, ms| Waits {
            count,
            delay: Duration::from_millis(ms),
        };
        let before = [
            (waiter("a", 1), waits(1, 10)),
            (waiter("a", 2), waits(2, 20)),
        ];
        let now = [
            (waiter("a", 1), waits(1, 10)),
            (waiter("a", 2), waits(5, 50)),
            (waiter("b", 1), waits(1, 5)),
        ];
        let expected = [
            (waiter("a", 2), waits(3, 30)),
            (waiter("b", 1), waits(1, 5)),
        ];
        assert_eq!(since(&before.into(), now.into()), HashMap::from(expected));
    }
}
