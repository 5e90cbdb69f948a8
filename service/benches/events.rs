//! What the ways of an event into PostgreSQL cost: `cargo bench -p challenge-service --bench events`
//!
//! A throwaway server with fsync on. Every event names ten goals, of which its player has one active
//! row, as most events of the recorded load that touch anything do. First a closed loop of 64
//! senders finds the highest rate, then 500 events/s come due one by one, and the latency counts
//! from there. Ways take turns, and each turn has an fsync probe beside it.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use challenge_service::event_key::EventKey;
use challenge_service::event_path::EventPath;
use challenge_service::instant;
use challenge_service::keys::Linger;
use challenge_service::metrics::Metrics;
use challenge_service::phase::{Events, Phase, Switches};
use challenge_service::rule::Change;
use challenge_service::store::{Advance, Assignment, Effect, PoolLimits, Store};
use challenge_service::throwaway::Postgres;
use sqlx::{Connection as _, PgConnection};
use tokio::task::JoinSet;

const PLAYERS: u64 = 2_000;
const SENDERS: usize = 64;
const TURNS: usize = 3;
const CLOSED: Duration = Duration::from_secs(3);
const OPEN_EVENTS: u64 = 2_000;
const OPEN_EVERY: Duration = Duration::from_millis(2);

/// One way, and whether its events have ids.
#[derive(Clone, Copy)]
struct Way {
    name: &'static str,
    events: Events,
    linger: Duration,
    with_ids: bool,
}

const WAYS: [Way; 5] = [
    Way {
        name: "direct, no ids",
        events: Events::Direct,
        linger: Duration::ZERO,
        with_ids: false,
    },
    Way {
        name: "direct",
        events: Events::Direct,
        linger: Duration::ZERO,
        with_ids: true,
    },
    Way {
        name: "group-commit, linger 0",
        events: Events::GroupCommit,
        linger: Duration::ZERO,
        with_ids: true,
    },
    Way {
        name: "group-commit, linger 2 ms",
        events: Events::GroupCommit,
        linger: Duration::from_millis(2),
        with_ids: true,
    },
    Way {
        name: "write-behind, linger 2 ms",
        events: Events::WriteBehind,
        linger: Duration::from_millis(2),
        with_ids: true,
    },
];

/// What one turn of one way measured.
struct Turn {
    fsync_us: u64,
    per_second: f64,
    p50_us: u64,
    p95_us: u64,
    /// Bytes that the server wrote into its log for each event at 500/s.
    wal_bytes: f64,
    /// Events of one statement at 500/s; absent without `pg_stat_statements`.
    events_per_statement: Option<f64>,
}

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(run());
}

async fn run() {
    let server = Postgres::start().await.unwrap();
    let url = server.url();
    let pool = PoolLimits {
        connections: NonZeroU32::new(100).unwrap(),
        timeout: Duration::from_secs(30),
    };
    let store = Store::connect(&url, pool).await.unwrap();
    prepare(&store).await;
    let mut turns = BTreeMap::<usize, Vec<Turn>>::new();
    for _ in 0..TURNS {
        for (n, way) in WAYS.iter().enumerate() {
            let turn = measure(&store, &url, *way).await;
            turns.entry(n).or_default().push(turn);
        }
    }
    println!("median of {TURNS} turns; {SENDERS} senders, then 500/s\n");
    println!(
        "| way | events/s | to direct | p50 at 500/s | p95 at 500/s | fsync | WAL an event | events a statement |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let direct = median(turns[&1].iter().map(|turn| turn.per_second));
    for (n, turns) in &turns {
        let of = |read: fn(&Turn) -> f64| median(turns.iter().map(read));
        let per_second = of(|turn| turn.per_second);
        let grouped = match turns[0].events_per_statement {
            Some(_) => format!("{:.2}", of(|turn| turn.events_per_statement.unwrap_or(0.0))),
            None => "not measured".to_owned(),
        };
        println!(
            "| {} | {per_second:.0} | {:.2} | {:.2} ms | {:.2} ms | {:.2} ms | {:.0} B | {grouped} |",
            WAYS[*n].name,
            per_second / direct,
            of(|turn| turn.p50_us as f64) / 1e3,
            of(|turn| turn.p95_us as f64) / 1e3,
            of(|turn| turn.fsync_us as f64) / 1e3,
            of(|turn| turn.wal_bytes),
        );
    }
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let (bytes, rows): (i64, i64) = sqlx::query_as(
        "select pg_total_relation_size('seen_event'), (select count(*) from seen_event)",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    println!(
        "\n{rows} ids are remembered in {:.0} bytes each, indexes and all",
        bytes as f64 / rows as f64
    );
    store.close().await;
}

async fn prepare(store: &Store) {
    for n in 0..PLAYERS {
        let goals = (0..10).map(|goal| Assignment {
            goal_id: goal_id(goal),
            challenge_id: "challenge-01".into(),
            is_active: goal == n % 10,
            expires_at: None,
        });
        let now = instant::Instant::now();
        let goals = goals.collect();
        store
            .assign(&player(n), "bench", &goals, now)
            .await
            .unwrap();
    }
}

fn goal_id(n: u64) -> String {
    format!("goal-{n:02}-07")
}

fn player(n: u64) -> String {
    format!("2f9d6c1e-0000-4000-8000-{n:012}")
}

fn event_path(store: &Store, way: Way) -> Arc<EventPath> {
    let mut phase = Phase::load("phase12").unwrap();
    phase.switches = Switches {
        events: way.events,
        event_linger: Linger::new(way.linger).unwrap(),
        event_batch: NonZeroU32::new(128).unwrap(),
        event_queue: NonZeroU32::new(4096).unwrap(),
        ..phase.switches
    };
    let metrics = Metrics::new(&phase, store);
    Arc::new(EventPath::new(store, &phase.switches, &metrics))
}

fn event(n: u64, with_id: bool) -> Effect {
    // Scattered, so that neighbours in time are no neighbours in the table.
    let user_id = player(n.wrapping_mul(7_919) % PLAYERS);
    let id = if with_id {
        format!("bench-{}-{n}", std::process::id())
    } else {
        String::new()
    };
    Effect {
        key: EventKey::new(&user_id, &id),
        user_id,
        came_at: instant::Instant::now(),
        goals: (0..10)
            .map(|goal| Advance {
                goal_id: goal_id(goal),
                change: Change::Add(1),
                target: i64::MAX,
            })
            .collect(),
    }
}

async fn measure(store: &Store, url: &str, way: Way) -> Turn {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let fsync_us = tokio::task::spawn_blocking(fsync_us).await.unwrap();
    let path = event_path(store, way);

    let start = Instant::now();
    let mut senders = JoinSet::new();
    for _ in 0..SENDERS {
        let path = path.clone();
        senders.spawn(async move {
            let mut sent = 0_u64;
            while start.elapsed() < CLOSED {
                let n = NEXT.fetch_add(1, Ordering::Relaxed);
                // Write-behind refuses what its queue cannot hold: only what it takes is counted.
                match path.take(event(n, way.with_ids)).await {
                    Ok(()) => sent += 1,
                    Err(error) if error.may_pass() => {
                        tokio::time::sleep(Duration::from_millis(1)).await;
                    }
                    Err(error) => panic!("{error}"),
                }
            }
            sent
        });
    }
    let sent: u64 = senders.join_all().await.iter().sum();
    // Until everything is written: else write-behind would count its queue.
    path.close().await;
    let per_second = sent as f64 / start.elapsed().as_secs_f64();

    let path = event_path(store, way);
    let mut connection = PgConnection::connect(url).await.unwrap();
    let before = counters(&mut connection).await;
    let start = tokio::time::Instant::now();
    let mut sent = JoinSet::new();
    for k in 0..OPEN_EVENTS {
        let due = start + OPEN_EVERY * k as u32;
        tokio::time::sleep_until(due).await;
        let path = path.clone();
        sent.spawn(async move {
            let n = NEXT.fetch_add(1, Ordering::Relaxed);
            path.take(event(n, way.with_ids)).await.unwrap();
            due.elapsed().as_micros() as u64
        });
    }
    let mut latencies = sent.join_all().await;
    path.close().await;
    let after = counters(&mut connection).await;
    latencies.sort_unstable();
    let quantile = |q: f64| latencies[(q * (latencies.len() - 1) as f64) as usize];
    Turn {
        fsync_us,
        per_second,
        p50_us: quantile(0.5),
        p95_us: quantile(0.95),
        wal_bytes: (after.0 - before.0) as f64 / OPEN_EVENTS as f64,
        events_per_statement: before
            .1
            .zip(after.1)
            .map(|(before, after)| OPEN_EVENTS as f64 / (after - before) as f64),
    }
}

/// Bytes of the server's log so far, and calls of the statement that writes progress.
async fn counters(connection: &mut PgConnection) -> (i64, Option<i64>) {
    let wal = "select (pg_current_wal_insert_lsn() - '0/0')::int8";
    let wal = sqlx::query_scalar(wal).fetch_one(&mut *connection).await;
    let calls = "select coalesce(sum(calls), 0)::int8 from pg_stat_statements
        where query like 'with change as%update user_goal_progress%'";
    let calls = sqlx::query_scalar(calls).fetch_one(connection).await.ok();
    (wal.unwrap(), calls)
}

/// The median time of a sync to the disk of temporary files, where the server's directory is.
fn fsync_us() -> u64 {
    let mut file = tempfile::tempfile().unwrap();
    let times = (0..100).map(|_| {
        file.write_all(&[0; 8192]).unwrap();
        let start = Instant::now();
        file.sync_data().unwrap();
        start.elapsed().as_micros() as f64
    });
    median(times) as u64
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
