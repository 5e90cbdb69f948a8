//! Players with a few goals, and what became of them.

use std::collections::BTreeMap;

use challenge_service::instant::Instant;
use challenge_service::progress::Progress;
use challenge_service::store::{Assignment, Store};

const HOUR_US: i64 = 3_600_000_000;

/// What makes the players of a test its own.
pub fn uuid() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

pub fn goal_id(n: usize) -> String {
    format!("goal-{n:03}")
}

/// So many hours after an evening in 2023.
pub fn at(hours: i64) -> Instant {
    Instant::from_micros(1_700_000_000_000_000 + hours * HOUR_US).unwrap()
}

/// Gives the player so many goals, active but for the last.
pub async fn assign(store: &Store, user: &str, count: usize) {
    let goals = (0..count).map(|n| Assignment {
        goal_id: goal_id(n),
        challenge_id: "challenge-01".into(),
        is_active: n + 1 < count,
        expires_at: None,
    });
    let goals = goals.collect();
    let assigned = store.assign(user, "test", &goals, at(0)).await;
    assert_eq!(assigned.unwrap(), count as u64);
}

pub async fn rows(store: &Store, user: &str) -> BTreeMap<String, Progress> {
    let rows = store.rows_of_user(user).await.unwrap();
    rows.into_iter().map(|r| (r.goal_id.clone(), r)).collect()
}
