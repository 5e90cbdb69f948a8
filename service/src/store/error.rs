//! What can go wrong with a database.

use std::num::NonZeroU32;

use crate::batch::Refused;

/// Why the store could not do what was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The URL names no database that is supported. It may hold a password and is not repeated.
    #[error("the database URL must start with postgres:// or sqlite:")]
    UnknownScheme,
    /// Readers and the writer of an in-memory SQLite database would not see the same data.
    #[error(
        "SQLite in memory is not supported: readers and the writer have connections of their own\nhint: name a file, such as sqlite:challenge.db"
    )]
    InMemory,
    /// The schema could not be brought up to date.
    #[error("the database could not be migrated: {0}")]
    Migrate(String),
    /// The server does not take as many connections as the pool has to open.
    #[error(
        "the database refuses a pool of {pool} connections: {source}\nhint: every process opens all of its pool at the start; with PostgreSQL's max_connections above the sum of all pools and what it reserves, or with a smaller pool, all of them fit"
    )]
    TooManyConnections {
        /// Connections of the pool.
        pool: NonZeroU32,
        /// What the server says.
        source: std::sync::Arc<sqlx::Error>,
    },
    /// No connection became free in time.
    #[error("no database connection became free in time")]
    Busy,
    /// The database did not answer in time; what was asked for may have been done.
    #[error("the database did not answer in time")]
    Unanswered,
    /// The row changed each time between its being read and written.
    #[error("others changed the row each time before it could be written")]
    Conflict,
    /// More writes wait than may.
    #[error("too many writes are waiting")]
    Full,
    /// More events wait than may.
    #[error("too many events are waiting to be written")]
    Overloaded,
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// The database refused or failed.
    #[error("database: {0}")]
    // Shared by every write of a batch that failed together.
    Database(std::sync::Arc<sqlx::Error>),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolTimedOut => Self::Busy,
            sqlx::Error::PoolClosed => Self::Closed,
            other => Self::Database(std::sync::Arc::new(other)),
        }
    }
}

impl From<Refused> for StoreError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Full => Self::Full,
            Refused::Closed => Self::Closed,
        }
    }
}

impl StoreError {
    /// Whether the same write may succeed later.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Busy | Self::Unanswered | Self::Conflict | Self::Full | Self::Overloaded => true,
            Self::Database(error) => match &**error {
                sqlx::Error::Database(_) => !self.is_about_content(),
                sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) => true,
                _ => false,
            },
            Self::UnknownScheme
            | Self::InMemory
            | Self::Migrate(_)
            | Self::TooManyConnections { .. }
            | Self::Closed => false,
        }
    }

    /// Whether the database did not like what was written, as opposed to not working.
    ///
    /// Of writes that were carried out together one may be to blame, and the others not.
    pub fn is_about_content(&self) -> bool {
        let Self::Database(error) = self else {
            return false;
        };
        let sqlx::Error::Database(error) = &**error else {
            return false;
        };
        // Data exceptions are SQLSTATE class 22: text that PostgreSQL cannot hold, for one.
        error.kind() != sqlx::error::ErrorKind::Other
            || error.code().is_some_and(|code| code.starts_with("22"))
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        Self::Migrate(error.to_string())
    }
}
