//! Failures as problem details (RFC 9457).

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::operations::OperationError;
use crate::store::StoreError;

/// A failure as the caller sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    detail: String,
}

#[derive(Serialize)]
struct Body<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    code: &'a str,
}

impl Problem {
    /// A problem with a code for programs, a title for all of its kind and a detail for this one.
    pub fn new(
        status: StatusCode,
        code: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            status,
            code,
            title,
            detail: detail.into(),
        }
    }

    pub(super) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "bad_request",
            "The request cannot be read",
            detail,
        )
    }

    pub(super) fn unauthorised(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "The request does not say who asks",
            detail,
        )
    }

    pub(super) fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            "There is nothing here",
            "no resource has this path",
        )
    }

    pub(super) fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "The resource does not do that",
            "the resource of this path does not take this method",
        )
    }
}

impl From<OperationError> for Problem {
    fn from(error: OperationError) -> Self {
        use OperationError as E;
        let detail = error.to_string();
        match error {
            E::UnknownChallenge(_) => Self::new(
                StatusCode::NOT_FOUND,
                "unknown_challenge",
                "There is no such challenge",
                detail,
            ),
            E::UnknownGoal { .. } => Self::new(
                StatusCode::NOT_FOUND,
                "unknown_goal",
                "There is no such goal",
                detail,
            ),
            E::NotCompleted(_) => Self::new(
                StatusCode::CONFLICT,
                "not_completed",
                "The goal is not completed",
                detail,
            ),
            E::ClaimInProgress(_) => Self::new(
                StatusCode::CONFLICT,
                "claim_in_progress",
                "The goal is being claimed",
                detail,
            ),
            E::AlreadyClaimed(_) => Self::new(
                StatusCode::CONFLICT,
                "already_claimed",
                "The goal is claimed already",
                detail,
            ),
            E::Reward(_) => Self::new(
                StatusCode::BAD_GATEWAY,
                "reward_failed",
                "The reward was not granted",
                detail,
            ),
            E::Store(StoreError::Busy | StoreError::Overloaded | StoreError::Closed)
            | E::ShuttingDown => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "The service cannot answer now",
                detail,
            ),
            E::Store(error) => {
                tracing::error!(%error, "a request failed in the store");
                // What the database says may show more than a player should see.
                Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "internal",
                    "The service failed",
                    "the database failed; the log of the service says how",
                )
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = Body {
            r#type: format!("urn:brunt:problem:{}", self.code.replace('_', "-")),
            title: self.title,
            status: self.status.as_u16(),
            detail: &self.detail,
            code: self.code,
        };
        let mut response = (self.status, axum::Json(body)).into_response();
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        response
    }
}
