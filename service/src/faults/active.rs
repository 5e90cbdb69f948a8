//! A fault that is on.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::Serialize;

use super::error::Refusal;
use super::memory::Kept;
use super::spec::{FaultSpec, Kind};
use crate::chance::Chance;
use crate::store::Store;

/// Which requests of a share have a fault is the same in every run.
const SEED: u64 = 1;

/// A fault that is on, as the admin address shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FaultView {
    fault: String,
    /// Requests, or statements, that had it; absent for faults that take none.
    #[serde(skip_serializing_if = "Option::is_none")]
    hits: Option<u64>,
    /// Memory that it keeps; absent for others.
    #[serde(skip_serializing_if = "Option::is_none")]
    kept_bytes: Option<usize>,
}

#[derive(Debug)]
pub(super) struct Active {
    spec: FaultSpec,
    chance: Chance,
    hits: AtomicU64,
    mutex: tokio::sync::Mutex<()>,
    kept: Kept,
}

impl Active {
    pub(super) fn new(spec: FaultSpec) -> Self {
        Self {
            spec,
            chance: Chance::new(SEED),
            hits: AtomicU64::new(0),
            mutex: tokio::sync::Mutex::new(()),
            kept: Kept::default(),
        }
    }

    pub(super) fn takes_requests(&self) -> bool {
        !self.spec.scope.is_store()
    }

    pub(super) fn delays_statements(&self) -> bool {
        matches!(self.spec.kind, Kind::Latency(_)) && self.spec.scope.is_store()
    }

    /// Whether the next request for this path has the fault.
    pub(super) fn takes(&self, path: &str) -> bool {
        self.spec.scope.covers(path) && self.draw().is_some()
    }

    /// What happens to a request that has it.
    pub(super) async fn act(&self, store: &Store) -> Result<(), Refusal> {
        match &self.spec.kind {
            Kind::Latency(latency) => {
                let wait = latency.draw(&mut self.chance.next());
                tokio::time::sleep(wait).await;
            }
            Kind::Error(refusal) => return Err(*refusal),
            Kind::Cpu(burn) => burn.act(),
            Kind::Memory(growth) => growth.act(&self.kept),
            Kind::Lock(lock) => lock.act(&self.mutex, store).await?,
            Kind::Pool(_) => {}
        }
        Ok(())
    }

    /// How long the next statement waits; absent if it does not.
    pub(super) fn statement_delay(&self) -> Option<Duration> {
        let Kind::Latency(latency) = &self.spec.kind else {
            return None;
        };
        if !self.spec.scope.is_store() {
            return None;
        }
        self.draw().map(|mut rng| latency.draw(&mut rng))
    }

    pub(super) fn view(&self) -> FaultView {
        let (hits, kept) = match self.spec.kind {
            Kind::Pool(_) => (None, None),
            Kind::Memory(_) => (Some(()), Some(self.kept.bytes())),
            _ => (Some(()), None),
        };
        FaultView {
            fault: self.spec.text().to_owned(),
            hits: hits.map(|()| self.hits.load(Ordering::Relaxed)),
            kept_bytes: kept,
        }
    }

    /// The generator of one that has the fault, counted.
    fn draw(&self) -> Option<fastrand::Rng> {
        let mut rng = self.chance.next();
        let hit = self.spec.scope.takes(&mut rng);
        hit.then(|| {
            self.hits.fetch_add(1, Ordering::Relaxed);
            rng
        })
    }
}
