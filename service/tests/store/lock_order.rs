//! All who lock several rows of a player lock them in one order, which is that of the database.

use challenge_service::instant::Instant;
use challenge_service::store::{Assignment, Assignments, Store};
use challenge_service::throwaway::Postgres;
use sqlx::{Connection as _, Executor as _, PgConnection};

use super::support::database::POOL;
use super::{NAMESPACE, goal};

/// Takes no notice of hyphens, as the locales of most servers: to it, a-c comes after ab.
const DATABASE: &str = "create database hyphens template template0 encoding 'UTF8'
    locale_provider icu icu_locale 'en-u-ka-shifted'";

#[tokio::test]
async fn missing_rows_are_inserted_in_the_order_of_the_database() {
    let server = Postgres::start().await.unwrap();
    let url = server.url();
    let mut watch = PgConnection::connect(&url).await.unwrap();
    watch.execute(DATABASE).await.unwrap();
    let url = format!("{}/hyphens", url.rsplit_once('/').unwrap().0);
    let store = Store::connect(&url, POOL).await.unwrap();
    let mut other = PgConnection::connect(&url).await.unwrap();
    let no_notice = sqlx::query_scalar("select 'ab' < 'a-c'");
    let no_notice: bool = no_notice.fetch_one(&mut other).await.unwrap();
    assert!(no_notice);

    // Another request of the player has inserted the first of two rows, and comes to the second.
    let inserted = async |connection: &mut PgConnection, goal: &str| {
        let row = sqlx::query(
            "insert into user_goal_progress
                 (user_id, namespace, goal_id, challenge_id, created_at, updated_at)
             values ('ann', 'test', $1, 'challenge', now(), now())",
        );
        row.bind(goal).execute(connection).await.unwrap();
    };
    other.execute("begin").await.unwrap();
    inserted(&mut other, "ab").await;
    let assigning = tokio::spawn(async move {
        let named = |id: &str| Assignment {
            goal_id: id.into(),
            ..goal(0)
        };
        let goals = Assignments::from_iter(["a-c", "ab"].map(named));
        store.assign("ann", NAMESPACE, &goals, Instant::now()).await
    });
    let waits = "select exists (
                     select from pg_stat_activity
                     where datname = 'hyphens' and wait_event_type = 'Lock'
                 )";
    while !sqlx::query_scalar::<_, bool>(waits)
        .fetch_one(&mut watch)
        .await
        .unwrap()
    {
        tokio::task::yield_now().await;
    }
    inserted(&mut other, "a-c").await;
    other.execute("commit").await.unwrap();
    assert_eq!(assigning.await.unwrap().unwrap(), 0);
}
