//! Watches every call.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::{HeaderMap, Request, Response};
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use tonic::{Code, Status};
use tower::{Layer, Service};
use tracing::Instrument as _;

use crate::metrics::Outcome;
use crate::observe::{Observed, Observer};

/// A gRPC service whose calls are watched.
#[derive(Debug, Clone)]
pub(crate) struct Observing<S> {
    inner: S,
    observer: Observer,
}

/// Calls whose answers go on until the caller has enough: counted when they begin, for their end is no
/// failure and how long they were open says nothing of the service.
const LASTING: [&str; 3] = [
    "/grpc.health.v1.Health/Watch",
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
];

/// On a response that no service made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unrouted;

impl Observing<()> {
    /// Watches the calls of the services below it.
    pub(crate) fn layer<S>(observer: Observer) -> impl Layer<S, Service = Observing<S>> + Clone {
        tower::layer::layer_fn(move |inner| Observing {
            inner,
            observer: observer.clone(),
        })
    }
}

impl<S, In, Out> Service<Request<In>> for Observing<S>
where
    S: Service<Request<In>, Response = Response<Out>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response<ObservedBody<Out>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<In>) -> Self::Future {
        let uri = request.uri().clone();
        let mut call = self
            .observer
            .grpc(request.method(), uri.path(), request.headers());
        let answer = self.inner.call(request).instrument(call.span().clone());
        Box::pin(async move {
            let mut response = answer.await?;
            call.label(response.headers_mut());
            let early = code(response.headers());
            // Whoever did not get through to the services may have asked for any path.
            let routed = response.extensions().get::<Unrouted>().is_none();
            if routed && early != Some(Code::Unimplemented) {
                call.answered_grpc(uri.path());
            }
            let lasts = || LASTING.contains(&uri.path()).then_some(Code::Ok);
            let call = match early.or_else(lasts) {
                // No more than headers, which is a failure; or open for who knows how long.
                Some(code) => {
                    call.end(Outcome::Grpc(code));
                    None
                }
                None => Some(call),
            };
            Ok(response.map(|body| ObservedBody { body, call }))
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
    pub(crate) struct ObservedBody<B> {
        #[pin]
        body: B,
        call: Option<Observed>,
    }
}

impl<B: Body> Body for ObservedBody<B> {
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
