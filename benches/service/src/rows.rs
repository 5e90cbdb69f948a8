//! What is in the database before the service is started.

use sqlx::{AssertSqlSafe, PgConnection};

pub(crate) const NAMESPACE: &str = "brunt-demo";

const LAZY_USERS: u32 = 36_000;
const EAGER_USERS: u32 = 2_000;

/// Players with their goals, rewards that are owed and events that were seen.
pub(crate) async fn fill(connection: &mut PgConnection, all_goals: bool) -> sqlx::Result<()> {
    let (users, goals) = if all_goals {
        (EAGER_USERS, 50)
    } else {
        (LAZY_USERS, 1)
    };
    // The first goal of every challenge is a default one.
    let players = format!(
        "insert into user_goal_progress
             (user_id, namespace, goal_id, challenge_id, is_active, assigned_at, created_at, updated_at)
         select 'player-' || n, '{NAMESPACE}',
             'goal-' || lpad(c::text, 2, '0') || '-' || lpad(g::text, 2, '0'),
             'challenge-' || lpad(c::text, 2, '0'), g = 1, now(), now(), now()
         from generate_series(1, {users}) as n, generate_series(1, 10) as c, generate_series(1, {goals}) as g"
    );
    // After an outage of the platform.
    let owed = "insert into reward_outbox (idempotency_key, user_id, goal_id, request, due_at, created_at)
         select gen_random_uuid()::text, 'player-' || n, 'goal-01-03', '{}', now() + interval '1 hour', now()
         from generate_series(1, 20000) as n";
    // Within their window.
    let seen = "insert into seen_event (key, seen_at)
         select gen_random_uuid(), now() - random() * interval '30 minutes' from generate_series(1, 100000)";
    for statement in [players.as_str(), owed, seen] {
        sqlx::query(AssertSqlSafe(statement.to_owned()))
            .execute(&mut *connection)
            .await?;
    }
    fall_due(connection).await?;
    sqlx::query("vacuum (analyze) user_goal_progress, reward_outbox, seen_event")
        .execute(connection)
        .await?;
    Ok(())
}

/// Something for the tasks of the service to do: a reward to be granted, one that the platform refuses
/// for good, and ids of events that may be forgotten.
pub(crate) async fn fall_due(connection: &mut PgConnection) -> sqlx::Result<()> {
    for statement in [
        r#"with owed as (
               insert into reward_outbox (idempotency_key, user_id, goal_id, request, due_at, created_at)
               values (gen_random_uuid()::text, 'player-1999', 'goal-01-01',
                   '{"userId": "player-1999", "goalId": "goal-01-01", "rewardId": "frost-coins"}', now(), now())
               returning idempotency_key
           )
           update user_goal_progress
           set status = 'claimed', claimed_at = now(), claim_key = (select idempotency_key from owed)
           where user_id = 'player-1999' and goal_id = 'goal-01-01'"#,
        "insert into reward_outbox (idempotency_key, user_id, goal_id, request, due_at, created_at)
         values (gen_random_uuid()::text, 'player-1999', 'goal-01-02', 'no grant', now(), now())",
        "insert into seen_event (key, seen_at)
         select gen_random_uuid(), now() - interval '2 hours' from generate_series(1, 400)",
    ] {
        sqlx::query(statement).execute(&mut *connection).await?;
    }
    Ok(())
}
