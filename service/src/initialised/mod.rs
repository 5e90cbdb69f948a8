//! Remembers which users have all the rows that they need, so that these need not be looked for.
//!
//! What is remembered stops being true when
//! - other rows are needed, because the catalogue changed: it is kept under the digest of the needed
//!   goals;
//! - somebody deletes rows: [`clear`](InitialisedUsers::clear) forgets everything, in Redis for all
//!   instances; what nobody clears expires.
//!
//! A request that found its rows before they were deleted may remember that after the clear. So every
//! entry carries the generation in which its request *began*, and a clear begins a new one.

mod memory;
mod redis;

use uuid::Uuid;

use self::memory::MemoryCache;
use self::redis::RedisCache;
use crate::keys::SecretUrl;
use crate::metrics::{CacheMetrics, Metrics};
use crate::phase::{Cache, ReturningCheck, Switches};

/// Why there is no cache, or why it could not be cleared.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// The phase asks a cache, and has none.
    #[error(
        "returning_check is cache, and cache is none\nhint: choose cache memory or redis, or another returning_check"
    )]
    None,
    /// The phase has Redis, and nobody said where it is.
    #[error("cache is redis, and no redis is given\nhint: --redis redis://127.0.0.1:6379")]
    NoUrl,
    /// The URL of Redis is none. It may hold a password and is not repeated.
    #[error("redis is no redis:// URL")]
    Url,
    /// Redis failed.
    #[error("Redis: {0}")]
    Redis(#[from] ::redis::RedisError),
    /// Redis did not answer in time.
    #[error("Redis does not answer")]
    Timeout,
}

/// A cache of users.
#[derive(Debug)]
pub struct InitialisedUsers {
    kind: Kind,
    metrics: CacheMetrics,
}

#[derive(Debug)]
enum Kind {
    Memory(MemoryCache),
    Redis(Box<RedisCache>),
}

/// What a look-up came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookUp {
    /// Whether the user had all rows when they were last looked at.
    pub hit: bool,
    /// The generation, for [`remember`](InitialisedUsers::remember); absent if the cache failed.
    generation: Option<Uuid>,
}

impl InitialisedUsers {
    /// The cache that the switches ask for; none where they do not use one. Connects when first used.
    pub fn new(
        switches: &Switches,
        redis: Option<&SecretUrl>,
        metrics: &Metrics,
    ) -> Result<Option<Self>, CacheError> {
        Self::check(switches, redis)?;
        if switches.returning_check != ReturningCheck::Cache {
            return Ok(None);
        }
        let kind = match switches.cache {
            Cache::None => return Err(CacheError::None),
            Cache::Memory => Kind::Memory(MemoryCache::new(
                switches.cache_users,
                switches.cache_expiry,
            )),
            Cache::Redis => {
                let url = redis.ok_or(CacheError::NoUrl)?;
                Kind::Redis(Box::new(RedisCache::new(url.expose(), switches)?))
            }
        };
        Ok(Some(Self {
            kind,
            metrics: metrics.group(),
        }))
    }

    /// Whether the switches go together.
    pub fn check(switches: &Switches, redis: Option<&SecretUrl>) -> Result<(), CacheError> {
        if switches.returning_check != ReturningCheck::Cache {
            return Ok(());
        }
        match (switches.cache, redis) {
            (Cache::None, _) => Err(CacheError::None),
            (Cache::Redis, None) => Err(CacheError::NoUrl),
            (Cache::Redis, Some(url)) => RedisCache::check(url.expose()),
            (Cache::Memory, _) => Ok(()),
        }
    }

    /// Whether the user is known to have a row for each of the goals of this digest.
    ///
    /// Never fails: a cache that does is as good as one that knows nothing.
    pub async fn look_up(&self, needed: Uuid, user: &str) -> LookUp {
        let found = match &self.kind {
            Kind::Memory(cache) => cache.look_up(needed, user),
            Kind::Redis(cache) => {
                let Ok(found) = cache.look_up(needed, user).await else {
                    self.metrics.errors.inc();
                    return LookUp {
                        hit: false,
                        generation: None,
                    };
                };
                found
            }
        };
        if found.hit {
            self.metrics.hits.inc();
        } else {
            self.metrics.misses.inc();
        }
        found
    }

    /// Remembers that the user has all rows, which was seen after this look-up.
    pub async fn remember(&self, needed: Uuid, user: &str, seen: &LookUp) {
        let Some(generation) = seen.generation else {
            return;
        };
        match &self.kind {
            Kind::Memory(cache) => cache.remember(needed, user, generation),
            Kind::Redis(cache) => {
                if cache.remember(needed, user, generation).await.is_err() {
                    self.metrics.errors.inc();
                }
            }
        }
    }

    /// Forgets everybody; with Redis, for all instances that share it.
    pub async fn clear(&self) -> Result<(), CacheError> {
        match &self.kind {
            Kind::Memory(cache) => cache.clear(),
            Kind::Redis(cache) => cache.clear().await?,
        }
        Ok(())
    }
}
