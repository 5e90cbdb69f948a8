//! The cache of initialised users.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

use super::Group;

/// What a cache was asked for, and what it had.
#[derive(Debug, Clone)]
pub struct CacheMetrics {
    /// Lookups that spared the database a question.
    pub hits: Counter,
    /// Lookups that did not.
    pub misses: Counter,
    /// Lookups and writes that failed, and were done without the cache.
    pub errors: Counter,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    outcome: &'static str,
}

impl Group for CacheMetrics {
    fn register(registry: &mut Registry) -> Self {
        let requests = Family::<Labels, Counter>::default();
        registry.register(
            "challenge_cache_requests",
            "Questions to the cache of initialised users: hit, miss, or error",
            requests.clone(),
        );
        let counter = |outcome| requests.get_or_create_owned(&Labels { outcome });
        Self {
            hits: counter("hit"),
            misses: counter("miss"),
            errors: counter("error"),
        }
    }
}
