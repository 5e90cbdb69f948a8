//! Events in PostgreSQL: one statement, whether for one event or for many.

use std::time::Duration;

use sqlx::postgres::Postgres;
use sqlx::{Connection as _, PgExecutor};
use uuid::Uuid;

use super::super::pool::Pool;
use super::super::{Effect, StoreError};
use super::{PgStore, answered};
use crate::event_key::EventKey;
use crate::instant::Instant;
use crate::rounds::rounds;

/// A batch that fails is halved for so long: where each half fails by a time-out, others wait.
const HALVING: Duration = Duration::from_secs(30);

/// Which rows progress by a change; asked once when a row is locked and once when it is written.
macro_rules! progresses {
    () => {
        "row.user_id = change.user_id and row.goal_id = change.goal_id
             and row.is_active and row.status in ('not_started', 'in_progress')
             and (row.expires_at is null or row.expires_at > change.came_at)
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
            "greatest(0, least(9007199254740992,
                 case when ",
            starts_again!(),
            " then 0 else row.progress * change.keep end + change.amount))"
        )
    };
}

/// Rows are locked in the order of their keys before they are updated: a bare update goes by where
/// rows lie, which changes with every update, so that events of one player would deadlock, and
/// PostgreSQL takes a second to notice. The subquery that locks is carried out row by row, in order;
/// one scan for all goals of an event would be a quarter cheaper, but reads all rows of the player
/// where the statistics at hand say that there are few.
///
/// Whoever holds the rows inserts the key, so that of two events with one key the later waits for
/// the earlier, finds the key and touches nothing. An event that locks no row inserts no key: it
/// writes nothing, and its commit waits for no disk.
///
/// The row's own progress, not that of a locked copy: when another event changed the row meanwhile,
/// PostgreSQL evaluates these expressions again on its new version.
const ADVANCE: &str = concat!(
    "with change as (
         select *, (came_at at time zone 'UTC')::date as today
         from unnest($1::int4[], $2::uuid[], $3::timestamptz[], $4::text[], $5::text[],
                     $6::int8[], $7::int8[], $8::int8[], $9::bool[], $10::bool[])
             as change (event, key, came_at, user_id, goal_id,
                        keep, amount, target, once_a_day, starts_daily)
         order by user_id, goal_id
     ),
     locked as (
         select change.*
         from change cross join lateral (
             select from user_goal_progress as row where ",
    progresses!(),
    "        for no key update
         ) as row
     ),
     fresh as (
         insert into seen_event as seen (key, seen_at)
         select key, max(came_at) from locked where key is not null group by key order by key
         on conflict (key) do update set seen_at = excluded.seen_at
             where seen.seen_at < excluded.seen_at - make_interval(secs => $11)
         returning key
     )
     update user_goal_progress as row set
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
         completed_at = case when ",
    next_progress!(),
    " >= change.target then change.came_at end,
         counted_on = case
             when change.once_a_day or change.starts_daily then greatest(row.counted_on, change.today)
             else row.counted_on
         end,
         version = row.version + 1,
         updated_at = change.came_at
     from locked as change left join fresh using (key)
     where ",
    progresses!(),
    "    and (change.key is null or fresh.key is not null)
     returning change.event"
);

/// Locks what several rounds will update, in the order in which [`ADVANCE`] locks.
const LOCK: &str = "with change as (
         select * from unnest($1::text[], $2::text[]) as change (user_id, goal_id)
         order by user_id, goal_id
     )
     select count(*)
     from change cross join lateral (
         select from user_goal_progress as row
         where row.user_id = change.user_id and row.goal_id = change.goal_id
         for no key update
     ) as row";

/// The changes of some events, column by column.
#[derive(Debug, Default)]
struct Changes<'a> {
    events: Vec<i32>,
    keys: Vec<Option<Uuid>>,
    came_at: Vec<Instant>,
    users: Vec<&'a str>,
    goals: Vec<&'a str>,
    keep: Vec<i64>,
    amounts: Vec<i64>,
    targets: Vec<i64>,
    once_a_day: Vec<bool>,
    starts_daily: Vec<bool>,
}

impl<'a> Changes<'a> {
    /// Of these positions in the batch, which events are known by.
    #[expect(clippy::cast_possible_wrap, reason = "a batch is far smaller")]
    fn of(effects: &'a [Effect], positions: &[usize]) -> Self {
        let mut changes = Self::default();
        for &position in positions {
            let effect = &effects[position];
            for goal in &effect.goals {
                let terms = goal.change.terms();
                changes.events.push(position as i32);
                changes.keys.push(effect.key.map(EventKey::uuid));
                changes.came_at.push(effect.came_at);
                changes.users.push(&effect.user_id);
                changes.goals.push(&goal.goal_id);
                changes.keep.push(terms.keep);
                changes.amounts.push(terms.amount);
                changes.targets.push(goal.target);
                changes.once_a_day.push(terms.once_a_day);
                changes.starts_daily.push(terms.starts_daily);
            }
        }
        changes
    }

    /// The events of the rows that were written, once a row.
    async fn write(
        &self,
        executor: impl PgExecutor<'_>,
        window: Duration,
    ) -> Result<Vec<i32>, sqlx::Error> {
        sqlx::query_scalar(ADVANCE)
            .bind(&self.events)
            .bind(&self.keys)
            .bind(&self.came_at)
            .bind(&self.users)
            .bind(&self.goals)
            .bind(&self.keep)
            .bind(&self.amounts)
            .bind(&self.targets)
            .bind(&self.once_a_day)
            .bind(&self.starts_daily)
            .bind(window.as_secs_f64())
            .fetch_all(executor)
            .await
    }
}

/// Applies one event.
async fn advance(
    pool: &Pool<Postgres>,
    effect: &Effect,
    window: Duration,
) -> Result<u64, StoreError> {
    let changes = Changes::of(std::slice::from_ref(effect), &[0]);
    Ok(changes.write(pool, window).await?.len() as u64)
}

/// Applies many events in one transaction; where that fails, halves them until those that fail are
/// alone, or it is `until`.
async fn advance_all(
    pool: &Pool<Postgres>,
    effects: &[Effect],
    window: Duration,
    until: std::time::Instant,
) -> Vec<Result<u64, StoreError>> {
    match advance_together(pool, effects, window).await {
        Ok(touched) => touched.into_iter().map(Ok).collect(),
        // Without a connection the halves would fail as well, each after a time-out of its own.
        Err(sqlx::Error::Database(error))
            if effects.len() > 1 && std::time::Instant::now() < until =>
        {
            tracing::debug!(%error, events = effects.len(), "a batch of events is halved");
            let (first, second) = effects.split_at(effects.len() / 2);
            let mut outcomes = Box::pin(advance_all(pool, first, window, until)).await;
            outcomes.extend(Box::pin(advance_all(pool, second, window, until)).await);
            outcomes
        }
        Err(error) => vec![Err(error.into()); effects.len()],
    }
}

/// How many rows each event touched.
async fn advance_together(
    pool: &Pool<Postgres>,
    effects: &[Effect],
    window: Duration,
) -> Result<Vec<u64>, sqlx::Error> {
    // A round has one event a player: what two changes do together, held within bounds after each of
    // them, is no change of the same kind.
    let rounds = rounds(effects.iter().map(|effect| &effect.user_id));
    let mut touched = vec![0; effects.len()];
    let mut count = |events: Vec<i32>| {
        for event in events {
            touched[event as usize] += 1;
        }
    };
    if let [round] = &rounds[..] {
        // One statement is a transaction by itself.
        count(Changes::of(effects, round).write(pool, window).await?);
        return Ok(touched);
    }
    let mut connection = pool.acquire().await?;
    let mut transaction = connection.begin().await?;
    let all: Vec<usize> = (0..effects.len()).collect();
    let changes = Changes::of(effects, &all);
    sqlx::query(LOCK)
        .bind(&changes.users)
        .bind(&changes.goals)
        .execute(&mut *transaction)
        .await?;
    for round in &rounds {
        let changes = Changes::of(effects, round);
        count(changes.write(&mut *transaction, window).await?);
    }
    transaction.commit().await?;
    connection.give_back();
    Ok(touched)
}

/// Forgets the oldest events.
async fn forget(pool: &Pool<Postgres>, before: Instant, limit: u32) -> Result<u64, StoreError> {
    // What another instance forgets right now is skipped rather than waited for.
    let done = sqlx::query(
        "delete from seen_event where key = any(array(
             select key from seen_event where seen_at < $1
             order by seen_at limit $2
             for update skip locked
         ))",
    )
    .bind(before)
    .bind(i64::from(limit))
    .execute(pool)
    .await?;
    Ok(done.rows_affected())
}

impl PgStore {
    pub(in crate::store) async fn advance(
        &self,
        effect: &Effect,
        window: Duration,
    ) -> Result<u64, StoreError> {
        advance(&self.pool, effect, window).await
    }

    pub(in crate::store) async fn advance_all(
        &self,
        effects: &[Effect],
        window: Duration,
    ) -> Vec<Result<u64, StoreError>> {
        let until = std::time::Instant::now() + HALVING;
        let written = async { Ok(advance_all(&self.pool, effects, window, until).await) };
        answered(written)
            .await
            .unwrap_or_else(|error| vec![Err(error); effects.len()])
    }

    pub(in crate::store) async fn forget_events(
        &self,
        before: Instant,
        limit: u32,
    ) -> Result<u64, StoreError> {
        forget(&self.pool, before, limit).await
    }
}

#[cfg(test)]
mod tests {
    use sqlx::AssertSqlSafe;

    use super::*;
    use crate::throwaway::Postgres;

    /// A plan is kept for as long as its connection, and made when the table may be almost empty:
    /// one that reads the whole table would be the plan of the first minute under load.
    #[tokio::test]
    async fn rows_are_found_by_their_key_however_few_there_are() {
        let server = Postgres::start().await.unwrap();
        let pool = crate::store::PoolLimits {
            connections: std::num::NonZeroU32::MIN,
            timeout: Duration::from_secs(30),
        };
        let store = PgStore::connect(&server.url(), pool).await.unwrap();
        let mut connection = store.pool.acquire().await.unwrap();
        let statements = [
            "set plan_cache_mode = force_generic_plan".to_owned(),
            "insert into user_goal_progress
                 (user_id, namespace, goal_id, challenge_id, created_at, updated_at)
             select 'user-' || n, 'test', 'goal', 'challenge', now(), now()
             from generate_series(1, 750) as n"
                .to_owned(),
            "analyze user_goal_progress".to_owned(),
            format!("prepare advance as {ADVANCE}"),
            format!("prepare lock as {LOCK}"),
        ];
        for statement in statements {
            sqlx::query(AssertSqlSafe(statement))
                .execute(&mut *connection)
                .await
                .unwrap();
        }
        let advance = "explain execute advance(array[1], array[null]::uuid[], array[now()],
            array['user-1'], array['goal'], array[1], array[1], array[10], array[false],
            array[false], 3600)";
        let lock = "explain execute lock(array['user-1'], array['goal'])";
        for (explain, times) in [(advance, 2), (lock, 1)] {
            let plan: Vec<String> = sqlx::query_scalar(explain)
                .fetch_all(&mut *connection)
                .await
                .unwrap();
            let plan = plan.join("\n").replace("change_1.", "change.");
            let found = "Index Cond: ((user_id = change.user_id) AND (goal_id = change.goal_id))";
            assert_eq!(plan.matches(found).count(), times, "{plan}");
            assert!(!plan.contains("Seq Scan"), "{plan}");
        }
    }
}
