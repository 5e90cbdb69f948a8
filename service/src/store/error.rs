//! What can go wrong with a database.

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
    /// No connection became free in time.
    #[error("no database connection became free in time")]
    Busy,
    /// As much waits to be written as may.
    #[error("too much is waiting to be written")]
    Overloaded,
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// The database refused or failed.
    #[error("database: {0}")]
    // Shared by every write of a batch that failed together.
    Database(std::sync::Arc<sqlx::Error>),
}

impl StoreError {
    /// Whether the same write may succeed later.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Busy | Self::Overloaded => true,
            Self::Database(error) => match &**error {
                sqlx::Error::Database(error) => {
                    // Of PostgreSQL: what is written does not fit its type.
                    let is_misfit = error.code().is_some_and(|code| code.starts_with("22"));
                    error.kind() == sqlx::error::ErrorKind::Other && !is_misfit
                }
                sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) => true,
                _ => false,
            },
            Self::UnknownScheme | Self::InMemory | Self::Migrate(_) | Self::Closed => false,
        }
    }
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

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        Self::Migrate(error.to_string())
    }
}
