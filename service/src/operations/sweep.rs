//! Takes up claims that were left half done, by a crash or a failed database.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::claim::settle;
use crate::app::{App, Live};
use crate::instant::Instant;
use crate::store::{Claim, StoreError};
use crate::tasks::named;

const AT_ONCE: u32 = 100;

/// Settles the claims that have been open for longer than `stuck_after`, with the keys they began
/// with. Returns how many were granted.
pub async fn sweep(app: &App, stuck_after: Duration) -> Result<usize, StoreError> {
    let since_before = Instant::now().before(stuck_after);
    let stuck = app.store.stuck_claims(since_before, AT_ONCE).await?;
    // Side by side: one after the other, a platform that does not answer would hold up a shutdown.
    let mut settling = JoinSet::new();
    for claim in stuck {
        let app = app.clone();
        settling.spawn(named(
            "stuck claim",
            async move { settled(&app, &claim).await },
        ));
    }
    let settled = settling.join_all().await;
    Ok(settled.into_iter().filter(|granted| *granted).count())
}

async fn settled(app: &App, claim: &Claim) -> bool {
    let Some((_, goal)) = app.content.catalogue.goal(&claim.goal_id) else {
        // Left as it is, it would take the place of others in every sweep to come. Its key stays with it.
        let released = app.store.release_claim(claim, Instant::now()).await;
        tracing::warn!(
            goal = claim.goal_id,
            error = released.err().map(tracing::field::display),
            "a stuck claim is for a goal that is gone: it can be claimed when the goal is back"
        );
        return false;
    };
    let settled = settle(app, claim, goal).await;
    if let Err(error) = &settled {
        tracing::warn!(%error, goal = claim.goal_id, "a stuck claim failed again");
    }
    settled.is_ok()
}

/// Sweeps every few seconds until told to stop.
pub async fn sweep_until(live: Live, stop: CancellationToken) {
    let stuck_after = live.rewards.limits().stuck_after();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(stuck_after / 2) => {}
        }
        match sweep(&live.now(), stuck_after).await {
            Ok(0) => {}
            Ok(granted) => tracing::info!(granted, "stuck claims were settled"),
            Err(error) => tracing::warn!(%error, "stuck claims could not be swept"),
        }
    }
}
