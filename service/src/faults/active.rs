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

    /// The generator of the next request for this path; absent where it does not have the fault.
    pub(super) fn takes(&self, path: &str) -> Option<fastrand::Rng> {
        self.spec.scope.covers(path).then(|| self.draw()).flatten()
    }

    /// What happens to the request that drew this generator.
    pub(super) async fn act(&self, store: &Store, mut rng: fastrand::Rng) -> Result<(), Refusal> {
        match &self.spec.kind {
            Kind::Latency(latency) => tokio::time::sleep(latency.draw(&mut rng)).await,
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

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;
    use crate::faults::Faults;
    use crate::store::PoolLimits;

    #[tokio::test]
    async fn what_a_fault_does_does_not_decide_who_has_it_next() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("faults.db").display());
        let pool = PoolLimits {
            connections: NonZeroU32::MIN,
            timeout: Duration::from_secs(1),
        };
        let store = Store::connect(&url, pool).await.unwrap();
        let hits = async |fault: &str| {
            let faults = Faults::new(store.clone());
            faults.set(vec![fault.parse().unwrap()]).await.unwrap();
            let mut hits = Vec::new();
            for _ in 0..50 {
                // Refused or not.
                let _ = faults.befall("/challenge").await;
                hits.push(faults.view()[0].hits);
            }
            hits
        };
        let refused = hits("error=503,share=50%").await;
        assert!((10..40).contains(&refused[49].unwrap()), "{refused:?}");
        assert_eq!(hits("latency=0s..1us,share=50%").await, refused);
    }
}
