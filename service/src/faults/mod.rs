//! Faults on purpose, to try load tests and their reports on something known.
//!
//! Off unless switched on at start (`--faults`) or over the admin address; never over a public one.
//! While none is on, a request and a statement pay one relaxed load for all of them; a request also
//! a reference count, because routers clone their layers.
//!
//! | fault | what it does to a request |
//! |---|---|
//! | `latency=LAW` | waits: `100ms`, `50ms..200ms`, `exp:100ms`, `lognormal:80ms:400ms` |
//! | `error=STATUS` | refuses it |
//! | `cpu=TIME` | burns CPU time in `burn_cpu_for_fault` |
//! | `memory=SIZE[,max=SIZE]` | keeps memory, in `grow_memory_for_fault`, up to the maximum (256MiB) |
//! | `lock=mutex\|advisory,hold=TIME` | takes one lock for all, in the process or in PostgreSQL |
//! | `pool=COUNT[,for=TIME]` | nothing, but holds connections of the pool meanwhile (10 s) |
//!
//! All but the last take `share=SHARE` of the requests and `on=PATH`, the beginning of a path, in
//! which `*` stands for one segment; without it they take the requests of players and all events.
//! `latency=…,on=store` waits before statements instead.

mod active;
mod cpu;
mod error;
mod latency;
mod layer;
mod lock;
mod memory;
mod options;
mod pool;
mod scope;
mod spec;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use active::Active;
pub use active::FaultView;
pub use error::Refusal;
pub use spec::FaultSpec;
use tokio_util::sync::CancellationToken;

use crate::contention;
use crate::failure::{Code, Failure};
use crate::store::{Store, StoreError};

/// Why faults could not be switched on.
#[derive(Debug, thiserror::Error)]
pub enum FaultError {
    /// This store, or a pool of its size, cannot have the fault.
    #[error("fault \"{fault}\": {reason}")]
    Unsuited {
        /// As it was written.
        fault: String,
        /// Why not.
        reason: String,
    },
    /// The connections to be held could not be had.
    #[error("fault \"{fault}\": {source}")]
    Store {
        /// As it was written.
        fault: String,
        /// Why not.
        source: StoreError,
    },
}

impl From<FaultError> for Failure {
    fn from(error: FaultError) -> Self {
        let code = match error {
            FaultError::Unsuited { .. } => Code::BadRequest,
            FaultError::Store { .. } => Code::Unavailable,
        };
        Self::new(code, error.to_string())
    }
}

/// The faults of one service; cheap to clone.
#[derive(Debug, Clone)]
pub struct Faults(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// Whether any fault takes requests. Relaxed: that a request more or less has the fault is as well.
    on: AtomicBool,
    set: Mutex<Set>,
    /// One change at a time.
    changing: tokio::sync::Mutex<()>,
    store: Store,
}

#[derive(Debug, Default)]
struct Set {
    active: Arc<[Active]>,
    /// Lets held connections go.
    over: CancellationToken,
}

impl Faults {
    /// No fault.
    pub fn new(store: Store) -> Self {
        Self(Arc::new(Inner {
            on: AtomicBool::new(false),
            set: Mutex::default(),
            changing: tokio::sync::Mutex::default(),
            store,
        }))
    }

    /// Whether a request may meet a fault.
    #[inline]
    pub fn are_on(&self) -> bool {
        self.0.on.load(Ordering::Relaxed)
    }

    /// What a request for this path goes through; call it only where [`Self::are_on`].
    pub async fn befall(&self, path: &str) -> Result<(), Refusal> {
        let active = self.current().active.clone();
        for fault in &*active {
            if let Some(rng) = fault.takes(path) {
                fault.act(&self.0.store, rng).await?;
            }
        }
        Ok(())
    }

    /// Switches these faults on, and all others off. Returns when held connections are held.
    pub async fn set(&self, specs: Vec<FaultSpec>) -> Result<(), FaultError> {
        for spec in &specs {
            let unsuited = |reason| FaultError::Unsuited {
                fault: spec.text().to_owned(),
                reason,
            };
            spec.suits(&self.0.store).map_err(unsuited)?;
        }
        let _turn = self.0.changing.lock().await;
        self.clear();
        let over = CancellationToken::new();
        for spec in &specs {
            tracing::warn!(fault = spec.text(), "a fault is switched on");
            if let Err(source) = spec.hold(&self.0.store, &over).await {
                over.cancel();
                return Err(FaultError::Store {
                    fault: spec.text().to_owned(),
                    source,
                });
            }
        }
        let active: Arc<[Active]> = specs.into_iter().map(Active::new).collect();
        let before_statements = active.iter().any(Active::delays_statements);
        let mut set = self.current();
        if before_statements {
            let active = active.clone();
            self.0.store.gate().delay_by(move || {
                let delays = active.iter().filter_map(Active::statement_delay);
                delays.sum()
            });
        }
        let on = active.iter().any(Active::takes_requests);
        *set = Set { active, over };
        self.0.on.store(on, Ordering::Relaxed);
        Ok(())
    }

    /// Switches all faults off and lets go what they held.
    pub fn clear(&self) {
        let mut set = self.current();
        self.0.on.store(false, Ordering::Relaxed);
        self.0.store.gate().open();
        set.over.cancel();
        *set = Set::default();
    }

    /// The faults that are on, with what they did.
    pub fn view(&self) -> Vec<FaultView> {
        self.current().active.iter().map(Active::view).collect()
    }

    fn current(&self) -> MutexGuard<'_, Set> {
        contention::lock("the faults", &self.0.set)
    }
}
