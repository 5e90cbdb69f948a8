//! Failures as problem details (RFC 9457).

use std::collections::BTreeMap;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use serde::Serialize;
use utoipa::openapi::{Content, Ref, RefOr, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

use crate::failure::{Code, Failure, Part};
use crate::operations::OperationError;

const MEDIA_TYPE: &str = "application/problem+json";

/// A failure as a caller over HTTP sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem(Failure);

/// Problem details (RFC 9457) with a code for programs.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct ProblemDetails<'a> {
    /// The code as a URN.
    r#type: String,
    /// What all problems of this code have in common.
    title: &'a str,
    /// The status of the response.
    status: u16,
    /// What was wrong this time.
    detail: &'a str,
    #[schema(value_type = Code)]
    code: &'a str,
    /// Where several things are wrong, each of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<ProblemPart<'a>>,
}

/// One of several things that are wrong (RFC 9457, 3.2).
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ProblemPart<'a> {
    /// The goal that it is about.
    goal_id: &'a str,
    #[schema(value_type = Code)]
    code: &'a str,
    /// What is wrong with the goal.
    detail: &'a str,
}

impl Problem {
    /// A problem of this kind.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self(Failure::new(code, detail))
    }
}

/// In the OpenAPI document: every operation may answer with a problem.
pub(super) struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        let content = Content::new(Some(Ref::from_schema_name("Problem")));
        let response = ResponseBuilder::new()
            .description("A problem, whose code says what it is")
            .content(MEDIA_TYPE, content)
            .build();
        BTreeMap::from([("default".to_owned(), response.into())])
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self(failure)
    }
}

impl<'a> From<&'a Part> for ProblemPart<'a> {
    fn from(part: &'a Part) -> Self {
        Self {
            goal_id: &part.goal_id,
            code: part.code.name(),
            detail: &part.detail,
        }
    }
}

impl From<OperationError> for Problem {
    fn from(error: OperationError) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Failure {
            code,
            detail,
            parts,
        } = &self.0;
        let body = ProblemDetails {
            r#type: format!(
                "urn:brunt:problem:{}",
                code.name().to_ascii_lowercase().replace('_', "-")
            ),
            title: code.title(),
            status: code.http().as_u16(),
            detail,
            code: code.name(),
            errors: parts.iter().map(ProblemPart::from).collect(),
        };
        let mut response = (code.http(), axum::Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if let Some(wait) = self.0.retry_after() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs()));
        }
        response
    }
}
