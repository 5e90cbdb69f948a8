//! Forgets events whose ids need not be known any more.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::app::{App, Live};
use crate::instant::Instant;
use crate::store::StoreError;

const PAUSE: Duration = Duration::from_secs(10);

/// Small, and with a pause after it, so that no event waits long behind it.
const AT_ONCE: u32 = 500;
const BREATH: Duration = Duration::from_millis(50);

/// Forgets the events that were seen before the window. Returns how many.
pub async fn forget(app: &App) -> Result<u64, StoreError> {
    let before = Instant::now().before(app.phase.switches.event_window);
    let mut forgotten = 0;
    loop {
        let batch = app.store.forget_events(before, AT_ONCE).await?;
        forgotten += batch;
        if batch < u64::from(AT_ONCE) {
            return Ok(forgotten);
        }
        tokio::time::sleep(BREATH).await;
    }
}

/// Forgets every few seconds until told to stop.
pub async fn forget_until(live: Live, stop: CancellationToken) {
    let forgetting = async {
        loop {
            tokio::time::sleep(PAUSE).await;
            match forget(&live.now()).await {
                Ok(forgotten) => tracing::debug!(forgotten, "old event ids were forgotten"),
                Err(error) => tracing::warn!(%error, "old event ids could not be forgotten"),
            }
        }
    };
    // Between two batches there is nothing to finish.
    stop.run_until_cancelled(forgetting).await;
}
