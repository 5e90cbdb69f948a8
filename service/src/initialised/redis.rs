//! Users in Redis, for all instances that share it.
//!
//! A user's key holds the generation in which its rows were seen; the key of the generation is read
//! with it in one `MGET`. A clear is one `SET` of that key. A generation that Redis lost is replaced by
//! a new one, never by an earlier one: what it had remembered before is then unknown.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use redis::aio::{ConnectionLike, ConnectionManager, ConnectionManagerConfig};
use redis::{Client, Cmd, FromRedisValue, IntoConnectionInfo, RedisError};
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::{CacheError, LookUp};
use crate::phase::Switches;

const PREFIX: &str = "challenge:initialised";

/// After a failure requests do without Redis for so long, instead of waiting for it one by one.
const REST: Duration = Duration::from_secs(1);

/// A failure is told at most so often.
const TELL_EVERY: Duration = Duration::from_secs(10);

/// A connection to Redis that comes back by itself.
pub(super) struct RedisCache {
    client: Client,
    // Made on the runtime, by the first request.
    connection: OnceCell<ConnectionManager>,
    expiry: Duration,
    timeout: Duration,
    generation_key: String,
    since: Instant,
    /// Milliseconds after `since` until which Redis is left alone.
    resting_until: AtomicU64,
    /// Milliseconds after `since` before which a failure is not told.
    silent_until: AtomicU64,
}

impl std::fmt::Debug for RedisCache {
    // By hand: the client has the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisCache").finish_non_exhaustive()
    }
}

impl RedisCache {
    pub(super) fn new(url: &str, switches: &Switches) -> Result<Self, CacheError> {
        Ok(Self {
            client: Client::open(url).map_err(|_| CacheError::Url)?,
            connection: OnceCell::new(),
            expiry: switches.cache_expiry,
            timeout: switches.cache_timeout,
            generation_key: format!("{PREFIX}:generation"),
            since: Instant::now(),
            resting_until: AtomicU64::new(0),
            silent_until: AtomicU64::new(0),
        })
    }

    pub(super) fn check(url: &str) -> Result<(), CacheError> {
        let info = url.into_connection_info();
        info.map(|_| ()).map_err(|_| CacheError::Url)
    }

    pub(super) async fn look_up(&self, needed: Uuid, user: &str) -> Result<LookUp, ()> {
        let mut question = Cmd::new();
        question
            .arg("MGET")
            .arg(&self.generation_key)
            .arg(user_key(needed, user));
        let (generation, seen): (Option<String>, Option<String>) = self.ask(&question).await?;
        let generation = match generation {
            Some(generation) => generation,
            None => self.begin().await?,
        };
        Ok(LookUp {
            hit: seen.as_deref() == Some(&generation),
            // Written by somebody else in another form, it is none of ours.
            generation: Uuid::parse_str(&generation).ok(),
        })
    }

    pub(super) async fn remember(
        &self,
        needed: Uuid,
        user: &str,
        generation: Uuid,
    ) -> Result<(), ()> {
        let mut write = Cmd::new();
        write
            .arg("SET")
            .arg(user_key(needed, user))
            .arg(generation.to_string())
            .arg("PX")
            .arg(self.expiry.as_millis().max(1) as u64);
        self.ask(&write).await
    }

    /// Begins a generation, resting or not: who clears must know whether it was done.
    pub(super) async fn clear(&self) -> Result<(), CacheError> {
        let mut write = Cmd::new();
        write
            .arg("SET")
            .arg(&self.generation_key)
            .arg(Uuid::new_v4().to_string());
        self.send(&write).await
    }

    /// The generation that is there, or else a new one.
    async fn begin(&self) -> Result<String, ()> {
        let mine = Uuid::new_v4().to_string();
        let mut write = Cmd::new();
        write
            .arg("SET")
            .arg(&self.generation_key)
            .arg(&mine)
            .arg("NX");
        let written: Option<String> = self.ask(&write).await?;
        if written.is_some() {
            return Ok(mine);
        }
        // Another instance was quicker. Redis before 7 does not answer what it has to such a SET.
        let mut question = Cmd::new();
        question.arg("GET").arg(&self.generation_key);
        let theirs: Option<String> = self.ask(&question).await?;
        // Gone again: what is remembered under this one is then unknown.
        Ok(theirs.unwrap_or(mine))
    }

    /// Sends a command, unless Redis rests; what goes wrong is told here.
    async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, ()> {
        let now = self.now_ms();
        if now < self.resting_until.load(Ordering::Relaxed) {
            return Err(());
        }
        self.send(command).await.map_err(|error| {
            let now = self.now_ms();
            self.resting_until
                .store(now + REST.as_millis() as u64, Ordering::Relaxed);
            let next = now + TELL_EVERY.as_millis() as u64;
            let due = |until| (until <= now).then_some(next);
            let (set, get) = (Ordering::Relaxed, Ordering::Relaxed);
            if self.silent_until.fetch_update(set, get, due).is_ok() {
                tracing::warn!(%error, "the cache of initialised users fails; the database is asked");
            }
        })
    }

    async fn send<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, CacheError> {
        let answer = async {
            let connection = self
                .connection
                .get_or_try_init(async || self.connect())
                .await?;
            let value = connection.clone().req_packed_command(command).await?;
            Ok::<_, RedisError>(redis::from_redis_value(value)?)
        };
        let answer = tokio::time::timeout(self.timeout, answer).await;
        Ok(answer.map_err(|_| CacheError::Timeout)??)
    }

    fn connect(&self) -> Result<ConnectionManager, RedisError> {
        let config = ConnectionManagerConfig::new()
            // Whoever asks next tries again.
            .set_number_of_retries(0)
            .set_connection_timeout(Some(self.timeout))
            .set_response_timeout(Some(self.timeout));
        ConnectionManager::new_lazy_with_config(self.client.clone(), config)
    }

    fn now_ms(&self) -> u64 {
        self.since.elapsed().as_millis() as u64
    }
}

fn user_key(needed: Uuid, user: &str) -> String {
    format!("{PREFIX}:{}:{user}", needed.simple())
}
