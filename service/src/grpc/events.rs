//! Events of the game.

use std::sync::Arc;

use tonic::{Request, Response, Status};

use super::events_v1::stat_item_updated_events_server::StatItemUpdatedEvents;
use super::events_v1::user_logged_in_events_server::UserLoggedInEvents;
use super::events_v1::{StatItemUpdated, UserLoggedIn};
use crate::app::Live;
use crate::event_path::EventPath;
use crate::failure::Failure;
use crate::operations;
use crate::rule::Event;

/// Receives events. What it answers without an error is durable, unless the service writes behind.
#[derive(Debug, Clone)]
pub struct EventHandler {
    /// The service itself.
    pub app: Live,
    /// How events reach the store.
    pub path: Arc<EventPath>,
}

impl EventHandler {
    async fn handle(
        &self,
        (user, id): (&str, &str),
        event: Result<Event, Failure>,
    ) -> Result<Response<()>, Status> {
        let _place = self.app.admission.enter()?;
        operations::receive(&self.app.now(), &self.path, user, id, &event?).await?;
        Ok(Response::new(()))
    }
}

#[tonic::async_trait]
impl UserLoggedInEvents for EventHandler {
    async fn on_message(&self, request: Request<UserLoggedIn>) -> Result<Response<()>, Status> {
        let message = request.into_inner();
        let whose = (&*message.user_id, &*message.id);
        self.handle(whose, message.event()).await
    }
}

#[tonic::async_trait]
impl StatItemUpdatedEvents for EventHandler {
    async fn on_message(&self, request: Request<StatItemUpdated>) -> Result<Response<()>, Status> {
        let message = request.into_inner();
        let whose = (&*message.user_id, &*message.id);
        self.handle(whose, message.event()).await
    }
}
