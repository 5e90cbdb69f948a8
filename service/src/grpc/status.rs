//! Failures as gRPC statuses with details (google.rpc).

use std::collections::HashMap;

use tonic::{Response, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::failure::Failure;

/// Whose codes they are, as google.rpc.ErrorInfo wants to know.
const DOMAIN: &str = "challenge.brunt";

impl From<Failure> for Status {
    fn from(failure: Failure) -> Self {
        let code = failure.code;
        let mut details = ErrorDetails::with_error_info(code.name(), DOMAIN, HashMap::new());
        if let Some(wait) = failure.retry_after() {
            details.set_retry_info(Some(wait));
        }
        Self::with_error_details(code.grpc(), failure.detail, details)
    }
}

/// Carries a call out and answers with what came of it.
pub(super) async fn answer<T>(
    call: impl Future<Output = Result<T, Failure>>,
) -> Result<Response<T>, Status> {
    call.await.map(Response::new).map_err(Status::from)
}
