//! A throwaway server, and the rows in it.

use anyhow::Context as _;
use challenge_service::catalogue::Catalogue;
use challenge_service::settings::Settings;
use challenge_service::store::Store;
use challenge_service::throwaway::Postgres;
use sqlx::{Connection as _, PgConnection};

use crate::action::default_goals;
use crate::cpu::{self, Processes};

/// Players who have their first goals.
pub(crate) const USERS: u32 = 10_000;

pub(crate) const NAMESPACE: &str = "bench";

/// The server with the tables of the service.
pub(crate) struct Database {
    server: Postgres,
    connection: PgConnection,
    pub(crate) processes: Processes,
}

impl Database {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let server = Postgres::start().await?;
        let url = server.url();
        let any_phase = Settings::of_phase("phase9")?.phase.switches;
        let store = Store::connect(&url, any_phase.pool_limits()).await?;
        store.close().await;
        let mut connection = PgConnection::connect(&url).await?;
        // It would work whenever it likes, in one run and not in the other.
        sqlx::query("alter system set autovacuum = off")
            .execute(&mut connection)
            .await?;
        sqlx::query("select pg_reload_conf()")
            .execute(&mut connection)
            .await?;
        let backend: i32 = sqlx::query_scalar("select pg_backend_pid()")
            .fetch_one(&mut connection)
            .await?;
        let processes = Processes {
            pid: cpu::parent(backend).context("the server's process")?,
            with_children: true,
        };
        Ok(Self {
            server,
            connection,
            processes,
        })
    }

    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    /// The players of before and nobody else, every page written back.
    pub(crate) async fn reset(&mut self, catalogue: &Catalogue) -> anyhow::Result<()> {
        let (ids, challenges): (Vec<_>, Vec<_>) = default_goals(catalogue).into_iter().unzip();
        sqlx::raw_sql("truncate user_goal_progress")
            .execute(&mut self.connection)
            .await?;
        sqlx::query(
            "insert into user_goal_progress
                 (user_id, namespace, goal_id, challenge_id, is_active, assigned_at, created_at, updated_at)
             select md5(n::text)::uuid::text, $1, goal_id, challenge_id, true, now(), now(), now()
             from generate_series(1, $2) as n,
                  unnest($3::text[], $4::text[]) as goal (goal_id, challenge_id)",
        )
        .bind(NAMESPACE)
        .bind(i64::from(USERS))
        .bind(ids)
        .bind(challenges)
        .execute(&mut self.connection)
        .await?;
        for statement in ["vacuum (analyze) user_goal_progress", "checkpoint"] {
            sqlx::query(statement).execute(&mut self.connection).await?;
        }
        Ok(())
    }

    /// The ids of the first so many players.
    pub(crate) async fn players(&mut self, count: u32) -> anyhow::Result<Vec<String>> {
        let ids =
            sqlx::query_scalar("select md5(n::text)::uuid::text from generate_series(1, $1) as n")
                .bind(i64::from(count))
                .fetch_all(&mut self.connection)
                .await?;
        Ok(ids)
    }
}
