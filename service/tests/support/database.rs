//! An empty database of either kind.

use challenge_service::throwaway::Postgres;
use tempfile::TempDir;

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
