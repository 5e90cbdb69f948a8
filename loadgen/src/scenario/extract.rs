//! What a session takes from a response for its later requests.

use http::HeaderName;
use serde_json_path::JsonPath;

/// One value and its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extract {
    /// How later requests name it: `${name}`.
    pub name: String,
    /// Where it stands.
    pub from: Source,
}

/// Where in a response a value stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The first match of a `JSONPath` (RFC 9535) in the body; of gRPC in the message's JSON form.
    Json(JsonPath),
    /// A header; of gRPC an entry of the metadata.
    Header(HeaderName),
    /// What the function of the action gives by this name.
    Given,
}
