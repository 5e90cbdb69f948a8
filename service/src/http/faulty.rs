//! Lets requests meet the faults that are on.
//!
//! A layer by hand, and not a function: while no fault is on, it allocates nothing.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use tokio_util::either::Either;
use tower::{Layer, Service};

use super::problem::Problem;
use crate::faults::{Faults, Refusal};

/// Puts the faults before a service.
#[derive(Debug, Clone)]
pub(super) struct Faulty(pub(super) Faults);

/// A service behind the faults.
#[derive(Debug, Clone)]
pub(super) struct FaultyService<S> {
    faults: Faults,
    inner: S,
}

impl<S> Layer<S> for Faulty {
    type Service = FaultyService<S>;

    fn layer(&self, inner: S) -> FaultyService<S> {
        FaultyService {
            faults: self.0.clone(),
            inner,
        }
    }
}

type Befallen = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

impl<S> Service<Request> for FaultyService<S>
where
    S: Service<Request, Response = Response, Error = Infallible, Future: Send>,
    S: Clone + Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Either<S::Future, Befallen>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        if !self.faults.are_on() {
            return Either::Left(self.inner.call(request));
        }
        let faults = self.faults.clone();
        // The clone stays, because only this one was asked whether it is ready.
        let clone = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, clone);
        Either::Right(Box::pin(async move {
            match faults.befall(request.uri().path()).await {
                Ok(()) => inner.call(request).await,
                Err(refusal) => Ok(Problem::from(refusal).into_response()),
            }
        }))
    }
}

impl From<Refusal> for Problem {
    fn from(Refusal(status): Refusal) -> Self {
        Self::new(
            status,
            "injected_fault",
            "A fault was injected",
            "the operator of the service has switched this on",
        )
    }
}
