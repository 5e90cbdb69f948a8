//! Whether the service can do its work.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::app::Live;
use crate::event_path::EventPath;
use crate::failure::{Code, Failure};

/// A database that answers later than this is not there for players, who wait for milliseconds.
const BOUND: Duration = Duration::from_millis(500);

/// What readiness depends on. The reward platform is no part of it: without it only claims fail.
#[derive(Debug, Clone)]
pub struct Readiness {
    /// The database, and what writes to it for several requests.
    pub app: Live,
    /// How events reach the database; absent where none are taken.
    pub events: Option<Arc<EventPath>>,
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
        match tokio::time::timeout(BOUND, self.app.store.ping()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(%error, "the database is not ready");
                // No more: what the driver says may show where the database is.
                missing.push("the database refuses".to_owned());
            }
            Err(_) => missing.push(format!("the database did not answer within {BOUND:?}")),
        }
        let events = self.events.as_ref();
        for (queue, has_ended) in [
            ("new users", self.app.assigner.has_ended()),
            ("goals to be switched", self.app.activator.has_ended()),
            ("events", events.is_some_and(|events| events.has_ended())),
        ] {
            // Only a panic does that, and what panicked does not come back.
            if has_ended {
                missing.push(format!("the queue of {queue} takes nothing any more"));
            }
        }
        if missing.is_empty() {
            Ok(())
        } else {
            Err(Failure::new(Code::NotReady, missing.join("; ")))
        }
    }
}
