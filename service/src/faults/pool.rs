//! A pool that runs dry: connections that nobody else gets, for a while.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::options::Options;
use crate::span;
use crate::store::HeldConnection;

const TIME: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Starvation {
    connections: NonZeroU32,
    time: Duration,
}

/// Connections that a fault holds; none once it is over, or when another has taken them.
#[derive(Debug)]
pub(super) struct Held(Arc<Mutex<Vec<HeldConnection>>>);

impl Starvation {
    pub(super) fn read(options: &mut Options<'_>) -> Option<Self> {
        let connections = options.take("pool")?;
        let time = options.take_by("for", span::parse).unwrap_or(TIME);
        Some(Self { connections, time })
    }

    pub(super) fn connections(&self) -> NonZeroU32 {
        self.connections
    }

    /// Lets these connections go when the time has passed or all faults are over.
    pub(super) fn hold(&self, connections: Vec<HeldConnection>, over: &CancellationToken) -> Held {
        let held = Held(Arc::new(Mutex::new(connections)));
        let (time, over) = (self.time, over.clone());
        let ending = Held(held.0.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = tokio::time::sleep(time) => {}
                () = over.cancelled() => {}
            }
            drop(ending.take());
        });
        held
    }
}

impl Held {
    pub(super) fn count(&self) -> usize {
        self.connections().len()
    }

    pub(super) fn take(&self) -> Vec<HeldConnection> {
        std::mem::take(&mut *self.connections())
    }

    fn connections(&self) -> MutexGuard<'_, Vec<HeldConnection>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
