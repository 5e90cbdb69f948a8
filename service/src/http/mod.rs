//! The REST interface.

mod challenges;
mod health;
mod input;
mod metrics;
mod observed;
mod openapi;
mod player;
mod problem;

use axum::Router;
use axum::extract::FromRef;
use axum::middleware::from_fn_with_state;
pub(crate) use health::router as health;
pub(crate) use input::Query;
pub use openapi::document;
pub use problem::Problem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::failure::Code;
use crate::observe::Observer;
use crate::player::Identity;
use crate::readiness::Readiness;

/// What handlers need.
#[derive(Debug, Clone)]
pub struct HttpState {
    /// The service itself.
    pub app: App,
    /// Who watches the requests.
    pub observer: Observer,
    /// How a request says who asks.
    pub identity: Identity,
    /// What `/readyz` asks.
    pub readiness: Readiness,
}

impl FromRef<HttpState> for Readiness {
    fn from_ref(state: &HttpState) -> Self {
        state.readiness.clone()
    }
}

/// Everything that players use, and health and metrics.
pub fn public_router(state: HttpState) -> Router {
    finish(public_routes(), state)
}

/// Health and metrics only, for a process that handles events.
pub fn private_router(state: HttpState) -> Router {
    finish(private_routes(), state)
}

fn public_routes() -> OpenApiRouter<HttpState> {
    let players = challenges::router().routes(routes!(openapi::openapi));
    private_routes().nest("/challenge", players)
}

fn private_routes() -> OpenApiRouter<HttpState> {
    health::router().routes(routes!(metrics::scrape))
}

fn finish(routes: OpenApiRouter<HttpState>, state: HttpState) -> Router {
    Router::from(routes)
        .fallback(async || Problem::new(Code::NotFound, "no resource has this path"))
        .method_not_allowed_fallback(async || {
            let detail = "the resource of this path does not take this method";
            Problem::new(Code::MethodNotAllowed, detail)
        })
        .layer(from_fn_with_state(
            state.observer.clone(),
            observed::observed,
        ))
        .with_state(state)
}
