//! What the service counts, in the text format of Prometheus (OpenMetrics), one group a file.
//!
//! A part of the service that has something to count makes its [`Group`] when it is built
//! (`metrics.group::<CacheMetrics>()`) and keeps it. A process without that part does not show the
//! group at all: absent is not zero. Counting is an atomic addition or two, and allocates nothing.

mod batch;
mod bounds;
mod build;
mod cache;
mod event_flush;
mod outbox;
mod pool;
mod process;
mod request;
mod reward;
mod runtime;
mod set_active;
mod shown;
mod writer;

use std::sync::{Arc, Mutex, PoisonError};

use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;

pub use batch::{BatchMetrics, NewUserFlushMetrics, SetActiveFlushMetrics};
pub use cache::CacheMetrics;
pub use event_flush::EventFlushMetrics;
pub use outbox::OutboxMetrics;
pub use pool::PoolMetrics;
pub(crate) use request::{InProgress, Outcome, RequestMetrics};
pub use reward::RewardMetrics;
pub use set_active::SetActiveMetrics;
pub use writer::WriterMetrics;

use crate::phase::Phase;
use crate::store::Store;

/// The metrics of one process; cheap to clone.
#[derive(Debug, Clone)]
pub struct Metrics(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    requests: RequestMetrics,
    // Locked by scrapes, and while the service starts.
    registry: Mutex<Registry>,
}

/// Metrics that belong to one part of the service.
pub trait Group: Sized {
    /// Makes the metrics and names them in the registry, which shows them from then on.
    ///
    /// A name is registered once: a second group of the kind would show every series twice.
    fn register(registry: &mut Registry) -> Self;
}

impl Metrics {
    /// What every process shows: requests, the pool of `store`, the runtime and the process itself.
    ///
    /// Call it on the runtime that is to be watched.
    pub fn new(phase: &Phase, store: &Store) -> Self {
        let mut registry = Registry::default();
        build::register(&mut registry, phase, store.kind());
        let requests = RequestMetrics::register(&mut registry);
        pool::register(&mut registry, store);
        runtime::register(&mut registry, tokio::runtime::Handle::current());
        process::register(&mut registry);
        Self(Arc::new(Inner {
            requests,
            registry: Mutex::new(registry),
        }))
    }

    /// Makes the metrics of a part, which are shown from then on.
    pub fn group<G: Group>(&self) -> G {
        let mut registry = self.0.registry.lock();
        G::register(registry.as_mut().unwrap_or_else(|e| e.get_mut()))
    }

    pub(crate) fn requests(&self) -> &RequestMetrics {
        &self.0.requests
    }

    /// All metrics as text, the gauges read now.
    pub fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        let registry = self.0.registry.lock();
        encode(&mut text, &registry.unwrap_or_else(PoisonError::into_inner))?;
        Ok(text)
    }
}
