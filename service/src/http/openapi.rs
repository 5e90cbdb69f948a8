//! The OpenAPI document: made of the same declarations as the routes.

use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::openapi::{Components, Info, OpenApi, SecurityRequirement};

use super::problem::{Problem, Problems};
use crate::failure::Code;

/// Rendered when it is first asked for.
static DOCUMENT: LazyLock<Result<Bytes, String>> = LazyLock::new(|| {
    let json = document().to_json();
    json.map(Bytes::from).map_err(|error| error.to_string())
});

/// What players can do over REST, as an OpenAPI 3.1 document.
pub fn document() -> OpenApi {
    let mut document = super::public_routes(super::challenges::router()).into_openapi();
    document.info = Info::new("Challenge service", env!("CARGO_PKG_VERSION"));
    document.info.description = Some(
        "Players complete goals, goals belong to challenges, and a claim grants the reward of a goal."
            .into(),
    );
    let user = ApiKeyValue::with_description(
        "X-Mock-User",
        "The id of the player, believed where the service was started with --allow-mock-user",
    );
    document
        .components
        .get_or_insert_with(Components::new)
        .add_security_scheme("mockUser", SecurityScheme::ApiKey(ApiKey::Header(user)));
    document.security = Some(vec![SecurityRequirement::new("mockUser", [""; 0])]);
    document
}

/// This document.
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "about",
    security(()),
    responses((status = 200, description = "An OpenAPI 3.1 document", body = serde_json::Value), Problems)
)]
pub(super) async fn openapi() -> Result<Response, Problem> {
    match &*DOCUMENT {
        Ok(json) => {
            let kind = [(header::CONTENT_TYPE, "application/json")];
            Ok((kind, json.clone()).into_response())
        }
        Err(error) => Err(Problem::new(Code::Internal, error)),
    }
}
