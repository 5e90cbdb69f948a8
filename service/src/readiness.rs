//! Whether the service can do its work.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::failure::{Code, Failure};
use crate::store::Store;

/// A database that answers later than this is not there for players, who wait for milliseconds.
const BOUND: Duration = Duration::from_millis(500);

/// What readiness depends on. The reward platform is no part of it: without it only claims fail.
#[derive(Debug, Clone)]
pub struct Readiness {
    /// The database.
    pub store: Store,
    /// Cancelled once the service shuts down.
    pub stop: CancellationToken,
}

impl Readiness {
    /// Asks every part, now. The failure names those that are not ready.
    pub async fn check(&self) -> Result<(), Failure> {
        let mut missing = Vec::new();
        if self.stop.is_cancelled() {
            missing.push("the service is shutting down".to_owned());
        }
        match tokio::time::timeout(BOUND, self.store.ping()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(%error, "the database is not ready");
                // No more: what the driver says may show where the database is.
                missing.push("the database refuses".to_owned());
            }
            Err(_) => missing.push(format!("the database did not answer within {BOUND:?}")),
        }
        if missing.is_empty() {
            Ok(())
        } else {
            Err(Failure::new(Code::NotReady, missing.join("; ")))
        }
    }
}
