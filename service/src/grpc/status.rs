//! Failures as gRPC statuses with details (google.rpc).

use std::collections::HashMap;

use tonic::Status;
use tonic_types::{ErrorDetails, StatusExt};

use crate::failure::Failure;
use crate::operations::OperationError;

/// Whose codes they are, as google.rpc.ErrorInfo wants to know.
const DOMAIN: &str = "challenge.brunt";

impl From<Failure> for Status {
    fn from(failure: Failure) -> Self {
        let code = failure.code;
        let mut details = ErrorDetails::with_error_info(code.name(), DOMAIN, HashMap::new());
        if let Some(wait) = failure.retry_after() {
            details.set_retry_info(Some(wait));
        }
        for part in failure.parts {
            details.add_precondition_failure_violation(part.code.name(), part.goal_id, part.detail);
        }
        Self::with_error_details(code.grpc(), failure.detail, details)
    }
}

impl From<OperationError> for Status {
    fn from(error: OperationError) -> Self {
        Failure::from(error).into()
    }
}
