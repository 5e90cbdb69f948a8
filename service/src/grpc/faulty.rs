//! Lets calls meet the faults that are on.

use http::StatusCode;
use tonic::{Code, Status};

use crate::faults::{Faults, Refusal};

/// While no fault is on, this costs a load.
pub(super) async fn meet(faults: &Faults, route: &str) -> Result<(), Status> {
    if !faults.are_on() {
        return Ok(());
    }
    faults.befall(route).await.map_err(status)
}

fn status(Refusal(status): Refusal) -> Status {
    let code = match status {
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
    };
    Status::new(code, format!("a fault was injected: {status}"))
}
