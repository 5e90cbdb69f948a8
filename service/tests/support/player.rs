//! A player of the catalogue `tests/data/rotating.toml`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use challenge_service::grpc::events_v1::StatItemUpdated;
use challenge_service::grpc::events_v1::stat_item_updated_events_client::StatItemUpdatedEventsClient;
use challenge_service::instant::Instant;
use challenge_service::rule::Change;
use challenge_service::store::{Assignment, Assignments};
use challenge_service::throwaway::Postgres;
use serde_json::{Value, json};

use super::advance::advance;
use super::{Answer, Running, start};

/// When the season of that catalogue ends.
pub const SEASON_END: &str = "2099-01-01T00:00:00Z";

const CHALLENGES: &str = "/challenge/v1/challenges";

/// Challenges that rotate, and goals that wait for others.
pub fn rotating() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/rotating.toml")
}

/// Goals of all kinds, also those that go by days.
pub fn days() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/days.toml")
}

/// A service with that catalogue on SQLite.
pub async fn start_on_sqlite() -> Running {
    start(|settings| settings.catalogue = Some(rotating())).await
}

/// A service with that catalogue on PostgreSQL, and the server.
pub async fn start_on_postgres() -> (Running, Postgres) {
    let server = Postgres::start()
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let url = server.create_database("players").await.unwrap();
    let service = start(|settings| {
        settings.catalogue = Some(rotating());
        settings.database = url.into();
    });
    (service.await, server)
}

/// The ids of goals, in their order.
pub fn ids(goals: &Value) -> Vec<&str> {
    let goals = goals.as_array().unwrap().iter();
    goals.map(|goal| goal["goalId"].as_str().unwrap()).collect()
}

/// Somebody who plays.
#[derive(Clone, Copy)]
pub struct Player<'a> {
    pub service: &'a Running,
    pub user: &'a str,
}

impl Running {
    /// The player of this name.
    pub fn player<'a>(&'a self, user: &'a str) -> Player<'a> {
        Player {
            service: self,
            user,
        }
    }
}

impl Player<'_> {
    /// Sends a request below `/challenge/v1/challenges`.
    pub async fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let path = format!("{CHALLENGES}{path}");
        self.service.call(method, &path, self.user, body).await
    }

    /// What a post that succeeds answers.
    pub async fn post(&self, path: &str, body: Value) -> Value {
        let answer = self.call("POST", path, Some(&body)).await;
        assert_eq!(answer.status, 200, "{path} {answer:?}");
        answer.json()
    }

    /// Status and code of a post that fails.
    pub async fn refused(&self, path: &str, body: Value) -> (u16, String) {
        self.call("POST", path, Some(&body)).await.problem()
    }

    /// Switches a goal on or off.
    pub async fn switch(&self, challenge: &str, goal: &str, on: bool) -> Value {
        let answer = self.switching(challenge, goal, on).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    /// Status and code of switching a goal on that cannot be.
    pub async fn not_switched(&self, challenge: &str, goal: &str) -> (u16, String) {
        self.switching(challenge, goal, true).await.problem()
    }

    async fn switching(&self, challenge: &str, goal: &str, on: bool) -> Answer {
        let path = format!("/{challenge}/goals/{goal}/active");
        let body = json!({ "isActive": on });
        self.call("PUT", &path, Some(&body)).await
    }

    /// All goals of the list, with `query` behind its address.
    async fn listed(&self, query: &str) -> Vec<Value> {
        let list = self.call("GET", query, None).await.json();
        let challenges = list["challenges"].as_array().unwrap().iter();
        challenges
            .flat_map(|challenge| challenge["goals"].as_array().unwrap().clone())
            .collect()
    }

    /// All goals as the player sees them.
    pub async fn goals(&self) -> Vec<Value> {
        self.listed("").await
    }

    /// One of them.
    pub async fn goal(&self, id: &str) -> Value {
        let goals = self.goals().await.into_iter();
        let mut goals = goals.filter(|goal| goal["goalId"] == id);
        goals.next().unwrap()
    }

    /// The ids of those that are listed as active.
    pub async fn active(&self) -> Vec<String> {
        let goals = Value::Array(self.listed("?active_only=true").await);
        ids(&goals).into_iter().map(str::to_owned).collect()
    }

    /// The ids of those that are locked.
    pub async fn locked(&self) -> Vec<String> {
        let mut goals = self.goals().await;
        goals.retain(|goal| goal["locked"] == true);
        ids(&goals.into()).into_iter().map(str::to_owned).collect()
    }

    /// The game says that the statistic of this goal grew by `inc`.
    pub async fn event(&self, goal: &str, inc: f64) {
        let url = format!("http://{}", self.service.addresses.grpc);
        let mut client = StatItemUpdatedEventsClient::connect(url).await.unwrap();
        let event = StatItemUpdated {
            id: uuid::Uuid::new_v4().to_string(),
            namespace: "test".into(),
            user_id: self.user.into(),
            stat_code: goal.into(),
            value: 0.0,
            inc,
        };
        client.on_message(event).await.unwrap();
    }

    /// Has a goal of the season from a window that ended an hour ago, with this progress of two.
    pub async fn had(&self, goal: &str, progress: i64) {
        let hours_ago = |hours| Instant::now().before(Duration::from_hours(hours));
        let (then, end) = (hours_ago(2), hours_ago(1));
        let goals = Assignments::from_iter([Assignment {
            goal_id: goal.into(),
            challenge_id: "season".into(),
            is_active: true,
            expires_at: Some(end),
        }]);
        let store = &self.service.app.store;
        let assigned = store.assign(self.user, "test", &goals, then).await;
        assert_eq!(assigned.unwrap(), 1);
        let change = [(goal, Change::Set(progress))];
        let advanced = advance(store, self.user, &change, 2, then).await;
        assert_eq!(advanced, 1);
    }
}
