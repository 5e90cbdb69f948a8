//! The database of a demo: a file, a throwaway PostgreSQL cluster, or a server by URL.

use std::path::Path;
use std::str::FromStr;

use anyhow::Context as _;
use challenge_service::throwaway::{Postgres, create_database, drop_database};

/// What the caller asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DatabaseChoice {
    /// An embedded file for each phase.
    Sqlite,
    /// A cluster started from the installed binaries, with a database for each phase.
    Postgres,
    /// A server that is there, on which a database for each phase is created and dropped.
    Url(String),
}

impl FromStr for DatabaseChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "sqlite" => Ok(Self::Sqlite),
            "postgres" => Ok(Self::Postgres),
            url if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                Ok(Self::Url(url.to_owned()))
            }
            _ => Err("write sqlite, postgres or postgres://USER@HOST/DATABASE".to_owned()),
        }
    }
}

/// Where the databases of a demo are made.
pub(crate) enum Database {
    /// In the demo's folder.
    Sqlite,
    /// On a cluster that goes when this is dropped.
    Cluster(Box<Postgres>),
    /// On a server that stays.
    Server(String),
}

impl Database {
    pub(crate) async fn open(choice: &DatabaseChoice) -> anyhow::Result<Self> {
        Ok(match choice {
            DatabaseChoice::Sqlite => Self::Sqlite,
            DatabaseChoice::Postgres => Self::Cluster(Box::new(Postgres::start().await?)),
            DatabaseChoice::Url(url) => Self::Server(url.clone()),
        })
    }

    /// For labels and messages: what it is, never its URL.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Cluster(_) | Self::Server(_) => "postgres",
        }
    }

    /// The URL of an empty database for `phase`.
    pub(crate) async fn create(&self, phase: &str, folder: &Path) -> anyhow::Result<String> {
        match self {
            Self::Sqlite => Ok(format!(
                "sqlite:{}",
                folder.join(format!("{phase}.db")).display()
            )),
            Self::Cluster(cluster) => Ok(create_database(&cluster.url(), &name(phase)).await?),
            Self::Server(url) => create_database(url, &name(phase))
                .await
                .context("cannot create a database on the server"),
        }
    }

    /// Removes the database of `phase` from a server that stays.
    pub(crate) async fn remove(&self, phase: &str) -> anyhow::Result<()> {
        if let Self::Server(url) = self {
            drop_database(url, &name(phase))
                .await
                .context("cannot drop the demo's database on the server")?;
        }
        Ok(())
    }
}

/// Two demos may run on one server.
fn name(phase: &str) -> String {
    format!("brunt_demo_{}_{phase}", std::process::id())
}
