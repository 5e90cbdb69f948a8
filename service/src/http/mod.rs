//! The REST interface.

mod challenges;
mod health;
mod metrics;
mod observed;
mod player;
mod problem;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
pub use player::Identity;
pub use problem::Problem;

use crate::app::App;
use crate::observe::Observer;

/// What handlers need.
#[derive(Debug, Clone)]
pub struct HttpState {
    /// The service itself.
    pub app: App,
    /// Who watches the requests.
    pub observer: Observer,
    /// How a request says who asks.
    pub identity: Identity,
}

/// Everything that players use, and health and metrics.
pub fn public_router(state: HttpState) -> Router {
    finish(
        Router::new().nest("/challenge", challenges::router()),
        state,
    )
}

/// Health and metrics only, for a process that handles events.
pub fn private_router(state: HttpState) -> Router {
    finish(Router::new(), state)
}

fn finish(router: Router<HttpState>, state: HttpState) -> Router {
    router
        .route("/healthz", get(health::healthz))
        .route("/metrics", get(metrics::scrape))
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .layer(from_fn_with_state(
            state.observer.clone(),
            observed::observed,
        ))
        .with_state(state)
}
