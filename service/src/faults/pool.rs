//! A pool that runs dry: connections that nobody else gets, for a while.

use std::num::NonZeroU32;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::options::Options;
use crate::span;
use crate::store::{Store, StoreError};

const TIME: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Starvation {
    connections: NonZeroU32,
    time: Duration,
}

impl Starvation {
    pub(super) fn read(options: &mut Options<'_>) -> Option<Self> {
        let connections = options.take("pool")?;
        let time = options.take_by("for", span::parse).unwrap_or(TIME);
        Some(Self { connections, time })
    }

    pub(super) fn suits(&self, store: &Store) -> Result<(), String> {
        let (wanted, max) = (self.connections.get(), store.pool_gauge().max);
        if wanted > max {
            return Err(format!("the pool has {max} connections, not {wanted}"));
        }
        Ok(())
    }

    /// Returns when the connections are held; they are let go when the time has passed or all faults
    /// are over.
    pub(super) async fn hold(
        &self,
        store: &Store,
        over: &CancellationToken,
    ) -> Result<(), StoreError> {
        let held = store.hold_connections(self.connections.get()).await?;
        let (time, over) = (self.time, over.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = tokio::time::sleep(time) => {}
                () = over.cancelled() => {}
            }
            drop(held);
        });
        Ok(())
    }
}
