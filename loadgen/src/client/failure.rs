//! Why a request failed.

use std::borrow::Cow;
use std::error::Error;
use std::io;
use std::time::Duration;

use brunt_record::{GENERATOR_FILES, GENERATOR_PORTS};
use http::StatusCode;

use super::grpc::unanswered;
use crate::scenario::code_slug;

/// A failed request.
///
/// Functions of a program make their own by [`Failure::new`], and of any error by `?`: a broken
/// connection then counts as `connect` or `connection-lost` and a status of gRPC by its code, as of any
/// other action, and one that the generator could not open for want of ports or descriptors of its own as
/// `generator-ports` or `generator-files`; another error of the system as `io`, and everything else as
/// `error`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Slug of the kind, for counting: `timeout`, `connect`, `http-503`, `grpc-unavailable`.
    pub(crate) kind: Cow<'static, str>,
    /// What happened, in words, without secrets.
    pub(crate) message: String,
}

impl Failure {
    /// A failure of this kind, a slug by which failures are counted; what does not belong into a
    /// slug becomes a dash. Of every kind the record keeps the first few messages: they are read by
    /// people, and must hold no secret.
    pub fn new(kind: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self {
            kind: slug(kind.into()),
            message: message.into(),
        }
    }

    /// The failure that this status is of any other action: of the kind `http-503`.
    pub fn http(status: StatusCode) -> Self {
        Self::new(
            format!("http-{}", status.as_u16()),
            format!("HTTP {status}"),
        )
    }

    /// The failure that this status of gRPC is.
    pub(super) fn grpc(code: tonic::Code, message: &str) -> Self {
        let name = code_slug(code);
        let text: String = message.chars().take(200).collect();
        Self::new(format!("grpc-{name}"), format!("gRPC {name}: {text}"))
    }

    /// Slug of the kind.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// What happened.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// No connection could be opened: nobody takes it, or the generator has nothing left to open it with.
    pub(super) fn unconnected(error: &(dyn Error + 'static)) -> Self {
        Self::new(exhausted(error).unwrap_or("connect"), chain(error))
    }

    pub(super) fn timeout(after: Duration) -> Self {
        Self::new("timeout", format!("no response within {after:?}"))
    }
}

impl<E: Error + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        let error: &(dyn Error + 'static) = &error;
        if let Some(status) = error.downcast_ref::<tonic::Status>() {
            return unanswered(status, None)
                .unwrap_or_else(|| Self::grpc(status.code(), status.message()));
        }
        if error.is::<tonic::transport::Error>() {
            return Self::unconnected(error);
        }
        let kind =
            exhausted(error).unwrap_or_else(|| error.downcast_ref().map_or("error", kind_of_io));
        Self::new(kind, chain(error))
    }
}

/// The kind of a failure that came because the generator ran out of something of its own; none where
/// it came otherwise.
pub(super) fn exhausted(error: &(dyn Error + 'static)) -> Option<&'static str> {
    // The same numbers on every Unix: too many files of this process, of this system.
    const EMFILE: i32 = 24;
    const ENFILE: i32 = 23;
    let of_io = |error: &io::Error| match error.raw_os_error() {
        Some(EMFILE | ENFILE) => Some(GENERATOR_FILES),
        _ if error.kind() == io::ErrorKind::AddrNotAvailable => Some(GENERATOR_PORTS),
        _ => None,
    };
    std::iter::successors(Some(error), |&error| error.source())
        .find_map(|error| error.downcast_ref::<io::Error>().and_then(of_io))
}

/// A connection breaks in as many ways as there are systems; the other clients tell two apart.
fn kind_of_io(error: &io::Error) -> &'static str {
    use io::ErrorKind as Kind;
    match error.kind() {
        Kind::ConnectionRefused | Kind::HostUnreachable | Kind::NetworkUnreachable => "connect",
        Kind::ConnectionReset
        | Kind::ConnectionAborted
        | Kind::NotConnected
        | Kind::BrokenPipe
        | Kind::UnexpectedEof => "connection-lost",
        Kind::TimedOut => "timeout",
        _ => "io",
    }
}

/// `kind`, fit to stand in a record.
fn slug(kind: Cow<'static, str>) -> Cow<'static, str> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !kind.is_empty() && kind.chars().all(fits) {
        return kind;
    }
    let lower = kind.to_ascii_lowercase();
    let slug: String = lower
        .chars()
        .map(|c| if fits(c) { c } else { '-' })
        .collect();
    match slug.trim_matches('-') {
        "" => Cow::Borrowed("error"),
        slug => Cow::Owned(slug.to_owned()),
    }
}

/// An error with its causes, which is where the reason stands.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_slugs_whatever_they_are_made_of() {
        for (kind, slug) in [
            ("sold-out", "sold-out"),
            ("Sold Out", "sold-out"),
            ("a=1;b,", "a-1-b"),
            ("é", "error"),
            ("", "error"),
        ] {
            assert_eq!(Failure::new(kind, "").kind(), slug);
        }
    }

    /// An error whose reason is another one, as clients have them.
    #[derive(Debug, thiserror::Error)]
    #[error("client error")]
    struct Because(#[source] io::Error);

    #[test]
    fn a_connection_that_is_not_opened_is_told_by_its_deepest_reason() {
        for (number, slug) in [
            (24, "generator-files"),
            (99, "generator-ports"),
            (111, "connect"),
            (113, "connect"),
        ] {
            let because = Because(io::Error::from_raw_os_error(number));
            assert_eq!(Failure::unconnected(&because).kind(), slug, "{number}");
        }
    }

    #[test]
    fn errors_become_failures_of_the_kinds_that_other_actions_have() {
        let of = io::Error::from;
        let of_system = io::Error::from_raw_os_error;
        for (error, slug) in [
            (of(io::ErrorKind::ConnectionRefused), "connect"),
            (of(io::ErrorKind::UnexpectedEof), "connection-lost"),
            (of(io::ErrorKind::TimedOut), "timeout"),
            (of(io::ErrorKind::InvalidData), "io"),
            (of(io::ErrorKind::AddrNotAvailable), "generator-ports"),
            (of_system(24), "generator-files"),
            (of_system(23), "generator-files"),
        ] {
            assert_eq!(Failure::from(error).kind(), slug);
        }
        let failure = Failure::from("x".parse::<u8>().unwrap_err());
        assert_eq!(
            failure,
            Failure::new("error", "invalid digit found in string")
        );
    }
}
