//! An empty database of either kind.

use std::num::NonZeroU32;
use std::time::Duration;

use challenge_service::store::{PoolLimits, Store};
use challenge_service::throwaway::Postgres;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection as _, Executor as _};
use tempfile::TempDir;

/// Enough for every test.
pub const POOL: PoolLimits = PoolLimits {
    connections: NonZeroU32::new(25).unwrap(),
    timeout: Duration::from_secs(30),
};

/// A database that lives as long as this value.
pub struct Database {
    pub url: String,
    // Held until then.
    _server: Option<Postgres>,
    _directory: Option<TempDir>,
}

impl Database {
    /// A file of its own.
    pub fn sqlite() -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self {
            url: format!("sqlite:{}", directory.path().join("test.db").display()),
            _server: None,
            _directory: Some(directory),
        }
    }

    /// A server that the test starts, or the one that `BRUNT_TEST_POSTGRES_URL` names, which may
    /// have rows of earlier tests. Where there is neither, the test fails and says so.
    pub async fn postgres() -> Self {
        if let Ok(url) = std::env::var("BRUNT_TEST_POSTGRES_URL") {
            return Self {
                url,
                _server: None,
                _directory: None,
            };
        }
        let server = Postgres::start()
            .await
            .unwrap_or_else(|error| panic!("{error}"));
        Self {
            url: server.create_database("test").await.unwrap(),
            _server: Some(server),
            _directory: None,
        }
    }
}

/// The URL of a PostgreSQL database, whose sessions have this `lock_timeout`.
pub fn lock_timeout(url: &str, span: &str) -> String {
    let sign = if url.contains('?') { '&' } else { '?' };
    format!("{url}{sign}options[lock_timeout]={span}")
}

/// A lock that keeps everybody from writing progress, until it is dropped.
pub enum Locked {
    Pg { _connection: PgConnection },
    Sqlite { _connection: SqliteConnection },
}

impl Database {
    /// Keeps everybody from writing progress.
    pub async fn lock(&self) -> Locked {
        if self.url.starts_with("sqlite:") {
            let mut connection = SqliteConnection::connect(&self.url).await.unwrap();
            connection.execute("begin immediate").await.unwrap();
            return Locked::Sqlite {
                _connection: connection,
            };
        }
        let mut connection = PgConnection::connect(&self.url).await.unwrap();
        connection.execute("begin").await.unwrap();
        let lock = "lock table user_goal_progress in exclusive mode";
        connection.execute(lock).await.unwrap();
        Locked::Pg {
            _connection: connection,
        }
    }

    /// What a player has reached with a goal.
    pub async fn progress(&self, user: &str, goal: &str) -> i64 {
        let store = Store::connect(&self.url, POOL).await.unwrap();
        let rows = store.rows_of_user(user).await.unwrap();
        store.close().await;
        let row = rows.iter().find(|row| row.goal_id == goal);
        row.map_or(0, |row| row.progress)
    }
}
