//! A PostgreSQL database, by the views in which it tells of itself.
//!
//! It has a connection of its own, whose statements end by themselves; what it may not see or has not
//! got is noted and not asked for again. Its own few transactions a second are in the counters of the
//! database, and not in those of the statements.

mod queries;
mod statement_text;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use brunt_record::StatementRow;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow};
use sqlx::{Column as _, ConnectOptions as _, Row as _};

use self::queries::{Query, STATEMENTS_NAME, of_version, snapshot};
use self::statement_text::normalised;
use super::reading::{Depth, Reading, labelled};

/// A server that cannot be reached is asked again after this.
const AGAIN: Duration = Duration::from_secs(5);
/// A server that does not let anybody in within this is not there.
const PATIENCE: Duration = Duration::from_secs(2);

/// A database, and the connection to it.
pub(super) struct Postgres {
    options: PgConnectOptions,
    session: Option<Session>,
    tried: Option<Instant>,
    /// What cannot be asked here, by name.
    absent: BTreeSet<&'static str>,
    /// Statements whose text stands in the record.
    told: BTreeSet<i64>,
}

struct Session {
    connection: PgConnection,
    version: u32,
    queries: Vec<Query>,
}

impl Postgres {
    pub(super) fn new(options: PgConnectOptions) -> Self {
        let options = options
            .application_name("brunt gauges")
            .options([("statement_timeout", "1500ms"), ("lock_timeout", "200ms")])
            .disable_statement_logging();
        Self {
            options,
            session: None,
            tried: None,
            absent: BTreeSet::new(),
            told: BTreeSet::new(),
        }
    }

    /// Where it is, without user and password.
    pub(super) fn place(&self) -> String {
        let (options, host) = (&self.options, self.options.get_host());
        let database = options.get_database().unwrap_or(options.get_username());
        format!("{host}:{}/{database}", options.get_port())
    }

    /// Reads what is due at `depth`; what is wrong goes to `note`.
    pub(super) async fn read(
        &mut self,
        depth: Depth,
        reading: &mut Reading,
        note: &mut impl FnMut(String),
    ) {
        // A reading that was given up leaves no connection that is in the middle of an answer.
        let Some(mut session) = self.session.take() else {
            return self.connect(note).await;
        };
        match self.ask_all(&mut session, depth, reading, note).await {
            Ok(()) => self.session = Some(session),
            Err(error) => note(format!("the connection broke: {error}")),
        }
    }

    /// Opens the connection, unless that failed a moment ago.
    pub(super) async fn connect(&mut self, note: &mut impl FnMut(String)) {
        if self.tried.is_some_and(|tried| tried.elapsed() < AGAIN) {
            return;
        }
        self.tried = Some(Instant::now());
        match tokio::time::timeout(PATIENCE, self.options.connect()).await {
            Ok(Ok(connection)) => {
                let version = connection.server_version_num().unwrap_or(0);
                self.session = Some(Session {
                    connection,
                    version,
                    queries: of_version(version),
                });
            }
            Ok(Err(error)) => note(format!("no connection: {error}")),
            Err(_) => note(format!("no connection within {} s", PATIENCE.as_secs())),
        }
    }

    /// 150004 is 15.4; absent where there is no connection.
    pub(super) fn version(&self) -> Option<u32> {
        self.session.as_ref().map(|session| session.version)
    }

    /// An error where the connection is of no use any more.
    async fn ask_all(
        &mut self,
        session: &mut Session,
        depth: Depth,
        reading: &mut Reading,
        note: &mut impl FnMut(String),
    ) -> Result<(), sqlx::Error> {
        let Session {
            connection,
            version,
            queries,
        } = session;
        for query in &*queries {
            if !query.is_due(depth) || self.absent.contains(query.name) {
                continue;
            }
            let rows = sqlx::query(query.sql).fetch_all(&mut *connection);
            match rows.await {
                Ok(rows) => rows.iter().for_each(|row| tell(row, reading)),
                Err(error) => self.refused(query.name, error, note)?,
            }
        }
        let Depth::Edge(number) = depth else {
            return Ok(());
        };
        if self.absent.contains(STATEMENTS_NAME) {
            return Ok(());
        }
        let rows = sqlx::query(snapshot(*version)).fetch_all(connection);
        match rows.await {
            Ok(rows) => self.tell_statements(number, &rows, reading, note),
            Err(error) => self.refused(STATEMENTS_NAME, error, note)?,
        }
        Ok(())
    }

    /// The server does not answer a question: it is noted, and not asked again, unless it was only
    /// that it took too long.
    fn refused(
        &mut self,
        name: &'static str,
        error: sqlx::Error,
        note: &mut impl FnMut(String),
    ) -> Result<(), sqlx::Error> {
        let Some(told) = error.as_database_error() else {
            return Err(error);
        };
        let code = told.code().unwrap_or_default().into_owned();
        match &*code {
            // Cancelled by a timeout of the statement or of a lock.
            "57014" | "55P03" => note(format!("{name}: {}", told.message())),
            // No such relation; not loaded.
            "42P01" | "55000" if name == STATEMENTS_NAME => {
                note(format!(
                    "{name}: {} (load it by shared_preload_libraries and create the extension in this database)",
                    told.message()
                ));
                self.absent.insert(name);
            }
            // The server shuts down, or has ended the connection.
            code if code.starts_with("57P") => return Err(error),
            _ => {
                note(format!("{name}: {}", told.message()));
                self.absent.insert(name);
            }
        }
        Ok(())
    }

    fn tell_statements(
        &mut self,
        snapshot: u32,
        rows: &[PgRow],
        reading: &mut Reading,
        note: &mut impl FnMut(String),
    ) {
        for row in rows {
            if matches!(row.try_get::<Option<i64>, _>(0), Ok(None)) {
                note(format!(
                    "{STATEMENTS_NAME}: the statements of other users are hidden (grant pg_read_all_stats)"
                ));
                continue;
            }
            let Ok((mut statement, text)) = statement(row) else {
                continue;
            };
            statement.snapshot = snapshot;
            if self.told.insert(statement.queryid) {
                statement.text = normalised(&text);
            }
            reading.statements.push(statement);
        }
    }
}

fn statement(row: &PgRow) -> Result<(StatementRow, String), sqlx::Error> {
    let count = |index: usize| {
        row.try_get::<i64, _>(index)
            .map(|n| n.max(0).cast_unsigned())
    };
    let total_ms: f64 = row.try_get(2)?;
    let wal_bytes: Option<i64> = row.try_get(8)?;
    let statement = StatementRow {
        queryid: row.try_get(0)?,
        calls: count(1)?,
        total_us: (total_ms * 1e3).round() as u64,
        rows: count(3)?,
        blocks_hit: count(4)?,
        blocks_read: count(5)?,
        blocks_dirtied: count(6)?,
        blocks_written: count(7)?,
        wal_bytes: wal_bytes.map(|bytes| bytes.max(0).cast_unsigned()),
        ..StatementRow::default()
    };
    Ok((statement, row.try_get(9)?))
}

/// Adds the columns of `row` that are numbers, under those that are texts.
fn tell(row: &PgRow, reading: &mut Reading) {
    let columns = row.columns().iter();
    let labels: Vec<(&str, &str)> = columns
        .filter_map(|column| {
            Some((
                column.name(),
                row.try_get::<&str, _>(column.ordinal()).ok()?,
            ))
        })
        .collect();
    for column in row.columns() {
        if let Ok(Some(value)) = row.try_get::<Option<f64>, _>(column.ordinal()) {
            reading.add(labelled(column.name(), &labels), value.round());
        }
    }
}
