//! Events past the protocols and the rule, straight into a store.

use std::time::Duration;

use challenge_service::instant::Instant;
use challenge_service::rule::Change;
use challenge_service::store::{Advance, Effect, Store};

/// Applies an event without an id. Returns how many rows it touched.
pub async fn advance(
    store: &Store,
    user: &str,
    changes: &[(&str, Change)],
    target: i64,
    came_at: Instant,
) -> u64 {
    let goals = changes.iter().map(|&(goal, change)| Advance {
        goal_id: goal.to_owned(),
        change,
        target,
    });
    let effect = Effect {
        user_id: user.to_owned(),
        key: None,
        came_at,
        goals: goals.collect(),
    };
    store.advance(&effect, Duration::ZERO).await.unwrap()
}
