//! The writes that SQLite's writer knows, nearly all of them one statement, each in the file of what it
//! is about.
//!
//! One statement is atomic by itself: where it fails, SQLite undoes it and the transaction around
//! it goes on. A savepoint a write would say the same twice and cost two statements more.

use sqlx::SqliteConnection;

use super::super::{Assignment, Claim, Delivery};
use super::events::{self, Advance};
use super::outbox::OutboxWrite;
use super::{claim, initialise, select, set_active};
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
    /// A write of the outbox.
    Outbox(OutboxWrite),
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
    /// It leased these deliveries.
    Deliveries(Vec<Delivery>),
}

impl Written {
    pub(super) fn count(self) -> u64 {
        match self {
            Self::Count(count) => count,
            Self::Row(row) => u64::from(row.is_some()),
            Self::Rows(rows) => rows.len() as u64,
            Self::Claim(claim) => u64::from(claim.is_some()),
            Self::Deliveries(leased) => leased.len() as u64,
        }
    }

    pub(super) fn row(self) -> Option<Progress> {
        match self {
            Self::Row(row) => row,
            Self::Count(_) | Self::Rows(_) | Self::Claim(_) | Self::Deliveries(_) => None,
        }
    }

    pub(super) fn rows(self) -> Vec<Progress> {
        match self {
            Self::Rows(rows) => rows,
            Self::Row(row) => row.into_iter().collect(),
            Self::Count(_) | Self::Claim(_) | Self::Deliveries(_) => Vec::new(),
        }
    }

    pub(super) fn claim(self) -> Option<Claim> {
        match self {
            Self::Claim(claim) => claim,
            Self::Count(_) | Self::Row(_) | Self::Rows(_) | Self::Deliveries(_) => None,
        }
    }

    pub(super) fn deliveries(self) -> Vec<Delivery> {
        match self {
            Self::Deliveries(leased) => leased,
            Self::Count(_) | Self::Row(_) | Self::Rows(_) | Self::Claim(_) => Vec::new(),
        }
    }
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
            } => initialise::assign(connection, user, namespace, goals, *now).await,
            Self::SetActive {
                user,
                namespace,
                goal,
                now,
            } => set_active::set_active(connection, user, namespace, goal, *now).await,
            Self::Select {
                user,
                namespace,
                goals,
                replaced,
                now,
            } => {
                let replaced = replaced.as_deref();
                select::select(connection, user, namespace, goals, replaced, *now).await
            }
            Self::SetActiveAt {
                user,
                namespace,
                goal,
                version: None,
                now,
            } => set_active::activate_first(connection, user, namespace, goal, *now).await,
            Self::SetActiveAt {
                user,
                goal,
                version: Some(version),
                now,
                ..
            } => set_active::set_active_at(connection, user, goal, *version, *now).await,
            Self::Advance(advance) => advance.execute(connection).await.map(Written::Count),
            Self::ForgetEvents { before, limit } => events::forget(connection, *before, *limit)
                .await
                .map(Written::Count),
            Self::BeginClaim { claim, now } => claim::begin(connection, claim, *now).await,
            Self::FinishClaim { claim, now } => claim::finish(connection, claim, *now).await,
            Self::ReleaseClaim { claim, now } => claim::release(connection, claim, *now).await,
            Self::Outbox(write) => write.execute(connection).await,
        }
    }
}
