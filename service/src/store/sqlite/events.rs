//! Events in SQLite.

use std::time::Duration;

use sqlx::SqliteConnection;

use super::super::{Effect, StoreError};
use super::SqliteStore;
use super::write::{Write, Written};
use crate::event_key::EventKey;
use crate::instant::Instant;

/// One event, as SQLite takes it.
#[derive(Debug)]
pub(super) struct Advance {
    user: String,
    key: Option<EventKey>,
    came_at: Instant,
    /// `[[goal, keep, amount, target, once a day, starts daily], …]`
    goals: String,
    window_us: i64,
}

/// The changes of an event, whose goals are `?3`.
macro_rules! changes {
    () => {
        "(
             select value ->> 0 as goal_id, value ->> 1 as keep, value ->> 2 as amount,
                    value ->> 3 as target, value ->> 4 as once_a_day, value ->> 5 as starts_daily,
                    ?2 / 86400000000 as today
             from json_each(?3)
         ) as change"
    };
}

/// Which rows progress by a change.
macro_rules! progresses {
    () => {
        "row.user_id = ?1 and row.goal_id = change.goal_id
             and row.is_active and row.status in ('not_started', 'in_progress')
             and (row.expires_at is null or row.expires_at > ?2)
             and not (change.once_a_day and coalesce(row.counted_on >= change.today, false))"
    };
}

/// Whether a change finds the progress of an earlier day, and so starts from zero.
macro_rules! starts_again {
    () => {
        "(change.starts_daily and coalesce(row.counted_on < change.today, true))"
    };
}

/// `rule::advance` in SQL; the bound is `rule::MAX_PROGRESS`.
macro_rules! next_progress {
    () => {
        concat!(
            "max(0, min(9007199254740992,
                 iif(",
            starts_again!(),
            ", 0, row.progress * change.keep) + change.amount))"
        )
    };
}

/// An event that touches no row is not remembered.
const REMEMBER: &str = concat!(
    "insert into seen_event as seen (key, seen_at)
     select ?4, ?2 where exists (select 1 from ",
    changes!(),
    " join user_goal_progress as row on ",
    progresses!(),
    ")
     on conflict (key) do update set seen_at = excluded.seen_at
         where seen.seen_at < excluded.seen_at - ?5"
);

const ADVANCE: &str = concat!(
    "update user_goal_progress as row set
         progress = ",
    next_progress!(),
    ",
         status = case
             when ",
    next_progress!(),
    " >= change.target then 'completed'
             when ",
    next_progress!(),
    " > 0 then 'in_progress'
             when ",
    starts_again!(),
    " then 'not_started'
             else row.status
         end,
         completed_at = iif(",
    next_progress!(),
    " >= change.target, ?2, null),
         counted_on = iif(
             change.once_a_day or change.starts_daily,
             max(coalesce(row.counted_on, change.today), change.today),
             row.counted_on
         ),
         version = row.version + 1,
         updated_at = ?2
     from ",
    changes!(),
    " where ",
    progresses!()
);

impl Advance {
    pub(super) fn new(effect: &Effect, window: Duration) -> Self {
        let goals: Vec<_> = effect
            .goals
            .iter()
            .map(|goal| {
                let terms = goal.change.terms();
                (
                    &goal.goal_id,
                    terms.keep,
                    terms.amount,
                    goal.target,
                    terms.once_a_day,
                    terms.starts_daily,
                )
            })
            .collect();
        Self {
            user: effect.user_id.clone(),
            key: effect.key,
            came_at: effect.came_at,
            goals: serde_json::json!(goals).to_string(),
            window_us: i64::try_from(window.as_micros()).unwrap_or(i64::MAX),
        }
    }

    /// Two statements, unless the event touches nothing or has no key. Neither can violate a
    /// constraint, and after any other error the writer undoes the whole transaction: the key never
    /// stays without the progress.
    pub(super) async fn execute(
        &self,
        connection: &mut SqliteConnection,
    ) -> Result<u64, sqlx::Error> {
        if let Some(key) = self.key {
            let remembered = sqlx::query(REMEMBER)
                .bind(&self.user)
                .bind(self.came_at)
                .bind(&self.goals)
                .bind(key)
                .bind(self.window_us)
                .execute(&mut *connection)
                .await?;
            if remembered.rows_affected() == 0 {
                return Ok(0);
            }
        }
        let done = sqlx::query(ADVANCE)
            .bind(&self.user)
            .bind(self.came_at)
            .bind(&self.goals)
            .execute(connection)
            .await?;
        Ok(done.rows_affected())
    }
}

/// Forgets the oldest events.
pub(super) async fn forget(
    connection: &mut SqliteConnection,
    before: Instant,
    limit: u32,
) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "delete from seen_event where key in (
             select key from seen_event where seen_at < ?1 order by seen_at limit ?2
         )",
    )
    .bind(before)
    .bind(limit)
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

impl SqliteStore {
    pub(in crate::store) async fn advance(
        &self,
        effect: &Effect,
        window: Duration,
    ) -> Result<u64, StoreError> {
        let write = Write::Advance(Advance::new(effect, window));
        self.writer.write(write).await.map(Written::count)
    }

    pub(in crate::store) async fn advance_all(
        &self,
        effects: &[Effect],
        window: Duration,
    ) -> Vec<Result<u64, StoreError>> {
        let mut begun = Vec::with_capacity(effects.len());
        for effect in effects {
            let write = Write::Advance(Advance::new(effect, window));
            begun.push(self.writer.begin(write).await);
        }
        let mut outcomes = Vec::with_capacity(begun.len());
        for written in begun {
            outcomes.push(match written {
                Ok(written) => written.done().await.map(Written::count),
                Err(error) => Err(error),
            });
        }
        outcomes
    }

    pub(in crate::store) async fn forget_events(
        &self,
        before: Instant,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let write = Write::ForgetEvents { before, limit };
        self.writer.write(write).await.map(Written::count)
    }
}
