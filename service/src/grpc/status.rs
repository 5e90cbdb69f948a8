//! Failures as gRPC statuses with details (google.rpc).

use std::collections::HashMap;

use tonic::Status;
use tonic_types::{ErrorDetails, StatusExt};

use crate::failure::{Failure, Part};
use crate::operations::OperationError;

/// Whose codes they are, as google.rpc.ErrorInfo wants to know.
const DOMAIN: &str = "challenge.brunt";

/// A status travels in headers, of which many clients and proxies take 8 KiB. The message is in there
/// twice: percent-encoded, which makes up to three bytes of one, and in the details, in base64.
const MAX_MESSAGE_BYTES: usize = 1024;

/// The parts are in the details alone.
const MAX_PARTS_BYTES: usize = 2048;

/// In the metadata of google.rpc.ErrorInfo: how many parts found no room.
const OMITTED: &str = "omittedViolations";

impl From<Failure> for Status {
    fn from(failure: Failure) -> Self {
        let status = failure.grpc();
        let fitting = fitting(&failure.parts);
        let mut metadata = HashMap::new();
        if fitting < failure.parts.len() {
            let omitted = failure.parts.len() - fitting;
            metadata.insert(OMITTED.to_owned(), omitted.to_string());
        }
        let mut details = ErrorDetails::with_error_info(failure.code.name(), DOMAIN, metadata);
        if let Some(wait) = failure.retry_after() {
            details.set_retry_info(Some(wait));
        }
        for part in failure.parts.into_iter().take(fitting) {
            details.add_precondition_failure_violation(part.code.name(), part.goal_id, part.detail);
        }
        Self::with_error_details(status, cut(failure.detail), details)
    }
}

impl From<OperationError> for Status {
    fn from(error: OperationError) -> Self {
        Failure::from(error).into()
    }
}

/// How many of the parts there is room for.
fn fitting(parts: &[Part]) -> usize {
    let bytes = |part: &Part| part.code.name().len() + part.goal_id.len() + part.detail.len();
    let mut room = MAX_PARTS_BYTES;
    parts
        .iter()
        .take_while(|part| {
            let left = room.checked_sub(bytes(part));
            room = left.unwrap_or(0);
            left.is_some()
        })
        .count()
}

fn cut(mut message: String) -> String {
    if message.len() > MAX_MESSAGE_BYTES {
        message.truncate(message.floor_char_boundary(MAX_MESSAGE_BYTES));
        message.push_str(" ...");
    }
    message
}
