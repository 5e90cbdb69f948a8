//! Requests that take one lock for all of them, and hold it for a while.

use std::time::Duration;

use super::error::Refusal;
use super::options::Options;
use crate::contention;
use crate::span;
use crate::store::{DatabaseKind, Store};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lock {
    kind: Kind,
    hold: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// In this process.
    Mutex,
    /// In the database, with a connection held by all who wait.
    Advisory,
}

impl Lock {
    pub(super) fn read(options: &mut Options<'_>) -> Option<Self> {
        let kind = options.take_by("lock", |text| match text {
            "mutex" => Ok(Kind::Mutex),
            "advisory" => Ok(Kind::Advisory),
            other => Err(format!("\"{other}\" is neither mutex nor advisory")),
        })?;
        let hold = options.take_by("hold", span::parse);
        if hold.is_none() {
            options.wrong("how long the lock is held is missing; write hold=5ms");
        }
        Some(Self { kind, hold: hold? })
    }

    pub(super) fn suits(&self, store: &Store) -> Result<(), String> {
        if self.kind == Kind::Advisory && store.kind() != DatabaseKind::Postgres {
            return Err("advisory locks are PostgreSQL's; SQLite has none".into());
        }
        Ok(())
    }

    pub(super) async fn act(
        &self,
        mutex: &tokio::sync::Mutex<()>,
        store: &Store,
    ) -> Result<(), Refusal> {
        match self.kind {
            Kind::Mutex => {
                let _held = contention::waiting("the lock of a fault", mutex.lock()).await;
                tokio::time::sleep(self.hold).await;
                Ok(())
            }
            Kind::Advisory => store.hold_advisory_lock(self.hold).await.map_err(|error| {
                tracing::warn!(%error, "an advisory lock could not be taken");
                Refusal(http::StatusCode::SERVICE_UNAVAILABLE)
            }),
        }
    }
}
