//! What the platform granted: totals since its start, and the last grants one by one.
//!
//! Memory is bounded: of each grant in the window the ledger keeps its key, a hash of what was asked,
//! user, goal and reward, about 400 bytes. A key that left the window is forgotten: asked again, it
//! grants again, as with real platforms, whose keys expire too.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::num::NonZeroUsize;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// What a grant is about, of all that was asked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Asked {
    #[serde(rename = "userId")]
    pub(super) user: Arc<str>,
    #[serde(rename = "rewardId")]
    pub(super) reward: Arc<str>,
    #[serde(rename = "goalId")]
    pub(super) goal: Option<Arc<str>>,
}

/// Counts since the platform started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Totals {
    /// Requests that could be read, whatever became of them.
    pub(super) attempts: u64,
    /// Rewards granted.
    pub(super) granted: u64,
    /// Attempts whose key had its grant already.
    pub(super) duplicates: u64,
    /// Attempts whose key was used for something else.
    pub(super) keys_reused: u64,
    /// Attempts refused on purpose.
    pub(super) failures: u64,
    /// Attempts left without an answer on purpose.
    pub(super) hangs: u64,
}

/// What became of a request to grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    /// Granted now, under this number.
    Granted(u64),
    /// Granted before, under this number.
    Repeated(u64),
    /// The key belongs to another request.
    KeyReused,
}

/// What a user was granted for one goal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct UserGrant {
    pub(super) goal_id: Option<Arc<str>>,
    pub(super) reward_id: Arc<str>,
    /// How often; more than once is somebody's mistake.
    pub(super) grants: u64,
}

#[derive(Debug)]
pub(super) struct Ledger {
    pub(super) totals: Totals,
    window: NonZeroUsize,
    grants: VecDeque<Grant>,
    by_key: HashMap<Arc<str>, Keyed>,
    by_user: HashMap<Arc<str>, Vec<UserGrant>>,
    by_reward: BTreeMap<Arc<str>, u64>,
    granted_again: u64,
}

#[derive(Debug)]
struct Grant {
    key: Option<Arc<str>>,
    asked: Asked,
}

#[derive(Debug)]
struct Keyed {
    body_hash: u64,
    number: u64,
}

impl Ledger {
    pub(super) fn new(window: NonZeroUsize) -> Self {
        Self {
            totals: Totals::default(),
            window,
            grants: VecDeque::new(),
            by_key: HashMap::new(),
            by_user: HashMap::new(),
            by_reward: BTreeMap::new(),
            granted_again: 0,
        }
    }

    /// Grants, unless the key says that this was asked before. `body_hash` stands for all that was
    /// asked, byte for byte.
    pub(super) fn enter(&mut self, key: Option<&str>, body_hash: u64, asked: Asked) -> Entry {
        if let Some(before) = key.and_then(|key| self.by_key.get(key)) {
            if before.body_hash != body_hash {
                self.totals.keys_reused += 1;
                return Entry::KeyReused;
            }
            self.totals.duplicates += 1;
            return Entry::Repeated(before.number);
        }
        if self.grants.len() == self.window.get() {
            self.forget_oldest();
        }
        self.totals.granted += 1;
        let number = self.totals.granted;
        let key: Option<Arc<str>> = key.map(Arc::from);
        if let Some(key) = &key {
            self.by_key.insert(key.clone(), Keyed { body_hash, number });
        }
        self.count(&asked);
        self.grants.push_back(Grant { key, asked });
        Entry::Granted(number)
    }

    /// Grants in the window, and how many it can hold.
    pub(super) fn remembered(&self) -> (usize, usize) {
        (self.grants.len(), self.window.get())
    }

    /// Grants in the window by reward.
    pub(super) fn by_reward(&self) -> &BTreeMap<Arc<str>, u64> {
        &self.by_reward
    }

    /// Grants in the window of which the same user had one for the same goal before.
    pub(super) fn granted_again(&self) -> u64 {
        self.granted_again
    }

    /// Grants in the window to this user.
    pub(super) fn of_user(&self, user: &str) -> &[UserGrant] {
        self.by_user.get(user).map_or(&[], Vec::as_slice)
    }

    fn count(&mut self, asked: &Asked) {
        *self.by_reward.entry(asked.reward.clone()).or_default() += 1;
        let of_user = self.by_user.entry(asked.user.clone()).or_default();
        match of_user.iter_mut().find(|grant| grant.is_of(asked)) {
            Some(grant) => {
                grant.grants += 1;
                self.granted_again += u64::from(asked.goal.is_some());
            }
            None => of_user.push(UserGrant {
                goal_id: asked.goal.clone(),
                reward_id: asked.reward.clone(),
                grants: 1,
            }),
        }
    }

    fn forget_oldest(&mut self) {
        let Some(Grant { key, asked }) = self.grants.pop_front() else {
            return;
        };
        if let Some(key) = key {
            self.by_key.remove(&key);
        }
        if let Some(count) = self.by_reward.get_mut(&asked.reward) {
            *count -= 1;
            if *count == 0 {
                self.by_reward.remove(&asked.reward);
            }
        }
        let Some(of_user) = self.by_user.get_mut(&asked.user) else {
            return;
        };
        if let Some(grant) = of_user.iter_mut().find(|grant| grant.is_of(&asked)) {
            grant.grants -= 1;
            if grant.grants > 0 {
                self.granted_again -= u64::from(asked.goal.is_some());
            }
        }
        of_user.retain(|grant| grant.grants > 0);
        if of_user.is_empty() {
            self.by_user.remove(&asked.user);
        }
    }
}

impl UserGrant {
    fn is_of(&self, asked: &Asked) -> bool {
        self.goal_id == asked.goal && self.reward_id == asked.reward
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(user: &str, goal: &str) -> Asked {
        Asked {
            user: user.into(),
            reward: "coins".into(),
            goal: Some(goal.into()),
        }
    }

    fn ledger(window: usize) -> Ledger {
        Ledger::new(NonZeroUsize::new(window).unwrap())
    }

    #[test]
    fn a_key_grants_once() {
        let mut ledger = ledger(10);
        let mut check = |key, hash, expected| {
            let entry = ledger.enter(key, hash, asked("ann", "one"));
            assert_eq!(entry, expected);
        };
        check(Some("a"), 1, Entry::Granted(1));
        check(Some("a"), 1, Entry::Repeated(1));
        check(Some("a"), 2, Entry::KeyReused);
        check(Some("b"), 1, Entry::Granted(2));
        check(None, 1, Entry::Granted(3));
        check(None, 1, Entry::Granted(4));
        assert_eq!(ledger.granted_again(), 3);
        assert_eq!(ledger.of_user("ann")[0].grants, 4);
        assert_eq!(ledger.of_user("bob"), []);
    }

    #[test]
    fn what_leaves_the_window_is_forgotten_to_its_last_byte() {
        let mut ledger = ledger(3);
        for n in 0..1000_u32 {
            let user = format!("user-{}", n % 50);
            let key = format!("key-{n}");
            let key = (n % 3 > 0).then_some(&*key);
            ledger.enter(key, 0, asked(&user, &format!("goal-{}", n % 2)));
        }
        assert_eq!(ledger.remembered(), (3, 3));
        assert_eq!(ledger.by_key.len(), 2);
        assert_eq!(ledger.by_user.len(), 3);
        assert_eq!(ledger.by_reward.values().sum::<u64>(), 3);
        assert_eq!(ledger.granted_again(), 0);
        assert_eq!(ledger.totals.granted, 1000);
        let again = ledger.enter(Some("key-1"), 0, asked("user-1", "goal-1"));
        assert_eq!(again, Entry::Granted(1001));
    }

    #[test]
    fn a_second_grant_counts_while_both_are_in_the_window() {
        let mut ledger = ledger(2);
        ledger.enter(Some("a"), 0, asked("ann", "one"));
        ledger.enter(Some("b"), 0, asked("ann", "one"));
        assert_eq!(ledger.granted_again(), 1);
        ledger.enter(Some("c"), 0, asked("bob", "one"));
        assert_eq!(ledger.granted_again(), 0);
        ledger.enter(Some("d"), 0, asked("bob", "two"));
        assert_eq!(ledger.of_user("ann"), []);
        assert_eq!(ledger.of_user("bob").len(), 2);
    }
}
