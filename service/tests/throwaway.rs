//! The PostgreSQL server that lives as long as a value.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

use challenge_service::throwaway::Postgres;
use sqlx::{Connection, PgConnection};

#[tokio::test]
async fn a_server_syncs_counts_statements_and_leaves_nothing_behind() {
    let server = Postgres::start()
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let mut connection = PgConnection::connect(&server.url()).await.unwrap();
    let ask = async |connection: &mut PgConnection, sql: &'static str| {
        let answer: String = sqlx::query_scalar(sql).fetch_one(connection).await.unwrap();
        answer
    };
    assert_eq!(ask(&mut connection, "show fsync").await, "on");
    assert_eq!(
        ask(&mut connection, "show listen_addresses").await,
        "127.0.0.1"
    );
    let statements = "select count(*)::text from pg_stat_statements";
    assert_ne!(ask(&mut connection, statements).await, "0");
    let directory = ask(&mut connection, "show data_directory").await;
    assert!(std::path::Path::new(&directory).is_dir());
    let wrong = server.url().replace("postgres:", "postgres:x");
    assert!(
        PgConnection::connect(&wrong).await.is_err(),
        "there is a password"
    );

    let other = server.create_database("another").await.unwrap();
    let mut other = PgConnection::connect(&other).await.unwrap();
    assert_eq!(
        ask(&mut other, "select current_database()::text").await,
        "another"
    );

    let url = server.url();
    drop(server);
    assert!(
        PgConnection::connect(&url).await.is_err(),
        "the server is gone"
    );
    assert!(
        !std::path::Path::new(&directory).exists(),
        "and so are its files"
    );
}
