//! Events of the game.

use tonic::{Request, Response, Status};

use super::events_v1::stat_item_updated_events_server::StatItemUpdatedEvents;
use super::events_v1::user_logged_in_events_server::UserLoggedInEvents;
use super::events_v1::{StatItemUpdated, UserLoggedIn};
use crate::app::Live;
use crate::failure::{Code, Failure};
use crate::operations;
use crate::rule::Event;

/// Receives events. What it answers without an error is durable.
#[derive(Debug, Clone)]
pub struct EventHandler {
    /// The service itself.
    pub app: Live,
}

impl EventHandler {
    async fn handle(&self, user: &str, event: Event) -> Result<Response<()>, Status> {
        let _place = self.app.admission.enter()?;
        if user.is_empty() {
            return Err(Failure::new(Code::BadRequest, "user_id is empty").into());
        }
        operations::receive(&self.app.now(), user, &event).await?;
        Ok(Response::new(()))
    }
}

#[tonic::async_trait]
impl UserLoggedInEvents for EventHandler {
    async fn on_message(&self, request: Request<UserLoggedIn>) -> Result<Response<()>, Status> {
        let message = request.into_inner();
        self.handle(&message.user_id, Event::LoggedIn).await
    }
}

#[tonic::async_trait]
impl StatItemUpdatedEvents for EventHandler {
    async fn on_message(&self, request: Request<StatItemUpdated>) -> Result<Response<()>, Status> {
        let message = request.into_inner();
        self.handle(&message.user_id, event(&message)?).await
    }
}

fn event(message: &StatItemUpdated) -> Result<Event, Failure> {
    if message.stat_code.is_empty() {
        return Err(Failure::new(Code::BadRequest, "stat_code is empty"));
    }
    Ok(Event::StatUpdated {
        stat: message.stat_code.clone(),
        value: whole("value", message.value)?,
        inc: whole("inc", message.inc)?,
    })
}

fn whole(field: &str, number: f64) -> Result<i64, Failure> {
    if number.is_finite() {
        Ok(number.floor() as i64)
    } else {
        Err(Failure::new(
            Code::BadRequest,
            format!("{field} is not finite"),
        ))
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
