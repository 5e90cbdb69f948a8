//! Players with a completed goal each.

use challenge_service::grpc::events_v1::StatItemUpdated;
use challenge_service::grpc::events_v1::stat_item_updated_events_client::StatItemUpdatedEventsClient;
use serde_json::{Value, json};

use super::{Answer, send};

const GOAL: &str = "/challenge/v1/challenges/challenge-01/goals/goal-01-50";

/// Where a service listens for players and for events.
#[derive(Debug, Clone)]
pub struct Game {
    pub http: String,
    pub grpc: String,
}

impl Game {
    /// Completes goal-01-50 of this player.
    pub async fn complete(&self, user: &str) {
        let on = json!({ "isActive": true });
        let url = format!("http://{}{GOAL}/active", self.http);
        let headers = [("x-mock-user", user)];
        assert_eq!(send("PUT", &url, &headers, Some(&on)).await.status, 200);
        let grpc = format!("http://{}", self.grpc);
        let mut client = StatItemUpdatedEventsClient::connect(grpc).await.unwrap();
        let event = StatItemUpdated {
            id: format!("complete-{user}"),
            namespace: "test".into(),
            user_id: user.into(),
            stat_code: "stat-50".into(),
            value: 100.0,
            inc: 1.0,
        };
        client.on_message(event).await.unwrap();
    }

    /// Claims it.
    pub async fn claim(&self, user: &str) -> Answer {
        self.try_claim(user).await.unwrap()
    }

    /// Claims it, from a service that may die.
    pub async fn try_claim(&self, user: &str) -> Option<Answer> {
        let url = format!("http://{}{GOAL}/claim", self.http);
        super::try_send("POST", &url, &[("x-mock-user", user)], None).await
    }

    /// How the player sees it.
    pub async fn goal(&self, user: &str) -> Value {
        let url = format!(
            "http://{}/challenge/v1/challenges?active_only=true",
            self.http
        );
        let list = send("GET", &url, &[("x-mock-user", user)], None).await;
        list.json()["challenges"][0]["goals"][0].clone()
    }
}
