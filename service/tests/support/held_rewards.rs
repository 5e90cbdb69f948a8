//! A reward platform that answers when it is told to.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::routing::post;
use http::StatusCode;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// Holds every grant back until it is released; ends with the test.
#[derive(Debug, Clone)]
pub struct HeldRewards {
    pub address: SocketAddr,
    arrived: Arc<Semaphore>,
    released: CancellationToken,
}

impl HeldRewards {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let held = Self {
            address: listener.local_addr().unwrap(),
            arrived: Arc::new(Semaphore::new(0)),
            released: CancellationToken::new(),
        };
        let Self {
            arrived, released, ..
        } = held.clone();
        let grant = async move || {
            arrived.add_permits(1);
            released.cancelled().await;
            StatusCode::CREATED
        };
        let router = Router::new().route("/v1/grants", post(grant));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        held
    }

    /// Completes when a grant is asked for.
    pub async fn arrived(&self) {
        self.arrived.acquire().await.unwrap().forget();
    }

    /// Answers what is held back, and from now on at once.
    pub fn release(&self) {
        self.released.cancel();
    }
}
