//! What an event must say. All that is wrong with it is answered at once.

use super::events_v1::{StatItemUpdated, UserLoggedIn};
use crate::failure::{Code, Failure};
use crate::progress::MAX_USER_ID_BYTES;
use crate::rule::Event;

/// Ids of events and codes of statistics are short; what is longer is a mistake of the sender.
const MAX_ID_BYTES: usize = 256;

impl UserLoggedIn {
    pub(super) fn event(&self) -> Result<Event, Failure> {
        let mut wrong = Wrong::default();
        wrong.text("id", &self.id, 0, MAX_ID_BYTES);
        wrong.text("user_id", &self.user_id, 1, MAX_USER_ID_BYTES);
        wrong.or(Event::LoggedIn)
    }
}

impl StatItemUpdated {
    pub(super) fn event(&self) -> Result<Event, Failure> {
        let mut wrong = Wrong::default();
        wrong.text("id", &self.id, 0, MAX_ID_BYTES);
        wrong.text("user_id", &self.user_id, 1, MAX_USER_ID_BYTES);
        wrong.text("stat_code", &self.stat_code, 1, MAX_ID_BYTES);
        wrong.number("value", self.value);
        wrong.number("inc", self.inc);
        wrong.or(Event::StatUpdated {
            stat: self.stat_code.clone(),
            value: whole(self.value),
            inc: whole(self.inc),
        })
    }
}

/// Everything that is wrong with one message.
#[derive(Default)]
struct Wrong(Vec<String>);

impl Wrong {
    fn text(&mut self, field: &str, text: &str, least: usize, most: usize) {
        let bytes = text.len();
        if bytes < least {
            self.0.push(format!("{field} is empty"));
        } else if bytes > most {
            self.0
                .push(format!("{field} has {bytes} bytes, more than {most}"));
        } else if text.contains('\0') {
            // PostgreSQL's text cannot hold it.
            self.0.push(format!("{field} contains a zero byte"));
        }
    }

    fn number(&mut self, field: &str, number: f64) {
        if !number.is_finite() {
            self.0
                .push(format!("{field} is {number}, which is not finite"));
        }
    }

    fn or(self, event: Event) -> Result<Event, Failure> {
        if self.0.is_empty() {
            Ok(event)
        } else {
            Err(Failure::new(Code::BadRequest, self.0.join("; ")))
        }
    }
}

/// Fractions of a statistic do not count.
fn whole(number: f64) -> i64 {
    number.floor() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stat() -> StatItemUpdated {
        StatItemUpdated {
            id: "event-1".into(),
            namespace: "test".into(),
            user_id: "ann".into(),
            stat_code: "stat-02".into(),
            value: 2.9,
            inc: -0.5,
        }
    }

    #[test]
    fn fractions_of_a_statistic_do_not_count() {
        let expected = Event::StatUpdated {
            stat: "stat-02".into(),
            value: 2,
            inc: -1,
        };
        assert_eq!(stat().event().unwrap(), expected);
        assert_eq!(whole(2.0), 2);
        assert_eq!(whole(1e300), i64::MAX);
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let check = |change: fn(&mut StatItemUpdated), expected: &str| {
            let mut message = stat();
            change(&mut message);
            let refused = message.event().unwrap_err();
            assert_eq!(refused, Failure::new(Code::BadRequest, expected));
        };
        check(|m| m.user_id.clear(), "user_id is empty");
        check(|m| m.stat_code.clear(), "stat_code is empty");
        check(|m| m.value = f64::NAN, "value is NaN, which is not finite");
        check(
            |m| m.inc = f64::NEG_INFINITY,
            "inc is -inf, which is not finite",
        );
        check(
            |m| m.user_id = "u".repeat(129),
            "user_id has 129 bytes, more than 128",
        );
        check(
            |m| m.id = "i".repeat(257),
            "id has 257 bytes, more than 256",
        );
        check(|m| m.id = "a\0b".into(), "id contains a zero byte");
        check(
            |m| {
                *m = StatItemUpdated {
                    value: f64::INFINITY,
                    ..StatItemUpdated::default()
                }
            },
            "user_id is empty; stat_code is empty; value is inf, which is not finite",
        );
    }

    #[test]
    fn an_event_needs_no_id() {
        let anonymous = UserLoggedIn {
            user_id: "u".repeat(128),
            ..UserLoggedIn::default()
        };
        assert_eq!(anonymous.event().unwrap(), Event::LoggedIn);
        let nobody = UserLoggedIn::default().event().unwrap_err();
        assert_eq!(nobody.detail, "user_id is empty");
    }
}
