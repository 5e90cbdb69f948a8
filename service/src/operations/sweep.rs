//! Takes up claims that were left half done, by a crash or a failed database.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::claim::settle;
use crate::app::{App, Live};
use crate::instant::Instant;
use crate::store::StoreError;

/// A claim that has been open for longer was given up by whoever began it.
///
/// Well above the time-out of the reward client, so that no claim is taken up while it is going on.
pub const STUCK_AFTER: Duration = Duration::from_secs(30);

const PAUSE: Duration = Duration::from_secs(10);
const AT_ONCE: u32 = 100;

/// Settles the claims that have been open for longer than `stuck_after`, with the keys they began
/// with. Returns how many were granted.
pub async fn sweep(app: &App, stuck_after: Duration) -> Result<usize, StoreError> {
    let since_before = Instant::now().before(stuck_after);
    let stuck = app.store.stuck_claims(since_before, AT_ONCE).await?;
    let mut granted = 0;
    for claim in stuck {
        let Some((_, goal)) = app.content.catalogue.goal(&claim.goal_id) else {
            tracing::warn!(
                goal = claim.goal_id,
                "a stuck claim is for a goal that is gone"
            );
            continue;
        };
        match settle(app, &claim, goal).await {
            Ok(_) => granted += 1,
            Err(error) => {
                tracing::warn!(%error, goal = claim.goal_id, "a stuck claim failed again");
            }
        }
    }
    Ok(granted)
}

/// Sweeps every few seconds until told to stop.
pub async fn sweep_until(live: Live, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
        match sweep(&live.now(), STUCK_AFTER).await {
            Ok(0) => {}
            Ok(granted) => tracing::info!(granted, "stuck claims were settled"),
            Err(error) => tracing::warn!(%error, "stuck claims could not be swept"),
        }
    }
}
