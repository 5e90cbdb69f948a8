//! Lets requests of either protocol meet the faults that are on.
//!
//! A layer by hand, and not a function: while no fault is on, it allocates nothing.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::{Request, Response};
use tokio_util::either::Either;
use tower::{Layer, Service};

use super::Faults;
use crate::failure::Failure;

/// A service behind the faults.
#[derive(Debug)]
pub(crate) struct Faulty<S, Out> {
    faults: Faults,
    refuse: fn(Failure) -> Response<Out>,
    inner: S,
}

// Not derived: that would ask for a body that can be cloned.
impl<S: Clone, Out> Clone for Faulty<S, Out> {
    fn clone(&self) -> Self {
        Self {
            faults: self.faults.clone(),
            refuse: self.refuse,
            inner: self.inner.clone(),
        }
    }
}

impl Faults {
    /// Puts them before a service; `refuse` says in its protocol that one refused the request.
    pub(crate) fn layer<S, Out>(
        self,
        refuse: fn(Failure) -> Response<Out>,
    ) -> impl Layer<S, Service = Faulty<S, Out>> + Clone {
        tower::layer::layer_fn(move |inner| Faulty {
            faults: self.clone(),
            refuse,
            inner,
        })
    }
}

type Befallen<Out> = Pin<Box<dyn Future<Output = Result<Response<Out>, Infallible>> + Send>>;

impl<S, In, Out> Service<Request<In>> for Faulty<S, Out>
where
    S: Service<Request<In>, Response = Response<Out>, Error = Infallible, Future: Send>,
    S: Clone + Send + 'static,
    In: Send + 'static,
    Out: 'static,
{
    type Response = Response<Out>;
    type Error = Infallible;
    type Future = Either<S::Future, Befallen<Out>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<In>) -> Self::Future {
        if !self.faults.are_on() {
            return Either::Left(self.inner.call(request));
        }
        let (faults, refuse) = (self.faults.clone(), self.refuse);
        // The clone stays, because only this one was asked whether it is ready.
        let clone = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, clone);
        Either::Right(Box::pin(async move {
            let path = request.uri().clone();
            match faults.befall(path.path()).await {
                Ok(()) => inner.call(request).await,
                Err(refusal) => Ok(refuse(refusal.into())),
            }
        }))
    }
}
