//! The work of a function, whose panics stay its own.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use super::actions::Work;
use crate::client::Failure;

/// Ends with a failure where the function panics, and with nothing where that panics as it is dropped:
/// a panic that went on would take the arrival, and what is queued behind it, out of the books.
pub(super) struct Contained(Option<Work>);

impl Contained {
    /// The work that `begin` begins.
    pub(super) fn new(begin: impl FnOnce() -> Work) -> Result<Self, Failure> {
        // What a panic leaves half done is the function's own.
        let work = catch_unwind(AssertUnwindSafe(begin));
        work.map(|work| Self(Some(work)))
            .map_err(|panic| failure(&*panic))
    }
}

impl Future for Contained {
    type Output = Result<(), Failure>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(work) = &mut self.0 else {
            return Poll::Pending;
        };
        let polled = catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx)));
        polled.unwrap_or_else(|panic| Poll::Ready(Err(failure(&*panic))))
    }
}

impl Drop for Contained {
    fn drop(&mut self) {
        let work = self.0.take();
        let _ = catch_unwind(AssertUnwindSafe(|| drop(work)));
    }
}

fn failure(panic: &(dyn Any + Send)) -> Failure {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let text = text.unwrap_or("it does not say why");
    Failure::new("panic", format!("the function panicked: {text}"))
}
