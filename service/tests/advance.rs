//! What events do in a store, checked against both databases and against the pure rule.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod support;

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroU32;
use std::time::Duration;

use challenge_service::event_key::EventKey;
use challenge_service::instant::Instant;
use challenge_service::progress::{Progress, Status};
use challenge_service::rule::{self, Change, MAX_PROGRESS, Standing};
use challenge_service::store::{Advance, Assignment, Effect, Store};
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::test_runner::{Config, TestRunner};
use support::database::Database;

const POOL: NonZeroU32 = NonZeroU32::new(25).unwrap();
const WINDOW: Duration = Duration::from_hours(1);
const HOUR_US: i64 = 3_600_000_000;

#[test]
fn sqlite_conforms() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    check(&runtime, &Database::sqlite());
}

#[test]
fn postgres_conforms() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let database = runtime.block_on(Database::postgres());
    check(&runtime, &database);
}

fn check(runtime: &tokio::runtime::Runtime, database: &Database) {
    let store = runtime.block_on(async {
        let store = Store::connect(&database.url, POOL).await.unwrap();
        let run = uuid();
        let user = |case: &str| format!("{case}-{run}");
        advances_active_rows_only(&store, &user("inactive")).await;
        loses_no_increment(&store, &user("sum")).await;
        counts_an_event_once(&store, &user("once")).await;
        counts_an_event_once_under_concurrency(&store, &user("race")).await;
        remembers_only_what_touched_a_row(&store, &user("untouched")).await;
        forgets_the_oldest_in_small_batches(&store, &user("forget")).await;
        keeps_a_failed_event_to_itself(&store, &user("poison")).await;
        batches_do_not_deadlock(&store, &user("deadlock")).await;
        store
    });
    all_ways_follow_the_rule(runtime, &store);
    runtime.block_on(async {
        counts_an_event_once_after_a_restart(store, &database.url).await;
    });
}

fn uuid() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

fn goal_id(n: usize) -> String {
    format!("goal-{n:03}")
}

fn at(hours: i64) -> Instant {
    Instant::from_micros(1_700_000_000_000_000 + hours * HOUR_US).unwrap()
}

/// Gives the player so many goals, active but for the last.
async fn assign(store: &Store, user: &str, count: usize) {
    let goals = (0..count).map(|n| Assignment {
        goal_id: goal_id(n),
        challenge_id: "challenge-01".into(),
        is_active: n + 1 < count,
    });
    let goals = goals.collect();
    let assigned = store.assign(user, "test", &goals, at(0)).await;
    assert_eq!(assigned.unwrap(), count as u64);
}

async fn rows(store: &Store, user: &str) -> BTreeMap<String, Progress> {
    let rows = store.rows_of_user(user).await.unwrap();
    rows.into_iter().map(|r| (r.goal_id.clone(), r)).collect()
}

async fn progress(store: &Store, user: &str) -> Vec<i64> {
    let rows = rows(store, user).await;
    rows.values().map(|row| row.progress).collect()
}

/// An event of hour 0 that adds one to these goals, whose targets are 1000.
fn add(user: &str, id: &str, goals: &[usize]) -> Effect {
    Effect {
        user_id: user.to_owned(),
        key: EventKey::new(user, id),
        came_at: at(0),
        goals: goals
            .iter()
            .map(|n| Advance {
                goal_id: goal_id(*n),
                change: Change::Add(1),
                target: 1000,
            })
            .collect(),
    }
}

async fn advance(store: &Store, effect: &Effect) -> u64 {
    store.advance(effect, WINDOW).await.unwrap()
}

async fn advance_all(store: &Store, effects: &[Effect]) -> Vec<u64> {
    let outcomes = store.advance_all(effects, WINDOW).await;
    outcomes.into_iter().map(Result::unwrap).collect()
}

async fn advances_active_rows_only(store: &Store, user: &str) {
    assign(store, user, 3).await;
    let event = add(user, "", &[0, 1, 2, 3]);
    let touched = advance(store, &event).await;
    assert_eq!(
        touched, 2,
        "not the inactive one, not the one without a row"
    );
    assert_eq!(progress(store, user).await, [1, 1, 0]);
    assert_eq!(advance(store, &add("nobody", "", &[0, 1])).await, 0);
    assert!(advance_all(store, &[]).await.is_empty());
}

async fn loses_no_increment(store: &Store, user: &str) {
    assign(store, user, 4).await;
    let events: Vec<_> = (0..64)
        .map(|n| {
            let (store, user) = (store.clone(), user.to_owned());
            // Rows are named in another order by every second event.
            let goals = if n % 2 == 0 { [0, 1, 2] } else { [2, 1, 0] };
            let event = add(&user, &format!("event-{n}"), &goals);
            tokio::spawn(async move { advance(&store, &event).await })
        })
        .collect();
    for event in events {
        assert_eq!(event.await.unwrap(), 3);
    }
    assert_eq!(progress(store, user).await, [64, 64, 64, 0]);
}

async fn counts_an_event_once(store: &Store, user: &str) {
    let other = format!("{user}-other");
    assign(store, user, 2).await;
    assign(store, &other, 2).await;
    let event = |id, hours| Effect {
        came_at: at(hours),
        ..add(user, id, &[0])
    };
    assert_eq!(advance(store, &event("event", 0)).await, 1);
    assert_eq!(advance(store, &event("event", 0)).await, 0);
    assert_eq!(advance(store, &event("another", 0)).await, 1);
    assert_eq!(advance(store, &add(&other, "event", &[0])).await, 1);
    // Twice and more often in a batch, with what was seen before.
    let batch = [
        event("new", 0),
        event("event", 0),
        add(&other, "new", &[0]),
        event("new", 0),
        event("", 0),
        event("", 0),
        event("new", 0),
    ];
    assert_eq!(advance_all(store, &batch).await, [1, 0, 1, 0, 1, 1, 0]);
    assert_eq!(progress(store, user).await, [5, 0]);
    assert_eq!(progress(store, &other).await, [2, 0]);
    // The window is counted from the time at which the event had its effect.
    assert_eq!(advance(store, &event("event", 1)).await, 0);
    assert_eq!(advance(store, &event("event", 2)).await, 1);
    assert_eq!(advance(store, &event("event", 3)).await, 0);
}

async fn counts_an_event_once_under_concurrency(store: &Store, user: &str) {
    assign(store, user, 4).await;
    let event = add(user, "event", &[0, 1, 2]);
    let attempts: Vec<_> = (0..16)
        .map(|n| {
            let (store, event) = (store.clone(), event.clone());
            tokio::spawn(async move {
                if n % 2 == 0 {
                    advance(&store, &event).await
                } else {
                    let twice = [event.clone(), event];
                    advance_all(&store, &twice).await.iter().sum()
                }
            })
        })
        .collect();
    let mut touched = Vec::new();
    for attempt in attempts {
        touched.push(attempt.await.unwrap());
    }
    touched.sort_unstable();
    assert_eq!(touched.pop(), Some(3), "one of them counts");
    assert!(touched.iter().all(|rows| *rows == 0), "{touched:?}");
    assert_eq!(progress(store, user).await, [1, 1, 1, 0]);
}

async fn remembers_only_what_touched_a_row(store: &Store, user: &str) {
    let event = add(user, "event", &[0, 1]);
    assert_eq!(advance(store, &event).await, 0);
    assign(store, user, 2).await;
    assert_eq!(advance(store, &add(user, "event", &[1])).await, 0);
    assert_eq!(advance(store, &event).await, 1);
    assert_eq!(advance(store, &event).await, 0);
}

async fn forgets_the_oldest_in_small_batches(store: &Store, user: &str) {
    assign(store, user, 2).await;
    // Long before anything else that the database may remember.
    let early = |hours: i64| Instant::from_micros(hours * HOUR_US).unwrap();
    let events: Vec<_> = (0..5)
        .map(|n| Effect {
            came_at: early(n),
            ..add(user, &format!("event-{n}"), &[0])
        })
        .collect();
    assert_eq!(advance_all(store, &events).await, [1; 5]);
    let forget = async |before, limit| {
        let forgotten = store.forget_events(early(before), limit).await;
        forgotten.unwrap()
    };
    assert_eq!(forget(0, 10).await, 0);
    assert_eq!(forget(4, 3).await, 3);
    assert_eq!(forget(4, 3).await, 1);
    assert_eq!(forget(4, 3).await, 0);
    assert_eq!(advance_all(store, &events).await, [1, 1, 1, 1, 0]);
    assert_eq!(forget(5, 10).await, 5);
}

/// PostgreSQL cannot hold a zero byte, which fails the whole statement of its batch.
async fn keeps_a_failed_event_to_itself(store: &Store, user: &str) {
    assign(store, user, 2).await;
    let mut events: Vec<_> = (0..20)
        .map(|n| add(user, &format!("event-{n}"), &[0]))
        .collect();
    let poison = add("a\0b", "event", &[0]);
    events.insert(0, poison.clone());
    events.insert(13, poison);
    let outcomes = store.advance_all(&events, WINDOW).await;
    for (event, outcome) in events.iter().zip(outcomes) {
        if event.user_id == user {
            assert_eq!(outcome.unwrap(), 1);
        } else if matches!(store, Store::Pg(_)) {
            assert!(!outcome.unwrap_err().may_pass());
        }
    }
    assert_eq!(progress(store, user).await, [20, 0]);
}

/// Batches of two event handlers, with the same players and goals in opposite order.
async fn batches_do_not_deadlock(store: &Store, user: &str) {
    let users: Vec<_> = (0..8).map(|n| format!("{user}-{n}")).collect();
    for user in &users {
        assign(store, user, 4).await;
    }
    let handlers: Vec<_> = (0..4)
        .map(|handler| {
            let (store, mut users) = (store.clone(), users.clone());
            if handler % 2 == 0 {
                users.reverse();
            }
            tokio::spawn(async move {
                for n in 0..20 {
                    let id = format!("event-{handler}-{n}");
                    let mut batch: Vec<_> = users
                        .iter()
                        .map(|user| add(user, &id, &[0, 1, 2]))
                        .collect();
                    if n % 3 == 0 {
                        // A second round.
                        batch.push(add(&users[0], "", &[2, 0]));
                    }
                    let touched: u64 = advance_all(&store, &batch).await.iter().sum();
                    assert_eq!(touched, 24 + if n % 3 == 0 { 2 } else { 0 });
                }
            })
        })
        .collect();
    for handler in handlers {
        handler.await.unwrap();
    }
    for user in &users[1..7] {
        assert_eq!(progress(store, user).await, [80, 80, 80, 0]);
    }
}

async fn counts_an_event_once_after_a_restart(store: Store, url: &str) {
    let user = format!("restart-{}", uuid());
    assign(&store, &user, 2).await;
    let event = add(&user, "event", &[0]);
    assert_eq!(advance(&store, &event).await, 1);
    store.close().await;
    let store = Store::connect(url, POOL).await.unwrap();
    assert_eq!(advance(&store, &event).await, 0);
    assert_eq!(progress(&store, &user).await, [1, 0]);
    store.close().await;
}

/// One event of the property test: of one of three players, at some time within four days.
#[derive(Debug, Clone)]
struct Case {
    user: usize,
    id: Option<u8>,
    hours: i64,
    changes: Vec<(usize, Change)>,
}

const TARGET: i64 = 10;
const GOALS: usize = 4;

fn change() -> impl Strategy<Value = Change> {
    let amount = prop_oneof![
        8 => -5..8_i64,
        1 => prop_oneof![Just(0), Just(10), Just(MAX_PROGRESS), Just(i64::MAX), Just(i64::MIN)],
    ];
    (0..4, amount).prop_map(|(kind, amount)| match kind {
        0 => Change::Set(amount),
        1 => Change::Add(amount),
        2 => Change::AddOnceADay(amount),
        _ => Change::AddToday(amount),
    })
}

fn case() -> impl Strategy<Value = Case> {
    let changes = proptest::collection::vec(change(), GOALS);
    let named = proptest::collection::vec(any::<bool>(), GOALS);
    let id = proptest::option::weighted(0.8, 0..6_u8);
    (0..3_usize, id, 0..96_i64, changes, named).prop_map(|(user, id, hours, changes, named)| {
        let changes = changes.into_iter().enumerate();
        Case {
            user,
            id,
            hours,
            changes: changes.filter(|(n, _)| named[*n]).collect(),
        }
    })
}

/// What is expected of the rows and of the memory for events, by the pure rule.
#[derive(Default)]
struct Model {
    rows: HashMap<(usize, usize), (Standing, i64, Option<Instant>)>,
    seen: HashMap<(usize, u8), Instant>,
}

impl Model {
    /// How many rows the event touches.
    fn advance(&mut self, case: &Case, came_at: Instant) -> u64 {
        let today = came_at.day();
        let mut touched = Vec::new();
        for &(goal, change) in &case.changes {
            let row = self
                .rows
                .entry((case.user, goal))
                .or_insert((Standing::START, 1, None));
            // The last one is not active.
            if goal + 1 < GOALS && row.0.takes(change, today) {
                touched.push((goal, change));
            }
        }
        if let Some(id) = case.id.filter(|_| !touched.is_empty()) {
            let seen = self.seen.entry((case.user, id));
            if let std::collections::hash_map::Entry::Occupied(seen) = &seen
                && *seen.get() >= came_at.before(WINDOW)
            {
                return 0;
            }
            seen.insert_entry(came_at);
        }
        for &(goal, change) in &touched {
            let (standing, version, completed_at) = self.rows.get_mut(&(case.user, goal)).unwrap();
            *standing = rule::advance(*standing, change, TARGET, today);
            *version += 1;
            *completed_at = (standing.status == Status::Completed).then_some(came_at);
        }
        touched.len() as u64
    }
}

/// The SQL of each store, for one event and for many, and the pure rule must agree.
fn all_ways_follow_the_rule(runtime: &tokio::runtime::Runtime, store: &Store) {
    let batches = proptest::collection::vec(proptest::collection::vec(case(), 1..12), 1..5);
    let config = Config {
        cases: 40,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&batches, |batches| {
            runtime.block_on(follows_the_rule(store, &batches, false));
            runtime.block_on(follows_the_rule(store, &batches, true));
            Ok(())
        })
        .unwrap();
}

async fn follows_the_rule(store: &Store, batches: &[Vec<Case>], together: bool) {
    let run = uuid();
    let user = |n| format!("law-{n}-{run}");
    for n in 0..3 {
        assign(store, &user(n), GOALS).await;
    }
    let mut model = Model::default();
    for batch in batches {
        let mut expected = Vec::new();
        let mut effects = Vec::new();
        for case in batch {
            let came_at = at(case.hours);
            expected.push(model.advance(case, came_at));
            let user_id = user(case.user);
            let goals = case.changes.iter().map(|&(n, change)| Advance {
                goal_id: goal_id(n),
                change,
                target: TARGET,
            });
            effects.push(Effect {
                key: case
                    .id
                    .and_then(|id| EventKey::new(&user_id, &id.to_string())),
                user_id,
                came_at,
                goals: goals.collect(),
            });
        }
        let touched = if together {
            advance_all(store, &effects).await
        } else {
            let mut touched = Vec::new();
            for effect in &effects {
                touched.push(advance(store, effect).await);
            }
            touched
        };
        assert_eq!(touched, expected, "together: {together}");
    }
    for n in 0..3 {
        let rows = rows(store, &user(n)).await;
        for goal in 0..GOALS {
            let row = &rows[&goal_id(goal)];
            let found = (row.standing(), row.version, row.completed_at);
            let start = (Standing::START, 1, None);
            let expected = *model.rows.get(&(n, goal)).unwrap_or(&start);
            assert_eq!(
                found, expected,
                "player {n}, goal {goal}, together: {together}"
            );
        }
    }
}
