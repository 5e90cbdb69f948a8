//! The writes that SQLite's writer knows, each of them one statement, but for [events](events).
//!
//! One statement is atomic by itself: where it fails, SQLite undoes it and the transaction around
//! it goes on. A savepoint a write would say the same twice and cost two statements more.

use sqlx::SqliteConnection;

use super::super::row::progress_columns;
use super::super::selection::{on_selected, starts_anew};
use super::super::{Assignment, Claim};
use super::events::{self, Advance};
use crate::instant::Instant;
use crate::progress::Progress;

/// One write, with everything that it needs.
#[derive(Debug)]
pub(super) enum Write {
    /// Insert rows that are missing.
    Assign {
        user: String,
        namespace: String,
        /// `[[goal, challenge, is_active, expires_at], …]`
        goals: String,
        now: Instant,
    },
    /// Switch a goal on or off.
    SetActive {
        user: String,
        namespace: String,
        goal: Assignment,
        now: Instant,
    },
    /// Switch goals on and others off.
    Select {
        user: String,
        namespace: String,
        /// As for `Assign`, all of them active.
        goals: String,
        /// The challenge whose other goals are switched off.
        replaced: Option<String>,
        now: Instant,
    },
    /// Switch a goal on or off if its row is still at this version, or still missing.
    SetActiveAt {
        user: String,
        namespace: String,
        goal: Assignment,
        version: Option<i64>,
        now: Instant,
    },
    /// Apply an event.
    Advance(Advance),
    /// Forget events that were seen before this instant, so many at most.
    ForgetEvents { before: Instant, limit: u32 },
    /// `completed` to `claiming`; the claim's key is used if the row has none.
    BeginClaim { claim: Claim, now: Instant },
    /// `claiming` to `claimed`.
    FinishClaim { claim: Claim, now: Instant },
    /// `claiming` to `completed`.
    ReleaseClaim { claim: Claim, now: Instant },
}

/// What a write did.
#[derive(Debug)]
pub(super) enum Written {
    /// It touched so many rows.
    Count(u64),
    /// It left this row behind, or found none to change.
    Row(Option<Progress>),
    /// It left these rows behind.
    Rows(Vec<Progress>),
    /// It opened this claim, or found nothing to claim.
    Claim(Option<Claim>),
}

impl Written {
    pub(super) fn count(self) -> u64 {
        match self {
            Self::Count(count) => count,
            Self::Row(row) => u64::from(row.is_some()),
            Self::Rows(rows) => rows.len() as u64,
            Self::Claim(claim) => u64::from(claim.is_some()),
        }
    }

    pub(super) fn row(self) -> Option<Progress> {
        match self {
            Self::Row(row) => row,
            Self::Count(_) | Self::Rows(_) | Self::Claim(_) => None,
        }
    }

    pub(super) fn rows(self) -> Vec<Progress> {
        match self {
            Self::Rows(rows) => rows,
            Self::Row(row) => row.into_iter().collect(),
            Self::Count(_) | Self::Claim(_) => Vec::new(),
        }
    }

    pub(super) fn claim(self) -> Option<Claim> {
        match self {
            Self::Claim(claim) => claim,
            Self::Count(_) | Self::Row(_) | Self::Rows(_) => None,
        }
    }
}

/// What a switch changes of a row that is there, given in SQL whether it is on, and the time.
macro_rules! on_activation {
    ($is_active:literal, $now:literal) => {
        concat!(
            "is_active = ",
            $is_active,
            ", assigned_at = iif(",
            $is_active,
            " and not row.is_active, ",
            $now,
            ", row.assigned_at),
             version = row.version + 1,
             updated_at = ",
            $now
        )
    };
}

impl Write {
    /// Carries the write out; it is durable when the transaction around it commits.
    pub(super) async fn execute(
        &self,
        connection: &mut SqliteConnection,
    ) -> Result<Written, sqlx::Error> {
        match self {
            Self::Assign {
                user,
                namespace,
                goals,
                now,
            } => assign(connection, user, namespace, goals, *now).await,
            Self::SetActive {
                user,
                namespace,
                goal,
                now,
            } => set_active(connection, user, namespace, goal, *now).await,
            Self::Select {
                user,
                namespace,
                goals,
                replaced,
                now,
            } => {
                let replaced = replaced.as_deref();
                select(connection, user, namespace, goals, replaced, *now).await
            }
            Self::SetActiveAt {
                user,
                namespace,
                goal,
                version: None,
                now,
            } => activate_first(connection, user, namespace, goal, *now).await,
            Self::SetActiveAt {
                user,
                goal,
                version: Some(version),
                now,
                ..
            } => set_active_at(connection, user, goal, *version, *now).await,
            Self::Advance(advance) => advance.execute(connection).await.map(Written::Count),
            Self::ForgetEvents { before, limit } => events::forget(connection, *before, *limit)
                .await
                .map(Written::Count),
            Self::BeginClaim { claim, now } => begin_claim(connection, claim, *now).await,
            Self::FinishClaim { claim, now } => finish_claim(connection, claim, *now).await,
            Self::ReleaseClaim { claim, now } => release_claim(connection, claim, *now).await,
        }
    }
}

async fn assign(
    connection: &mut SqliteConnection,
    user: &str,
    namespace: &str,
    goals: &str,
    now: Instant,
) -> Result<Written, sqlx::Error> {
    // "where true": else SQLite reads "on conflict" as the condition of a join.
    let done = sqlx::query(
        "insert into user_goal_progress
             (user_id, namespace, goal_id, challenge_id, is_active, assigned_at, expires_at, created_at, updated_at)
         select ?1, ?2, value ->> 0, value ->> 1, value ->> 2, iif(value ->> 2, ?3, null), value ->> 3, ?3, ?3
         from json_each(?4)
         where true
         on conflict (user_id, goal_id) do nothing",
    )
    .bind(user)
    .bind(namespace)
    .bind(now)
    .bind(goals)
    .execute(connection)
    .await?;
    Ok(Written::Count(done.rows_affected()))
}

async fn set_active(
    connection: &mut SqliteConnection,
    user: &str,
    namespace: &str,
    goal: &Assignment,
    now: Instant,
) -> Result<Written, sqlx::Error> {
    let sql = concat!(
        "insert into user_goal_progress as row
             (user_id, namespace, goal_id, challenge_id, is_active, assigned_at, created_at, updated_at)
         values (?1, ?2, ?3, ?4, ?5, iif(?5, ?6, null), ?6, ?6)
         on conflict (user_id, goal_id) do update set ",
        on_activation!("excluded.is_active", "excluded.updated_at"),
        " returning ",
        progress_columns!()
    );
    let row = sqlx::query_as(sql)
        .bind(user)
        .bind(namespace)
        .bind(&goal.goal_id)
        .bind(&goal.challenge_id)
        .bind(goal.is_active)
        .bind(now)
        .fetch_one(connection)
        .await?;
    Ok(Written::Row(Some(row)))
}

async fn select(
    connection: &mut SqliteConnection,
    user: &str,
    namespace: &str,
    goals: &str,
    replaced: Option<&str>,
    now: Instant,
) -> Result<Written, sqlx::Error> {
    let sql = concat!(
        "insert into user_goal_progress as row
             (user_id, namespace, goal_id, challenge_id, is_active, assigned_at, expires_at, created_at, updated_at)
         select ?1, ?2, goal_id, challenge_id, is_active, iif(is_active, ?3, null), expires_at, ?3, ?3
         from (
             select value ->> 0 as goal_id, value ->> 1 as challenge_id, 1 as is_active, value ->> 3 as expires_at
             from json_each(?4)
             union all
             select goal_id, challenge_id, 0, null
             from user_goal_progress
             where user_id = ?1 and challenge_id = ?5
                 and goal_id not in (select value ->> 0 from json_each(?4))
                 and is_active and (expires_at is null or expires_at > ?3)
         )
         where true",
        on_selected!(),
        progress_columns!()
    );
    let rows = sqlx::query_as(sql)
        .bind(user)
        .bind(namespace)
        .bind(now)
        .bind(goals)
        .bind(replaced)
        .fetch_all(connection)
        .await?;
    Ok(Written::Rows(rows))
}

async fn activate_first(
    connection: &mut SqliteConnection,
    user: &str,
    namespace: &str,
    goal: &Assignment,
    now: Instant,
) -> Result<Written, sqlx::Error> {
    let sql = concat!(
        "insert into user_goal_progress
             (user_id, namespace, goal_id, challenge_id, is_active, assigned_at, created_at, updated_at)
         values (?1, ?2, ?3, ?4, ?5, iif(?5, ?6, null), ?6, ?6)
         on conflict (user_id, goal_id) do nothing
         returning ",
        progress_columns!()
    );
    let row = sqlx::query_as(sql)
        .bind(user)
        .bind(namespace)
        .bind(&goal.goal_id)
        .bind(&goal.challenge_id)
        .bind(goal.is_active)
        .bind(now)
        .fetch_optional(connection)
        .await?;
    Ok(Written::Row(row))
}

async fn set_active_at(
    connection: &mut SqliteConnection,
    user: &str,
    goal: &Assignment,
    version: i64,
    now: Instant,
) -> Result<Written, sqlx::Error> {
    let sql = concat!(
        "update user_goal_progress as row set ",
        on_activation!("?3", "?4"),
        " where user_id = ?1 and goal_id = ?2 and version = ?5
         returning ",
        progress_columns!()
    );
    let row = sqlx::query_as(sql)
        .bind(user)
        .bind(&goal.goal_id)
        .bind(goal.is_active)
        .bind(now)
        .bind(version)
        .fetch_optional(connection)
        .await?;
    Ok(Written::Row(row))
}

async fn begin_claim(
    connection: &mut SqliteConnection,
    claim: &Claim,
    now: Instant,
) -> Result<Written, sqlx::Error> {
    let key: Option<String> = sqlx::query_scalar(
        "update user_goal_progress set
             status = 'claiming',
             claim_key = coalesce(claim_key, ?3),
             version = version + 1,
             updated_at = ?4
         where user_id = ?1 and goal_id = ?2 and status = 'completed'
         returning claim_key",
    )
    .bind(&claim.user_id)
    .bind(&claim.goal_id)
    .bind(&claim.key)
    .bind(now)
    .fetch_optional(connection)
    .await?;
    Ok(Written::Claim(key.map(|key| Claim {
        key,
        ..claim.clone()
    })))
}

async fn finish_claim(
    connection: &mut SqliteConnection,
    claim: &Claim,
    now: Instant,
) -> Result<Written, sqlx::Error> {
    let sql = concat!(
        "update user_goal_progress set
             status = 'claimed', claimed_at = ?4, version = version + 1, updated_at = ?4
         where user_id = ?1 and goal_id = ?2 and status = 'claiming' and claim_key = ?3
         returning ",
        progress_columns!()
    );
    let row = sqlx::query_as(sql)
        .bind(&claim.user_id)
        .bind(&claim.goal_id)
        .bind(&claim.key)
        .bind(now)
        .fetch_optional(connection)
        .await?;
    Ok(Written::Row(row))
}

async fn release_claim(
    connection: &mut SqliteConnection,
    claim: &Claim,
    now: Instant,
) -> Result<Written, sqlx::Error> {
    let done = sqlx::query(
        "update user_goal_progress set
             status = 'completed', version = version + 1, updated_at = ?4
         where user_id = ?1 and goal_id = ?2 and status = 'claiming' and claim_key = ?3",
    )
    .bind(&claim.user_id)
    .bind(&claim.goal_id)
    .bind(&claim.key)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(Written::Count(done.rows_affected()))
}
