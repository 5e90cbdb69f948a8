//! Requests that are refused.

use http::StatusCode;
use tonic::Code;

use super::options::Options;
use crate::failure::{self, Failure};

/// A request that a fault refuses, with this status; gRPC says it in its own codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal(pub StatusCode);

impl Refusal {
    /// The status over gRPC.
    fn grpc(self) -> Code {
        match self.0 {
            StatusCode::BAD_REQUEST => Code::InvalidArgument,
            StatusCode::UNAUTHORIZED => Code::Unauthenticated,
            StatusCode::FORBIDDEN => Code::PermissionDenied,
            StatusCode::NOT_FOUND => Code::NotFound,
            StatusCode::CONFLICT => Code::Aborted,
            StatusCode::TOO_MANY_REQUESTS => Code::ResourceExhausted,
            StatusCode::SERVICE_UNAVAILABLE => Code::Unavailable,
            StatusCode::GATEWAY_TIMEOUT => Code::DeadlineExceeded,
            status if status.is_server_error() => Code::Internal,
            _ => Code::FailedPrecondition,
        }
    }

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

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let detail = "the operator of the service has switched this on";
        Self {
            injected: Some((refusal.0, refusal.grpc())),
            ..Self::new(failure::Code::InjectedFault, detail)
        }
    }
}
