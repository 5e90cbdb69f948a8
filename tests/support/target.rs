//! A small service to put under load: HTTP/1.1 and gRPC on one port.

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;

/// Answers until the test ends.
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    /// HTTP requests to paths that do not begin with `/fail`, which get a 500.
    pub(crate) http: Arc<AtomicU64>,
    pub(crate) grpc: Arc<AtomicU64>,
    _runtime: tokio::runtime::Runtime,
}

impl Target {
    pub(crate) fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let (http, grpc) = (Arc::default(), Arc::default());
        runtime.spawn(serve(listener, Arc::clone(&http), Arc::clone(&grpc)));
        Self {
            address,
            http,
            grpc,
            _runtime: runtime,
        }
    }
}

async fn serve(listener: TcpListener, http: Arc<AtomicU64>, grpc: Arc<AtomicU64>) {
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (http, grpc) = (Arc::clone(&http), Arc::clone(&grpc));
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let (http, grpc) = (Arc::clone(&http), Arc::clone(&grpc));
                async move { Ok::<_, Infallible>(answer(request, &http, &grpc).await) }
            });
            let server = auto::Builder::new(TokioExecutor::new());
            // A client that goes away is none of our business.
            let _ = server.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

type Body = http_body_util::combinators::BoxBody<Bytes, Infallible>;

async fn answer(request: Request<Incoming>, http: &AtomicU64, grpc: &AtomicU64) -> Response<Body> {
    let kind = request.headers().get(CONTENT_TYPE);
    let is_grpc = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc"));
    let fails = request.uri().path().starts_with("/fail");
    request.into_body().collect().await.ok();
    if !is_grpc {
        let mut response = Response::new(Full::default().boxed());
        if fails {
            *response.status_mut() = hyper::StatusCode::INTERNAL_SERVER_ERROR;
        } else {
            http.fetch_add(1, Ordering::SeqCst);
        }
        return response;
    }
    grpc.fetch_add(1, Ordering::SeqCst);
    // An empty message, not compressed; its status comes in the trailers.
    let message = Full::new(Bytes::from_static(&[0; 5]));
    let trailers = async {
        let ok = HeaderValue::from_static("0");
        Some(Ok(HeaderMap::from_iter([(
            hyper::header::HeaderName::from_static("grpc-status"),
            ok,
        )])))
    };
    let mut response = Response::new(message.with_trailers(trailers).boxed());
    let kind = HeaderValue::from_static("application/grpc");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}
