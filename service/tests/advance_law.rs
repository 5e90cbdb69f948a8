//! The law of events: the SQL of each store, for one event and for many, and the pure rule agree.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod support;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::time::Duration;

use challenge_service::event_key::EventKey;
use challenge_service::instant::Instant;
use challenge_service::progress::Status;
use challenge_service::rule::{self, Change, MAX_PROGRESS, Tally};
use challenge_service::store::{Advance, Effect, Store};
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::test_runner::{Config, TestRunner};
use support::database::{Database, POOL};
use support::rows::{assign, at, goal_id, rows, uuid};
use tokio::runtime::Runtime;

const WINDOW: Duration = Duration::from_hours(1);

#[test]
fn sqlite_follows_the_rule() {
    check(&Runtime::new().unwrap(), &Database::sqlite());
}

#[test]
fn postgres_follows_the_rule() {
    let runtime = Runtime::new().unwrap();
    let database = runtime.block_on(Database::postgres());
    check(&runtime, &database);
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
    rows: HashMap<(usize, usize), (Tally, i64, Option<Instant>)>,
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
                .or_insert((Tally::START, 1, None));
            // The last one is not active.
            if goal + 1 < GOALS && row.0.takes(change, today) {
                touched.push((goal, change));
            }
        }
        if let Some(id) = case.id.filter(|_| !touched.is_empty()) {
            let seen = self.seen.entry((case.user, id));
            if let Entry::Occupied(seen) = &seen
                && *seen.get() >= came_at.before(WINDOW)
            {
                return 0;
            }
            seen.insert_entry(came_at);
        }
        for &(goal, change) in &touched {
            let (tally, version, completed_at) = self.rows.get_mut(&(case.user, goal)).unwrap();
            *tally = rule::advance(*tally, change, TARGET, today);
            *version += 1;
            *completed_at = (tally.status == Status::Completed).then_some(came_at);
        }
        touched.len() as u64
    }
}

fn check(runtime: &Runtime, database: &Database) {
    let store = runtime.block_on(Store::connect(&database.url, POOL));
    let store = &store.unwrap();
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
            let outcomes = store.advance_all(&effects, WINDOW).await;
            outcomes.into_iter().map(Result::unwrap).collect()
        } else {
            let mut touched = Vec::new();
            for effect in &effects {
                touched.push(store.advance(effect, WINDOW).await.unwrap());
            }
            touched
        };
        assert_eq!(touched, expected, "together: {together}");
    }
    for n in 0..3 {
        let rows = rows(store, &user(n)).await;
        for goal in 0..GOALS {
            let row = &rows[&goal_id(goal)];
            let found = (row.tally(), row.version, row.completed_at);
            let start = (Tally::START, 1, None);
            let expected = *model.rows.get(&(n, goal)).unwrap_or(&start);
            assert_eq!(
                found, expected,
                "player {n}, goal {goal}, together: {together}"
            );
        }
    }
}
