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
use pool::Held;
pub use spec::FaultSpec;
use tokio_util::sync::CancellationToken;

use crate::contention;
use crate::failure::{Code, Failure};
use crate::store::{HeldConnection, Store, StoreError};

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
    /// The connections that they hold.
    held: Vec<Held>,
    /// Lets them go.
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

    /// Switches these faults on, and all others off. Returns when held connections are held; where
    /// that fails, the faults of before stay.
    pub async fn set(&self, specs: Vec<FaultSpec>) -> Result<(), FaultError> {
        self.check(&specs)?;
        let _turn = self.0.changing.lock().await;
        let mut connections = self.connections(&specs).await?;
        self.clear();
        let over = CancellationToken::new();
        let mut held = Vec::new();
        for spec in &specs {
            tracing::warn!(fault = spec.text(), "a fault is switched on");
            if let Some(starvation) = spec.starvation() {
                let rest = connections.len().saturating_sub(spec.connections());
                held.push(starvation.hold(connections.split_off(rest), &over));
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
        *set = Set { active, held, over };
        self.0.on.store(on, Ordering::Relaxed);
        Ok(())
    }

    /// Whether this store, with a pool of its size, can have all of them together.
    fn check(&self, specs: &[FaultSpec]) -> Result<(), FaultError> {
        let max = self.0.store.pool_gauge().max as usize;
        let mut wanted = 0_usize;
        for spec in specs {
            let unsuited = |reason| FaultError::Unsuited {
                fault: spec.text().to_owned(),
                reason,
            };
            spec.suits(&self.0.store).map_err(unsuited)?;
            wanted = wanted.saturating_add(spec.connections());
            if spec.connections() > 0 && wanted > max {
                let together = if wanted > spec.connections() {
                    " together"
                } else {
                    ""
                };
                let reason = format!("the pool has {max} connections, not {wanted}{together}");
                return Err(unsuited(reason));
            }
        }
        Ok(())
    }

    /// The connections that these faults are to hold: those that others hold now, and as many more as
    /// it takes.
    async fn connections(&self, specs: &[FaultSpec]) -> Result<Vec<HeldConnection>, FaultError> {
        let wanted = specs.iter().map(FaultSpec::connections).sum::<usize>();
        let mut connections = Vec::new();
        loop {
            let held: usize = self.current().held.iter().map(Held::count).sum();
            let lacking = wanted.saturating_sub(connections.len() + held);
            if lacking == 0 {
                break;
            }
            let more = self.0.store.hold_connections(lacking).await;
            connections.extend(more.map_err(|source| {
                let mut texts = specs.iter().filter(|spec| spec.connections() > 0);
                FaultError::Store {
                    fault: texts.next().map_or("", FaultSpec::text).to_owned(),
                    source,
                }
            })?);
            // Again: the time of those that hold others may have passed meanwhile.
        }
        for held in &self.current().held {
            connections.extend(held.take());
        }
        connections.truncate(wanted);
        Ok(connections)
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
