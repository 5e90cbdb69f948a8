//! Takes up a changed catalogue file when the operator asks for it, by SIGHUP.

use std::path::PathBuf;

use tokio_util::sync::CancellationToken;

use crate::app::Live;
use crate::catalogue::{Catalogue, CatalogueError};

/// The SIGHUPs that come from now on. Who does not listen is ended by the first.
#[derive(Debug)]
pub(crate) struct Hangups(#[cfg(unix)] Option<tokio::signal::unix::Signal>);

impl Hangups {
    #[cfg(unix)]
    pub(crate) fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let listening = signal(SignalKind::hangup());
        Self(
            listening
                .inspect_err(|error| tracing::warn!(%error, "SIGHUP cannot be heard"))
                .ok(),
        )
    }

    #[cfg(not(unix))]
    pub(crate) fn listen() -> Self {
        Self()
    }

    async fn next(&mut self) {
        #[cfg(unix)]
        if let Some(signals) = &mut self.0
            && signals.recv().await.is_some()
        {
            return;
        }
        std::future::pending::<()>().await;
    }
}

/// Reads the catalogue again at every hangup, until told to stop.
pub(crate) async fn reload_until(
    live: Live,
    path: Option<PathBuf>,
    mut hangups: Hangups,
    stop: CancellationToken,
) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = hangups.next() => {}
        }
        let Some(path) = &path else {
            tracing::warn!("the catalogue is built in: there is no file to load again");
            continue;
        };
        match reload(live.clone(), path.clone()).await {
            Ok(()) => {
                let content = live.now().content;
                tracing::info!(
                    file = %path.display(),
                    challenges = content.catalogue.challenges().len(),
                    goals = content.catalogue.goals().count(),
                    "the catalogue was replaced"
                );
            }
            Err(error) => tracing::error!("the old catalogue stays: {error}"),
        }
    }
}

/// Replaces the catalogue by what the file says now; a file with mistakes changes nothing.
async fn reload(live: Live, path: PathBuf) -> Result<(), CatalogueError> {
    // Milliseconds of work that no request should wait for.
    let read = tokio::task::spawn_blocking(move || {
        let catalogue = Catalogue::load(&path)?;
        live.replace_catalogue(catalogue);
        Ok(())
    });
    read.await
        .unwrap_or_else(|failed| std::panic::resume_unwind(failed.into_panic()))
}
