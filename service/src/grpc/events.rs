//! Events of the game.

use std::time::Instant;

use http::Method;
use tonic::{Code, Request, Response, Status};

use super::events_v1::stat_item_updated_events_server::StatItemUpdatedEvents;
use super::events_v1::user_logged_in_events_server::UserLoggedInEvents;
use super::events_v1::{StatItemUpdated, UserLoggedIn};
use crate::app::App;
use crate::metrics::Metrics;
use crate::operations::{self, OperationError};
use crate::rule::Event;
use crate::store::StoreError;

/// Receives events. What it answers without an error is durable, unless the phase says otherwise.
#[derive(Debug, Clone)]
pub struct EventHandler {
    /// The service itself.
    pub app: App,
    /// What is counted.
    pub metrics: Metrics,
}

impl EventHandler {
    async fn handle(
        &self,
        route: &str,
        (user, id): (&str, &str),
        event: Result<Event, Status>,
    ) -> Result<Response<()>, Status> {
        let start = Instant::now();
        let outcome = match event {
            Ok(event) => operations::receive(&self.app, user, id, &event)
                .await
                .map(Response::new)
                .map_err(|error| status(&error)),
            Err(status) => Err(status),
        };
        let code = outcome.as_ref().err().map_or(Code::Ok, Status::code);
        self.metrics
            .record(route, &Method::POST, http_status(code), start.elapsed());
        outcome
    }
}

#[tonic::async_trait]
impl UserLoggedInEvents for EventHandler {
    async fn on_message(&self, request: Request<UserLoggedIn>) -> Result<Response<()>, Status> {
        let message = request.into_inner();
        let route = "/brunt.events.v1.UserLoggedInEvents/OnMessage";
        let whose = (&*message.user_id, &*message.id);
        self.handle(route, whose, message.event()).await
    }
}

#[tonic::async_trait]
impl StatItemUpdatedEvents for EventHandler {
    async fn on_message(&self, request: Request<StatItemUpdated>) -> Result<Response<()>, Status> {
        let message = request.into_inner();
        let route = "/brunt.events.v1.StatItemUpdatedEvents/OnMessage";
        let whose = (&*message.user_id, &*message.id);
        self.handle(route, whose, message.event()).await
    }
}

fn status(error: &OperationError) -> Status {
    match error {
        // The sender may try again, and should take its time.
        OperationError::Store(StoreError::Overloaded) => {
            Status::resource_exhausted(error.to_string())
        }
        OperationError::Store(StoreError::Busy | StoreError::Closed)
        | OperationError::ShuttingDown => Status::unavailable(error.to_string()),
        error => {
            tracing::error!(%error, "an event failed");
            Status::internal("the database failed; the log of the service says how")
        }
    }
}

/// The status under which REST would report the same outcome, so that both share one metric.
fn http_status(code: Code) -> http::StatusCode {
    match code {
        Code::Ok => http::StatusCode::OK,
        Code::InvalidArgument => http::StatusCode::BAD_REQUEST,
        Code::ResourceExhausted => http::StatusCode::TOO_MANY_REQUESTS,
        Code::Unavailable => http::StatusCode::SERVICE_UNAVAILABLE,
        _ => http::StatusCode::INTERNAL_SERVER_ERROR,
    }
}
