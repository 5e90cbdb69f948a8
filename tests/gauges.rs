//! What a record has of real databases, and what somebody notes in it while the run goes on.

#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    dead_code,
    reason = "counts are exact, and every test takes of the target what it needs"
)]

#[path = "support/target.rs"]
mod target;

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use brunt_record::{GaugeSeries, MarkKind, Record, is_running};
use challenge_service::throwaway::Postgres;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};
use target::Target;

const PATIENCE: Duration = Duration::from_secs(30);

/// The target has threads of its own, and goes after those that use it.
fn with_target(work: impl AsyncFnOnce(&Target)) {
    let target = Target::start();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(work(&target));
}

/// A run against a small target, whose scenario ends with `gauges`.
fn start(folder: &Path, target: &Target, seconds: u64, gauges: &str, url: &str) -> Child {
    let text = format!(
        r#"format = 1
name = "watched"
[addresses]
http = "http://{}"
[actions.work]
http = "GET /"
[[stages]]
name = "first"
duration = "2s"
[[stages.streams]]
name = "main"
rate = "20/s"
mix = {{ work = 1 }}
[[stages]]
name = "second"
duration = "{seconds}s"
[[stages.streams]]
name = "main"
rate = "20/s"
mix = {{ work = 1 }}
{gauges}"#,
        target.address
    );
    let scenario = folder.join("watched.toml");
    std::fs::write(&scenario, text).unwrap();
    Command::new(env!("CARGO_BIN_EXE_brunt"))
        .arg("run")
        .arg(&scenario)
        .arg("--out")
        .arg(folder.join("runs"))
        .env("DATABASE_OF_THE_TEST", url)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The record that is being written in `folder`.
fn running(folder: &Path) -> PathBuf {
    let started = Instant::now();
    loop {
        let entries = std::fs::read_dir(folder.join("runs")).into_iter().flatten();
        let mut records = entries.map(|entry| entry.unwrap().path());
        if let Some(record) = records.find(|record| is_running(record).unwrap_or(false)) {
            return record;
        }
        assert!(started.elapsed() < PATIENCE, "no run has begun");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Waits until stage `name` has begun.
fn begun(record: &Path, name: &str) {
    let started = Instant::now();
    while !std::fs::read_to_string(record.join("marks.ndjson"))
        .is_ok_and(|marks| marks.contains(&format!("\"stage\",\"text\":\"{name}\"")))
    {
        assert!(started.elapsed() < PATIENCE, "{name} has not begun");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn ended(run: Child) -> (Record, String) {
    let output = run.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let dir = String::from_utf8(output.stdout).unwrap();
    let record = Record::open(Path::new(dir.trim())).unwrap();
    assert_eq!(record.problems(), []);
    (record, said)
}

fn series<'s>(all: &'s [GaugeSeries], source: &str, gauge: &str) -> &'s GaugeSeries {
    let found = all.iter().find(|s| s.source == source && s.gauge == gauge);
    found.unwrap_or_else(|| {
        let known: Vec<_> = all.iter().map(|s| (&s.source, &s.gauge)).collect();
        panic!("no {gauge} of {source} in {known:?}")
    })
}

fn ends(series: &GaugeSeries) -> [f64; 2] {
    [series.points[0].1, series.points.last().unwrap().1]
}

/// A slow machine may leave a reading out, and nothing else.
fn nothing_wrong(record: &Record) {
    for source in &record.manifest.gauges {
        let late = |problem: &String| problem.starts_with("no answer within");
        assert!(source.problems.iter().all(late), "{source:?}");
    }
}

async fn execute(connection: &mut PgConnection, sql: &str) {
    let sql = AssertSqlSafe(sql.to_owned());
    sqlx::query(sql).execute(connection).await.unwrap();
}

#[test]
fn postgresql_tells_of_statements_waits_and_its_processes_and_keeps_its_secrets() {
    with_target(async |target| {
        let server = Postgres::start().await.unwrap();
        let url = server.create_database("shop").await.unwrap();
        let mut connection = PgConnection::connect(&url).await.unwrap();
        execute(&mut connection, "create table sold (id bigint primary key)").await;
        let temp = tempfile::tempdir().unwrap();
        let gauges = "[gauges.database.shop]\nurl = \"${env:DATABASE_OF_THE_TEST}\"\n";
        let run = start(temp.path(), target, 5, gauges, &url);
        let record = running(temp.path());

        begun(&record, "second");
        for id in 0..300_i64 {
            let insert = sqlx::query("insert into sold (id) values ($1)").bind(id);
            insert.execute(&mut connection).await.unwrap();
        }
        execute(&mut connection, "alter role postgres password 'hunter2'").await;
        // Somebody waits for a lock for two seconds.
        let mut holder = connection.begin().await.unwrap();
        let lock = "lock table sold in access exclusive mode";
        sqlx::query(lock).execute(&mut *holder).await.unwrap();
        let other = url.clone();
        let password = url.split([':', '@']).nth(2).unwrap().to_owned();
        let waiter = tokio::spawn(async move {
            let other = other.replace(&password, "hunter2");
            let mut waiter = PgConnection::connect(&other).await.unwrap();
            execute(&mut waiter, "delete from sold where id = 7").await;
        });
        tokio::time::sleep(Duration::from_secs(2)).await;
        holder.rollback().await.unwrap();
        waiter.await.unwrap();

        let (record, said) = ended(run);
        nothing_wrong(&record);
        let all = record.gauges().unwrap();
        let database = |gauge: &str| series(&all, "postgres/shop", gauge);
        let [before, after] = ends(database("rows_inserted_total"));
        // What made the table may come in late.
        assert!(after - before >= 300.0, "{before} {after}");
        let peak = |gauge: &str| {
            let points = database(gauge).points.iter();
            points.map(|(_, value)| *value).fold(0.0, f64::max)
        };
        assert_eq!(peak("lock_waits"), 1.0);
        assert_eq!(peak("waiting{type=\"Lock\",event=\"relation\"}"), 1.0);
        let [before, after] = ends(database("table_inserts_total{table=\"sold\"}"));
        assert_eq!(after - before, 300.0);
        let [before, after] = ends(database("wal_position_bytes_total"));
        assert!(after > before);
        let processes = series(&all, "process/postgres-shop", "processes");
        assert!(ends(processes)[1] >= 5.0, "{processes:?}");

        // Three snapshots: before the first stage, between the two, after the second.
        let statements = record.statements().unwrap();
        let text = "insert into sold (id) values ($1)";
        let first = statements.iter().find(|row| row.text == text).unwrap();
        let rows = statements.iter().filter(|row| row.queryid == first.queryid);
        let counted: Vec<_> = rows.map(|row| (row.snapshot, row.calls)).collect();
        // The second one may be taken when the second stage has begun already.
        assert_eq!(counted.last(), Some(&(2, 300)));
        assert!(statements.iter().any(|row| row.snapshot == 0));
        assert!(
            !statements
                .iter()
                .any(|row| row.text.contains("from pg_stat_"))
        );

        let secret = url.split([':', '@']).nth(2).unwrap();
        for entry in std::fs::read_dir(&record.dir).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read(&path).unwrap_or_default();
            let text = String::from_utf8_lossy(&text);
            for secret in [secret, "hunter2"] {
                assert!(!text.contains(secret), "{} holds it", path.display());
                assert!(!said.contains(secret), "{said}");
            }
        }
    });
}

#[test]
fn what_a_role_may_not_see_is_noted_and_the_rest_is_read() {
    with_target(async |target| {
        let server = Postgres::start().await.unwrap();
        let mut connection = PgConnection::connect(&server.url()).await.unwrap();
        execute(
            &mut connection,
            "create role reader login password 'reader'",
        )
        .await;
        // Copied from a template that has no extension.
        execute(&mut connection, "create database bare").await;
        let shop = server.create_database("shop").await.unwrap();
        let mut somebody = PgConnection::connect(&shop).await.unwrap();
        execute(&mut somebody, "create table sold (id bigint primary key)").await;
        let at = server.url();
        let at = at.rsplit_once('@').unwrap().1.to_owned();
        for (database, noted) in [
            ("bare", "create the extension in this database"),
            (
                "shop",
                "the statements of other users are hidden (grant pg_read_all_stats)",
            ),
        ] {
            let at = at.replace("/postgres", &format!("/{database}"));
            let url = format!("postgres://reader:reader@{at}");
            let temp = tempfile::tempdir().unwrap();
            let gauges =
                format!("[gauges.database.{database}]\nurl = \"${{env:DATABASE_OF_THE_TEST}}\"\n");
            let (record, _) = ended(start(temp.path(), target, 1, &gauges, &url));
            let name = format!("postgres/{database}");
            let mut sources = record.manifest.gauges.iter();
            let source = sources.find(|s| s.name == name).unwrap();
            assert!(source.what.starts_with("PostgreSQL "), "{source:?}");
            assert!(!source.what.contains("reader"), "{source:?}");
            let [problem] = &source.problems[..] else {
                panic!("{source:?}");
            };
            assert!(problem.starts_with("pg_stat_statements: "), "{problem}");
            assert!(problem.contains(noted), "{problem}");
            let all = record.gauges().unwrap();
            assert!(series(&all, &name, "commits_total").points.len() >= 3);
            assert_eq!(record.statements().unwrap(), []);
        }
    });
}

/// Nobody listens on it when this is over.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

struct Redis(Child);

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn redis_and_sqlite_tell_what_they_do() {
    with_target(async |target| {
        let temp = tempfile::tempdir().unwrap();
        let port = free_port().to_string();
        let redis = Command::new("redis-server")
            .args(["--port", &port, "--bind", "127.0.0.1", "--save", ""])
            .args(["--requirepass", "hunter2"])
            .stdout(Stdio::null())
            .spawn();
        let _redis = Redis(redis.expect("redis-server is installed"));
        let started = Instant::now();
        while std::net::TcpStream::connect(format!("127.0.0.1:{port}")).is_err() {
            assert!(started.elapsed() < PATIENCE);
            std::thread::sleep(Duration::from_millis(20));
        }
        let file = temp.path().join("shop.db");
        let options = SqliteConnectOptions::new()
            .filename(&file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal);
        let mut sqlite = options.connect().await.unwrap();
        sqlx::query("create table sold (what text)")
            .execute(&mut sqlite)
            .await
            .unwrap();
        let gauges = format!(
            "[gauges.database.cache]\nurl = \"redis://:hunter2@127.0.0.1:{port}\"\n[gauges.database.shop]\nurl = \"${{env:DATABASE_OF_THE_TEST}}\"\n"
        );
        let url = format!("sqlite:{}", file.display());
        let run = start(temp.path(), target, 2, &gauges, &url);
        begun(&running(temp.path()), "second");
        for _ in 0..40 {
            sqlx::query("insert into sold values (hex(randomblob(2000)))")
                .execute(&mut sqlite)
                .await
                .unwrap();
        }
        let (record, _) = ended(run);
        for source in &record.manifest.gauges {
            assert!(!source.what.contains("hunter2"), "{source:?}");
        }
        nothing_wrong(&record);
        let all = record.gauges().unwrap();
        let [before, after] = ends(series(&all, "redis/cache", "commands_total"));
        // The sampler's own.
        assert!(after > before, "{before} {after}");
        assert!(ends(series(&all, "redis/cache", "memory_bytes"))[1] > 1e5);
        let [before, after] = ends(series(&all, "sqlite/shop", "wal_frames"));
        assert!(after >= before + 40.0, "{before} {after}");
        assert_eq!(ends(series(&all, "sqlite/shop", "page_bytes")), [4096.0; 2]);
    });
}

fn mark(folder: &Path, text: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_brunt"))
        .args(["mark", text, "--run"])
        .arg(folder.join("runs"))
        .output()
        .unwrap()
}

#[test]
fn whoever_deploys_during_a_run_leaves_a_mark_in_its_record() {
    let temp = tempfile::tempdir().unwrap();
    let target = Target::start();
    let run = start(temp.path(), &target, 2, "", "");
    begun(&running(temp.path()), "first");
    let marked = mark(temp.path(), "deployed v2");
    let said = String::from_utf8_lossy(&marked.stderr).into_owned();
    assert!(marked.status.success(), "{said}");
    let (record, _) = ended(run);
    let marks = record.marks().unwrap();
    let notes: Vec<_> = marks.iter().filter(|m| m.kind == MarkKind::Note).collect();
    let [note] = notes[..] else {
        panic!("{marks:?}");
    };
    assert_eq!(note.text, "deployed v2");
    let end = record.manifest.plan.stages[1].drained_us.unwrap();
    assert!(note.at_us < end, "{marks:?}");

    let late = mark(temp.path(), "too late");
    let said = String::from_utf8_lossy(&late.stderr).into_owned();
    assert_eq!(late.status.code(), Some(2), "{said}");
    assert!(said.contains("no run goes on there"), "{said}");
    assert_eq!(mark(temp.path(), " ").status.code(), Some(2));
}
