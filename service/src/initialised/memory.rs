//! Users in the memory of this process: bounded, and for a time.

use std::num::NonZeroU32;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use moka::sync::Cache;
use uuid::Uuid;

use super::LookUp;
use crate::contention;

/// For each user the set of goals and the generation in which its rows were seen.
#[derive(Debug)]
pub(super) struct MemoryCache {
    users: Cache<Box<str>, (Uuid, Uuid)>,
    generation: RwLock<Uuid>,
}

impl MemoryCache {
    pub(super) fn new(users: NonZeroU32, expiry: Duration) -> Self {
        Self {
            users: Cache::builder()
                .max_capacity(u64::from(users.get()))
                .time_to_live(expiry)
                .build(),
            generation: RwLock::new(Uuid::new_v4()),
        }
    }

    pub(super) fn look_up(&self, needed: Uuid, user: &str) -> LookUp {
        let generation = *contention::read("the generation of the cache", &self.generation);
        LookUp {
            hit: self.users.get(user) == Some((needed, generation)),
            generation: Some(generation),
        }
    }

    pub(super) fn remember(&self, needed: Uuid, user: &str, generation: Uuid) {
        self.users.insert(user.into(), (needed, generation));
    }

    pub(super) fn clear(&self) {
        *self
            .generation
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Uuid::new_v4();
        // Only to free the memory: no entry is of the new generation.
        self.users.invalidate_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SET: Uuid = Uuid::from_u128(1);
    const OTHER_SET: Uuid = Uuid::from_u128(2);

    fn cache(expiry: Duration) -> MemoryCache {
        MemoryCache::new(NonZeroU32::new(100).unwrap(), expiry)
    }

    fn remember(cache: &MemoryCache, user: &str) {
        let seen = cache.look_up(SET, user);
        cache.remember(SET, user, seen.generation.unwrap());
    }

    #[test]
    fn only_the_same_user_and_set_are_known() {
        let cache = cache(Duration::from_hours(1));
        assert!(!cache.look_up(SET, "ann").hit);
        remember(&cache, "ann");
        assert!(cache.look_up(SET, "ann").hit);
        assert!(!cache.look_up(SET, "bob").hit);
        assert!(!cache.look_up(OTHER_SET, "ann").hit);
    }

    #[test]
    fn what_was_seen_before_a_clear_is_not_known_after_it() {
        let cache = cache(Duration::from_hours(1));
        remember(&cache, "ann");
        let seen = cache.look_up(SET, "bob");
        cache.clear();
        cache.remember(SET, "bob", seen.generation.unwrap());
        assert!(!cache.look_up(SET, "ann").hit);
        assert!(!cache.look_up(SET, "bob").hit);
        remember(&cache, "bob");
        assert!(cache.look_up(SET, "bob").hit);
    }

    #[test]
    fn what_is_known_expires() {
        let cache = cache(Duration::from_millis(20));
        remember(&cache, "ann");
        std::thread::sleep(Duration::from_millis(30));
        assert!(!cache.look_up(SET, "ann").hit);
    }

    #[test]
    fn no_more_users_are_kept_than_asked_for() {
        let cache = cache(Duration::from_hours(1));
        for n in 0..1000 {
            remember(&cache, &format!("user-{n}"));
        }
        cache.users.run_pending_tasks();
        assert!(cache.users.entry_count() <= 100);
    }
}
