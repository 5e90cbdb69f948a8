//! The address at which Prometheus asks.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use prometheus_client::registry::Registry;
use tokio::task::JoinHandle;

use super::Book;
use super::collector::BookCollector;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// An address that is ours, and not served yet.
#[derive(Debug)]
pub(crate) struct Endpoint {
    listener: TcpListener,
}

/// Serves until it is dropped.
#[derive(Debug)]
pub(crate) struct Serving(JoinHandle<()>);

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Endpoint {
    /// Takes `address`, before anything is sent.
    pub(crate) fn bind(address: SocketAddr) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(address).with_context(|| {
            format!("--metrics {address} (hint: give a free address, such as 127.0.0.1:0)")
        })?;
        let at = listener.local_addr().context("--metrics")?;
        crate::cli::output::say(&format!("metrics: http://{at}/metrics"));
        Ok(Self { listener })
    }

    /// Serves `/metrics` from `book`, on the runtime of the caller.
    pub(crate) fn serve(self, book: Arc<Book>) -> anyhow::Result<Serving> {
        let serve = || {
            self.listener.set_nonblocking(true)?;
            tokio::net::TcpListener::from_std(self.listener)
        };
        let listener = serve().context("--metrics")?;
        let mut registry = Registry::default();
        registry.register_collector(Box::new(BookCollector(book)));
        let registry = Arc::new(registry);
        let app = Router::new().route(
            "/metrics",
            get(move || std::future::ready(scrape(&registry))),
        );
        Ok(Serving(tokio::spawn(async move {
            // Accept errors are retried by axum; it does not end by itself.
            let _ = axum::serve(listener, app).await;
        })))
    }
}

fn scrape(registry: &Registry) -> impl IntoResponse + use<> {
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, registry)
        .map(|()| ([(CONTENT_TYPE, OPEN_METRICS)], text))
        .map_err(|error| {
            let status = axum::http::StatusCode::INTERNAL_SERVER_ERROR;
            (status, error.to_string())
        })
}
