//! Counts and times every call.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::{HeaderMap, Request, Response};
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use tonic::{Code, Status};
use tower::{Layer, Service};

use crate::metrics::{InProgress, Metrics, Outcome};

/// A gRPC service whose calls are counted.
#[derive(Debug, Clone)]
pub(crate) struct Metered<S> {
    inner: S,
    metrics: Metrics,
}

impl Metered<()> {
    /// Counts the calls of the services below it.
    pub(crate) fn layer<S>(metrics: Metrics) -> impl Layer<S, Service = Metered<S>> + Clone {
        tower::layer::layer_fn(move |inner| Metered {
            inner,
            metrics: metrics.clone(),
        })
    }
}

impl<S, In, Out> Service<Request<In>> for Metered<S>
where
    S: Service<Request<In>, Response = Response<Out>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response<MeteredBody<Out>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<In>) -> Self::Future {
        let mut call = self.metrics.requests().begin_grpc(request.uri().path());
        let path = request.uri().clone();
        let metrics = self.metrics.clone();
        let answer = self.inner.call(request);
        Box::pin(async move {
            let response = answer.await?;
            let early = code(response.headers());
            if early != Some(Code::Unimplemented) {
                metrics.requests().answered_grpc(&mut call, path.path());
            }
            let call = match early {
                // No more than headers: a failure.
                Some(code) => {
                    call.end(Outcome::Grpc(code));
                    None
                }
                None => Some(call),
            };
            Ok(response.map(|body| MeteredBody { body, call }))
        })
    }
}

fn code(headers: &HeaderMap) -> Option<Code> {
    // The whole status would be decoded, message and all.
    let code = headers.get(Status::GRPC_STATUS)?;
    Some(Code::from_bytes(code.as_bytes()))
}

pin_project! {
    /// A response whose trailers say what became of the call.
    pub(crate) struct MeteredBody<B> {
        #[pin]
        body: B,
        call: Option<InProgress>,
    }
}

impl<B: Body> Body for MeteredBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let this = self.project();
        let frame = ready!(this.body.poll_frame(cx));
        if let Some(Ok(frame)) = &frame
            && let Some(trailers) = frame.trailers_ref()
            && let Some(call) = this.call.take()
        {
            call.end(Outcome::Grpc(code(trailers).unwrap_or(Code::Unknown)));
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
