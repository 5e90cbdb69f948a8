//! A sender of events that each add one to a goal which every player has from the start.

use challenge_service::grpc::events_v1::StatItemUpdated;
use challenge_service::grpc::events_v1::stat_item_updated_events_client::StatItemUpdatedEventsClient;
use tonic::Status;
use tonic::transport::Channel;

use super::send;

/// Listens to `stat-01`, by increments.
pub const GOAL: &str = "goal-02-01";

/// A connection for events; clones share it.
#[derive(Clone)]
pub struct Events(StatItemUpdatedEventsClient<Channel>);

impl Events {
    /// `address` is `HOST:PORT`.
    pub async fn connect(address: &str) -> Self {
        let url = format!("http://{address}");
        Self(StatItemUpdatedEventsClient::connect(url).await.unwrap())
    }

    /// Sends an event; with an empty id it counts however often it is sent.
    pub async fn add_one(&mut self, user: &str, id: &str) -> Result<(), Status> {
        let event = StatItemUpdated {
            id: id.to_owned(),
            namespace: "test".into(),
            user_id: user.to_owned(),
            stat_code: "stat-01".into(),
            value: 1.0,
            inc: 1.0,
        };
        self.0.on_message(event).await.map(drop)
    }
}

/// Gives a player the goals that everybody starts with. `http` is `HOST:PORT`.
pub async fn initialise(http: &str, user: &str) {
    let url = format!("http://{http}/challenge/v1/challenges/initialize");
    let answer = send("POST", &url, &[("x-mock-user", user)], None).await;
    assert_eq!(answer.status, 200);
}
