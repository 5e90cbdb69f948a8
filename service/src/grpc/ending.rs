//! Streams of callers that end when the server stops.

use std::task::{Context, Poll};

use futures_util::StreamExt as _;
use http::Request;
use http_body_util::{BodyStream, StreamBody};
use tokio_util::sync::CancellationToken;
use tonic::body::Body;
use tonic::server::NamedService;
use tower::Service;

/// A service that waits for its callers to say more: a shutdown would wait with it.
#[derive(Debug, Clone)]
pub(super) struct Ending<S> {
    inner: S,
    stop: CancellationToken,
}

impl<S> Ending<S> {
    pub(super) fn with(stop: &CancellationToken, inner: S) -> Self {
        Self {
            inner,
            stop: stop.clone(),
        }
    }
}

impl<S: NamedService> NamedService for Ending<S> {
    const NAME: &'static str = S::NAME;
}

impl<S: Service<Request<Body>>> Service<Request<Body>> for Ending<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> S::Future {
        let stopped = self.stop.clone().cancelled_owned();
        let ending = |body| BodyStream::new(body).take_until(stopped);
        self.inner
            .call(request.map(|body| Body::new(StreamBody::new(ending(body)))))
    }
}
