//! What a response must be like.

use std::fmt;

use http::{HeaderName, StatusCode};
use serde_json::Value;
use serde_json_path::JsonPath;
use tonic::Code;

/// Checks of an action; without any, an HTTP status of 200 to 299 and gRPC's OK are successes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checks {
    /// HTTP statuses that are successes, in place of 200 to 299.
    pub status: Option<Statuses>,
    /// gRPC codes that are successes, in place of OK.
    pub codes: Option<Vec<Code>>,
    /// Headers; of gRPC the metadata.
    pub headers: Vec<(HeaderName, Expected<String>)>,
    /// Places in the body, by the first match of their path; of gRPC in the message's JSON form.
    pub json: Vec<(JsonPath, Expected<Value>)>,
    /// Texts that the body has.
    pub contains: Vec<String>,
    /// Patterns that the body matches somewhere.
    pub patterns: Vec<Pattern>,
    /// Least size of the body in bytes, as it was sent.
    pub min_bytes: Option<u64>,
    /// Greatest size of the body in bytes, as it was sent.
    pub max_bytes: Option<u64>,
}

/// What is wanted of a part of a response.
#[derive(Clone, Debug, PartialEq)]
pub enum Expected<T> {
    /// It is there.
    Present,
    /// It is not there.
    Absent,
    /// It is there and equals this.
    Equal(T),
}

/// HTTP statuses, as ranges of both ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statuses(pub Vec<(u16, u16)>);

/// A regular expression; two are equal if they are written alike.
#[derive(Clone, Debug)]
pub struct Pattern(pub regex::bytes::Regex);

impl Checks {
    /// Does any check look into the body?
    pub fn read_body(&self) -> bool {
        !(self.json.is_empty() && self.contains.is_empty() && self.patterns.is_empty())
    }
}

impl Statuses {
    /// Is `status` among them?
    pub fn contains(&self, status: StatusCode) -> bool {
        let status = status.as_u16();
        self.0
            .iter()
            .any(|(first, last)| (*first..=*last).contains(&status))
    }
}

impl fmt::Display for Statuses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (first, last)) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str(" or ")?;
            }
            if first == last {
                write!(f, "{first}")?;
            } else {
                write!(f, "{}xx", first / 100)?;
            }
        }
        Ok(())
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

/// All codes of gRPC, from 0.
const CODES: [(&str, Code); 17] = [
    ("ok", Code::Ok),
    ("cancelled", Code::Cancelled),
    ("unknown", Code::Unknown),
    ("invalid-argument", Code::InvalidArgument),
    ("deadline-exceeded", Code::DeadlineExceeded),
    ("not-found", Code::NotFound),
    ("already-exists", Code::AlreadyExists),
    ("permission-denied", Code::PermissionDenied),
    ("resource-exhausted", Code::ResourceExhausted),
    ("failed-precondition", Code::FailedPrecondition),
    ("aborted", Code::Aborted),
    ("out-of-range", Code::OutOfRange),
    ("unimplemented", Code::Unimplemented),
    ("internal", Code::Internal),
    ("unavailable", Code::Unavailable),
    ("data-loss", Code::DataLoss),
    ("unauthenticated", Code::Unauthenticated),
];

/// The names of all gRPC codes, as slugs.
pub(crate) fn code_names() -> impl Iterator<Item = &'static str> + Clone {
    CODES.iter().map(|(name, _)| *name)
}

/// `not-found`, `NOT_FOUND` or `NotFound` as a code.
pub(crate) fn code_named(text: &str) -> Option<Code> {
    let bare = |text: &str| text.replace(['-', '_'], "").to_ascii_lowercase();
    CODES
        .iter()
        .find(|(name, _)| bare(name) == bare(text))
        .map(|(_, code)| *code)
}

/// The name of a code as a slug: `resource-exhausted`.
pub(crate) fn code_slug(code: Code) -> &'static str {
    CODES
        .iter()
        .find(|(_, known)| *known == code)
        .map_or("unknown", |(name, _)| name)
}
