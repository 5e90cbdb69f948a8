//! Why a request failed.

use std::borrow::Cow;
use std::error::Error;
use std::time::Duration;

/// A failed request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// Slug of the kind, for counting: `timeout`, `connect`, `http-503`, `grpc-unavailable`.
    pub kind: Cow<'static, str>,
    /// What happened, in words, without secrets.
    pub message: String,
}

impl Failure {
    pub(crate) fn new(kind: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self {
            kind: kind.into(),
            message: message.into(),
        }
    }
}

impl Failure {
    pub(super) fn timeout(after: Duration) -> Self {
        Self::new("timeout", format!("no response within {after:?}"))
    }
}

/// An error with its causes, which is where the reason stands.
pub(super) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let part = error.to_string();
        if !text.contains(&part) {
            text.push_str(": ");
            text.push_str(&part);
        }
        cause = error.source();
    }
    text
}
