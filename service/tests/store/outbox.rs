//! Rewards that are owed. Cases read their own rows only: others may be owed in the same database.

use std::collections::BTreeSet;
use std::time::Duration;

use challenge_service::instant::Instant;
use challenge_service::progress::{RewardStatus, Status};
use challenge_service::rule::Change;
use challenge_service::store::{Assignment, Assignments, Claim, Delivery, Retry, Store};

use super::support::advance::advance as advance_at;
use super::{NAMESPACE, complete, goal, row};

const ALL: u32 = 10_000;
const LEASE: Duration = Duration::from_mins(1);

pub(super) async fn conform(store: &Store, run: &str) {
    claims_and_owes_once(store, &format!("owing-{run}")).await;
    keeps_the_key_of_an_inline_attempt(store, &format!("switched-{run}")).await;
    leases_to_one(store, &format!("lease-{run}")).await;
    owes_once_a_window(store, &format!("window-{run}")).await;
    notes_what_was_granted(store, &format!("granted-{run}")).await;
    puts_off_and_sets_aside(store, &format!("failed-{run}")).await;
    counts_what_is_owed(store, &format!("gauge-{run}")).await;
}

fn claim_of(user: &str, key: &str) -> Claim {
    Claim {
        user_id: user.to_owned(),
        goal_id: "goal-000".into(),
        key: format!("{user}-{key}"),
    }
}

async fn owe(store: &Store, user: &str) -> Instant {
    complete(store, user).await;
    let now = Instant::now();
    let claimed = store.claim_owing(&claim_of(user, "key"), "{}", now).await;
    assert!(claimed.unwrap().is_some());
    now
}

/// What is leased of this user, all else put back.
async fn lease(store: &Store, user: &str, now: Instant) -> Vec<Delivery> {
    let leased = store.lease_deliveries(now, now.after(LEASE), ALL).await;
    let (own, foreign): (Vec<_>, Vec<_>) = leased
        .unwrap()
        .into_iter()
        .partition(|delivery| delivery.user_id == user);
    for delivery in foreign {
        let again = Retry::At(now);
        store.fail_delivery(&delivery, again, "").await.unwrap();
    }
    own
}

async fn claims_and_owes_once(store: &Store, user: &str) {
    let now = Instant::now();
    let early = store.claim_owing(&claim_of(user, "early"), "{}", now).await;
    assert_eq!(early.unwrap(), None, "there is no row");
    complete(store, user).await;
    let attempts: Vec<_> = (0..8)
        .map(|n| {
            let (store, user) = (store.clone(), user.to_owned());
            tokio::spawn(async move {
                let claim = claim_of(&user, &n.to_string());
                let request = format!("{{\"n\":{n}}}");
                let claimed = store.claim_owing(&claim, &request, now).await;
                claimed.unwrap().map(|row| (n, row))
            })
        })
        .collect();
    let mut won = Vec::new();
    for attempt in attempts {
        won.extend(attempt.await.unwrap());
    }
    let [(n, claimed)] = &won[..] else {
        panic!("one wins, not {won:?}")
    };
    assert_eq!(
        (claimed.status, claimed.claimed_at),
        (Status::Claimed, Some(now))
    );
    assert_eq!(claimed.reward_status(), Some(RewardStatus::Pending));
    assert_eq!(claimed.progress, 5);
    assert_eq!(row(store, user).await, *claimed);
    let inline = store.begin_claim(user, "goal-000", "late", now).await;
    assert_eq!(inline.unwrap(), None, "claimed once and for all");
    let expected = Delivery {
        key: claim_of(user, &n.to_string()).key,
        user_id: user.to_owned(),
        goal_id: "goal-000".into(),
        request: format!("{{\"n\":{n}}}"),
        attempt: 1,
        since: now,
    };
    assert_eq!(lease(store, user, now).await, [expected]);
}

/// A phase that grants inline may have asked for the reward, unheard.
async fn keeps_the_key_of_an_inline_attempt(store: &Store, user: &str) {
    complete(store, user).await;
    let now = Instant::now();
    let key = claim_of(user, "first").key;
    let begun = store.begin_claim(user, "goal-000", &key, now).await;
    let begun = begun.unwrap().unwrap();
    let second = claim_of(user, "second");
    let while_claiming = store.claim_owing(&second, "{}", now).await;
    assert_eq!(while_claiming.unwrap(), None);
    assert!(store.release_claim(&begun, now).await.unwrap());
    let claimed = store.claim_owing(&second, "{}", now).await;
    assert!(claimed.unwrap().is_some());
    assert_eq!(lease(store, user, now).await[0].key, key);
    assert!(store.finish_delivery(&key, now).await.unwrap());
}

/// A goal that rotates is owed again in its next window, whatever became of the reward of this one.
async fn owes_once_a_window(store: &Store, prefix: &str) {
    let now = Instant::now();
    let end = now.after(LEASE);
    for granted_in_time in [true, false] {
        let user = format!("{prefix}-{granted_in_time}");
        let claim = async |key, from, until| {
            let until = Assignment {
                expires_at: Some(until),
                ..goal(0)
            };
            let goals: Assignments = [until].into_iter().collect();
            let selected = store.select(&user, NAMESPACE, &goals, None, from).await;
            let fresh = &selected.unwrap().selected[0];
            assert_eq!((fresh.status, fresh.granted_at), (Status::NotStarted, None));
            let reached = [("goal-000", Change::Set(5))];
            assert_eq!(advance_at(store, &user, &reached, 5, from).await, 1);
            let claimed = store.claim_owing(&claim_of(&user, key), "{}", from).await;
            let claimed = claimed.unwrap().unwrap();
            assert_eq!(claimed.reward_status(), Some(RewardStatus::Pending));
        };
        let [first, second] = ["first", "second"].map(|key| claim_of(&user, key).key);
        claim("first", now, end).await;
        if granted_in_time {
            assert!(store.finish_delivery(&first, now).await.unwrap());
        }
        claim("second", end, end.after(LEASE)).await;
        if !granted_in_time {
            let owed = lease(store, &user, end).await;
            let keys: BTreeSet<_> = owed.iter().map(|delivery| &delivery.key).collect();
            assert_eq!(keys, BTreeSet::from([&first, &second]));
            assert!(store.finish_delivery(&first, end).await.unwrap());
        }
        assert_eq!(
            row(store, &user).await.reward_status(),
            Some(RewardStatus::Pending),
            "the reward of the first window says nothing of the second"
        );
        assert!(store.finish_delivery(&second, end).await.unwrap());
        assert_eq!(row(store, &user).await.granted_at, Some(end));
    }
}

async fn leases_to_one(store: &Store, prefix: &str) {
    let mut expected = BTreeSet::new();
    for n in 0..30 {
        let user = format!("{prefix}-{n}");
        owe(store, &user).await;
        expected.insert(claim_of(&user, "key").key);
    }
    let now = Instant::now();
    let workers: Vec<_> = (0..6)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut taken = Vec::new();
                loop {
                    let leased = store.lease_deliveries(now, now.after(LEASE), 4).await;
                    let leased = leased.unwrap();
                    assert!(leased.len() <= 4);
                    if leased.is_empty() {
                        return taken;
                    }
                    taken.extend(leased);
                }
            })
        })
        .collect();
    let mut taken = Vec::new();
    for worker in workers {
        taken.extend(worker.await.unwrap());
    }
    let own = |taken: &[Delivery]| -> Vec<String> {
        let keys = taken.iter().filter(|d| d.user_id.starts_with(prefix));
        keys.map(|delivery| delivery.key.clone()).collect()
    };
    let keys = own(&taken);
    assert_eq!(keys.len(), 30, "nothing is leased twice");
    assert_eq!(keys.into_iter().collect::<BTreeSet<_>>(), expected);

    // Just before the leases end, and when they have ended.
    let ends = now.after(LEASE);
    let early = ends.before(Duration::from_micros(1));
    let leased = store.lease_deliveries(early, ends, ALL).await.unwrap();
    assert_eq!(own(&leased), [""; 0]);
    let leased = store.lease_deliveries(ends, ends.after(LEASE), ALL).await;
    let leased = leased.unwrap();
    assert_eq!(own(&leased).len(), 30);
    for delivery in leased.iter().filter(|d| d.user_id.starts_with(prefix)) {
        assert_eq!(delivery.attempt, 2);
        assert!(store.finish_delivery(&delivery.key, now).await.unwrap());
    }
}

async fn notes_what_was_granted(store: &Store, user: &str) {
    let now = owe(store, user).await;
    let [delivery] = &lease(store, user, now).await[..] else {
        panic!("one is owed")
    };
    let later = now.after(Duration::from_secs(1));
    assert!(store.finish_delivery(&delivery.key, later).await.unwrap());
    let granted = row(store, user).await;
    assert_eq!(granted.reward_status(), Some(RewardStatus::Granted));
    assert_eq!(
        (granted.claimed_at, granted.granted_at),
        (Some(now), Some(later))
    );
    // Another worker, whose lease had run out, got the same answer.
    assert!(!store.finish_delivery(&delivery.key, later).await.unwrap());
    assert_eq!(row(store, user).await, granted);
    assert_eq!(lease(store, user, later.after(LEASE)).await, []);
}

async fn puts_off_and_sets_aside(store: &Store, user: &str) {
    let now = owe(store, user).await;
    let first = lease(store, user, now).await.remove(0);
    let later = now.after(Duration::from_secs(5));
    let put_off = store.fail_delivery(&first, Retry::At(later), "busy").await;
    assert!(put_off.unwrap());
    let early = later.before(Duration::from_micros(1));
    assert_eq!(lease(store, user, early).await, [], "not due yet");
    let second = lease(store, user, later).await.remove(0);
    assert_eq!((second.attempt, &second.key), (2, &first.key));
    let stale = store
        .fail_delivery(&first, Retry::Never(later), "late")
        .await;
    assert!(!stale.unwrap(), "the lease has passed on");
    let given_up = store
        .fail_delivery(&second, Retry::Never(later), "no")
        .await;
    assert!(given_up.unwrap());
    let much_later = later.after(LEASE * 100);
    assert_eq!(lease(store, user, much_later).await, []);

    let dead = store.dead_deliveries(ALL).await.unwrap();
    let dead: Vec<_> = dead.iter().filter(|dead| dead.user_id == user).collect();
    let [dead] = &dead[..] else {
        panic!("one was given up, not {dead:?}")
    };
    assert_eq!((&dead.key, dead.attempts), (&first.key, 2));
    assert_eq!(
        (dead.last_error.as_deref(), dead.dead_at),
        (Some("no"), later)
    );
    assert!(store.revive_deliveries(much_later).await.unwrap() >= 1);
    let third = lease(store, user, much_later).await.remove(0);
    assert_eq!(third.attempt, 3);
    assert!(store.finish_delivery(&third.key, now).await.unwrap());
}

async fn counts_what_is_owed(store: &Store, prefix: &str) {
    let before = store.outbox_gauge().await.unwrap();
    let mut since = None;
    for n in 0..3 {
        let owed = owe(store, &format!("{prefix}-{n}")).await;
        since = since.or(Some(owed));
    }
    let after = store.outbox_gauge().await.unwrap();
    assert_eq!(after.pending, before.pending + 3);
    assert_eq!(after.oldest, before.oldest.or(since));
    let user = format!("{prefix}-0");
    let now = Instant::now();
    let delivery = lease(store, &user, now).await.remove(0);
    let never = Retry::Never(now);
    store.fail_delivery(&delivery, never, "no").await.unwrap();
    let dead = store.outbox_gauge().await.unwrap();
    assert_eq!(
        (dead.pending, dead.dead),
        (before.pending + 2, before.dead + 1)
    );
    store.finish_delivery(&delivery.key, now).await.unwrap();
    assert_eq!(store.outbox_gauge().await.unwrap().dead, before.dead);
}
