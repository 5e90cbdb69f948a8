//! The REST interface.

mod admitted;
mod challenges;
mod health;
mod input;
mod metered;
mod metrics;
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
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::SizeAbove;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::{App, Live};
use crate::failure::Code;
use crate::phase::Compression;
use crate::player::Identity;
use crate::readiness::Readiness;

/// What handlers need.
#[derive(Debug, Clone)]
pub struct HttpState {
    /// The service itself.
    pub app: Live,
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

/// A handler that asks for an [`App`] works with the catalogue of the moment at which it began.
impl FromRef<HttpState> for App {
    fn from_ref(state: &HttpState) -> Self {
        state.app.now()
    }
}

/// Everything that players use, and health and metrics.
pub fn public_router(state: HttpState) -> Router {
    let mut players = challenges::router();
    if state.app.admission.is_bounded() {
        let app = state.app.clone();
        players = players.layer(from_fn_with_state(app, admitted::admitted));
    }
    if state.app.phase.switches.compression == Compression::Gzip {
        // A small response fits into one packet as it is.
        let layer = CompressionLayer::new().quality(CompressionLevel::Fastest);
        players = players.layer(layer.compress_when(SizeAbove::new(1024)));
    }
    finish(public_routes(players), state)
}

/// Health and metrics only, for a process that handles events.
pub fn private_router(state: HttpState) -> Router {
    finish(private_routes(), state)
}

fn public_routes(players: OpenApiRouter<HttpState>) -> OpenApiRouter<HttpState> {
    private_routes().nest("/challenge", players.routes(routes!(openapi::openapi)))
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
            state.app.metrics.clone(),
            metered::metered,
        ))
        .with_state(state)
}
