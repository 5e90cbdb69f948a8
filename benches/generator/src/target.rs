//! The server under load: the least that an HTTP and a gRPC server can do, and counts.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;

use crate::seen::Seen;

/// Serves HTTP/1.1 and gRPC over h2c on one port, prints the port, and ends with its input.
pub(crate) async fn serve() -> anyhow::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let seen = Arc::new(Seen::new());
    let accept = async {
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let seen = Arc::clone(&seen);
            tokio::spawn(async move {
                let service = service_fn(move |request| answer(request, Arc::clone(&seen)));
                let builder = auto::Builder::new(TokioExecutor::new());
                // A client that hangs up in the middle is a client's matter.
                let _ = builder
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    };
    let mut input = tokio::io::stdin();
    let mut rest = Vec::new();
    tokio::select! {
        result = accept => result,
        _ = input.read_to_end(&mut rest) => Ok(()),
    }
}

type Body = BoxBody<Bytes, Infallible>;

async fn answer(
    request: Request<Incoming>,
    seen: Arc<Seen>,
) -> Result<Response<Body>, hyper::Error> {
    let body = |text: String| Full::new(Bytes::from(text)).boxed();
    match request.uri().path() {
        "/reset" => {
            seen.reset();
            Ok(Response::new(body(String::new())))
        }
        "/seen" => Ok(Response::new(body(match seen.summary() {
            None => String::new(),
            Some(s) => format!("{} {} {}", s.requests, s.rate_per_s, s.dispersion),
        }))),
        "/" => {
            seen.count();
            Ok(Response::new(
                Full::new(Bytes::from_static(b"{\"ok\":true}")).boxed(),
            ))
        }
        _ => {
            seen.count();
            request.into_body().collect().await?;
            Ok(grpc_ok())
        }
    }
}

/// An empty message and the status OK.
fn grpc_ok() -> Response<Body> {
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static("0"));
    let message = Full::new(Bytes::from_static(&[0; 5]));
    let body = message.with_trailers(std::future::ready(Some(Ok(trailers))));
    let mut response = Response::new(body.boxed());
    response.headers_mut().insert(
        http::header::CONTENT_TYPE,
        HeaderValue::from_static("application/grpc"),
    );
    response
}
