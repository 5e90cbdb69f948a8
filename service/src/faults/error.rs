//! Requests that are refused.

use http::StatusCode;

use super::options::Options;

/// A request that a fault refuses, with this status; gRPC says it in its own codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal(pub StatusCode);

impl Refusal {
    pub(super) fn read(options: &mut Options<'_>) -> Option<Self> {
        options.take_by("error", |text| {
            text.parse::<StatusCode>()
                .ok()
                .filter(|status| status.is_client_error() || status.is_server_error())
                .map(Self)
                .ok_or_else(|| format!("\"{text}\" is no status of a failure: 400 to 599"))
        })
    }
}
