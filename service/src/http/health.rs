//! Whether the process lives, and whether it can do its work.

use axum::Json;
use axum::extract::{FromRef, State};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::problem::{Problem, ProblemDetails};
use crate::readiness::Readiness;

/// Both questions, for any router.
pub(crate) fn router<S>() -> OpenApiRouter<S>
where
    Readiness: FromRef<S>,
    S: Clone + Send + Sync + 'static,
{
    OpenApiRouter::new()
        .routes(routes!(healthz))
        .routes(routes!(readyz))
}

/// Whether the process lives: it does if it answers.
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "health",
    security(()),
    responses((status = 200, description = "The process lives", body = String, example = "ok"))
)]
async fn healthz() -> &'static str {
    "ok"
}

#[derive(Serialize, ToSchema)]
struct Ready {
    /// Always true: what is not ready is a problem.
    ready: bool,
}

/// Whether the service can do its work: the database answers, no queue has failed, and no shutdown has begun.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "health",
    security(()),
    responses(
        (status = 200, description = "Requests are welcome", body = Ready),
        (status = 503, description = "The detail names what is not ready", body = ProblemDetails, content_type = "application/problem+json"),
    )
)]
async fn readyz(State(readiness): State<Readiness>) -> Result<Json<Ready>, Problem> {
    readiness.check().await?;
    Ok(Json(Ready { ready: true }))
}
