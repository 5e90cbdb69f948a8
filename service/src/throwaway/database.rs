//! A database on a server that is there already.

use std::str::FromStr as _;

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

/// Creates the database `name` on the server of `url`, and returns the URL of it.
///
/// `url` is `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, of a user who may create databases.
pub async fn create_database(url: &str, name: &str) -> Result<String, sqlx::Error> {
    execute(url, &format!("create database {}", quoted(name))).await?;
    let mut options = PgConnectOptions::from_str(url)?.to_url_lossy();
    options.set_path(name);
    let url: String = options.into();
    watch_statements(&url).await;
    Ok(url)
}

/// Lets whoever looks into a database see its statements, where the server has that extension and
/// the user may create it; what reads it says so where not.
pub(super) async fn watch_statements(url: &str) {
    let extension = "create extension if not exists pg_stat_statements";
    if let Err(error) = execute(url, extension).await {
        tracing::debug!(%error, "no pg_stat_statements");
    }
}

/// Drops the database `name` on the server of `url`, if it is there.
pub async fn drop_database(url: &str, name: &str) -> Result<(), sqlx::Error> {
    execute(
        url,
        &format!("drop database if exists {} with (force)", quoted(name)),
    )
    .await
}

async fn execute(url: &str, sql: &str) -> Result<(), sqlx::Error> {
    let mut connection = PgConnectOptions::from_str(url)?.connect().await?;
    sqlx::query(AssertSqlSafe(sql.to_owned()))
        .execute(&mut connection)
        .await?;
    connection.close().await
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
