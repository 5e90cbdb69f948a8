//! Events of the game.

use std::time::Instant;

use http::Method;
use tonic::{Code, Request, Response, Status};

use super::events_v1::stat_item_updated_events_server::StatItemUpdatedEvents;
use super::events_v1::user_logged_in_events_server::UserLoggedInEvents;
use super::events_v1::{StatItemUpdated, UserLoggedIn};
use super::faulty;
use crate::app::App;
use crate::metrics::Metrics;
use crate::operations::{self, OperationError};
use crate::rule::Event;
use crate::store::StoreError;

/// Receives events. What it answers without an error is durable.
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
        user: &str,
        event: Result<Event, Status>,
    ) -> Result<Response<()>, Status> {
        let start = Instant::now();
        let outcome = match faulty::meet(&self.app.faults, route).await.and(event) {
            Ok(event) if !user.is_empty() => operations::receive(&self.app, user, &event)
                .await
                .map(|_| Response::new(()))
                .map_err(|error| status(&error)),
            Ok(_) => Err(Status::invalid_argument("user_id is empty")),
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
        self.handle(route, &message.user_id, Ok(Event::LoggedIn))
            .await
    }
}

#[tonic::async_trait]
impl StatItemUpdatedEvents for EventHandler {
    async fn on_message(&self, request: Request<StatItemUpdated>) -> Result<Response<()>, Status> {
        let message = request.into_inner();
        let route = "/brunt.events.v1.StatItemUpdatedEvents/OnMessage";
        self.handle(route, &message.user_id, event(&message)).await
    }
}

fn event(message: &StatItemUpdated) -> Result<Event, Status> {
    if message.stat_code.is_empty() {
        return Err(Status::invalid_argument("stat_code is empty"));
    }
    Ok(Event::StatUpdated {
        stat: message.stat_code.clone(),
        value: whole("value", message.value)?,
        inc: whole("inc", message.inc)?,
    })
}

fn whole(field: &str, number: f64) -> Result<i64, Status> {
    if number.is_finite() {
        Ok(number.floor() as i64)
    } else {
        Err(Status::invalid_argument(format!("{field} is not finite")))
    }
}

fn status(error: &OperationError) -> Status {
    match error {
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
        Code::Unavailable => http::StatusCode::SERVICE_UNAVAILABLE,
        _ => http::StatusCode::INTERNAL_SERVER_ERROR,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_of_a_statistic_do_not_count() {
        let check = |number: f64, expected: Option<i64>| {
            assert_eq!(whole("value", number).ok(), expected, "{number}");
        };
        check(2.0, Some(2));
        check(2.9, Some(2));
        check(-0.5, Some(-1));
        check(1e300, Some(i64::MAX));
        check(f64::NAN, None);
        check(f64::INFINITY, None);
    }
}
