//! Servers that tell what they were asked, in the clear or by TLS, in HTTP/1.1 or HTTP/2.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::to_bytes;
use axum::extract::Request;
use axum::routing::any;
use axum::{Json, Router};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// A server and how often somebody connected to it.
pub(super) struct Listening {
    pub(super) address: SocketAddr,
    pub(super) connections: Arc<AtomicU64>,
}

/// Serves `app` on a free port until the test ends.
pub(super) async fn listen(app: Router, tls: Option<rustls::ServerConfig>) -> Listening {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let listening = Listening {
        address: listener.local_addr().unwrap(),
        connections: Arc::default(),
    };
    let connections = Arc::clone(&listening.connections);
    let acceptor = tls.map(|tls| TlsAcceptor::from(Arc::new(tls)));
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            connections.fetch_add(1, Ordering::SeqCst);
            let (app, acceptor) = (app.clone(), acceptor.clone());
            tokio::spawn(async move {
                let service = TowerToHyperService::new(app);
                let server = Builder::new(TokioExecutor::new());
                match acceptor {
                    None => {
                        let _ = server.serve_connection(TokioIo::new(stream), service).await;
                    }
                    // A client that is refused is what some tests want.
                    Some(acceptor) => {
                        if let Ok(stream) = acceptor.accept(stream).await {
                            let _ = server.serve_connection(TokioIo::new(stream), service).await;
                        }
                    }
                }
            });
        }
    });
    listening
}

/// Answers every request with what it was.
pub(super) fn echo() -> Router {
    Router::new().fallback(any(async |request: Request| Json(told(request).await)))
}

async fn told(request: Request) -> Value {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let headers: serde_json::Map<String, Value> = head
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().into()))
        .collect();
    json!({
        "method": head.method.as_str(),
        "uri": head.uri.path_and_query().unwrap().as_str(),
        "version": format!("{:?}", head.version),
        "headers": headers,
        "body": String::from_utf8_lossy(&body),
    })
}
