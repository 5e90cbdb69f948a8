//! The bound on requests in progress: work that would only wait is turned away at once.
//!
//! Players and events count together, over both protocols; health and metrics do not.

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::failure::{Code, Failure};
use crate::keys::Bound;

/// How many requests may be in progress.
#[derive(Debug)]
pub struct Admission(Option<Semaphore>);

/// One request in progress, until it is dropped.
#[derive(Debug)]
pub struct Place<'a>(
    #[expect(dead_code, reason = "its drop is what matters")] Option<SemaphorePermit<'a>>,
);

impl Admission {
    /// As many as the switch says.
    pub fn new(bound: Bound) -> Self {
        Self(match bound {
            Bound::Off => None,
            Bound::At(places) => Some(Semaphore::new(places.get() as usize)),
        })
    }

    /// Whether there is a bound.
    pub fn is_bounded(&self) -> bool {
        self.0.is_some()
    }

    /// A place for one request, or at once the failure that says to come back later.
    pub fn enter(&self) -> Result<Place<'_>, Failure> {
        let Some(places) = &self.0 else {
            return Ok(Place(None));
        };
        match places.try_acquire() {
            Ok(place) => Ok(Place(Some(place))),
            Err(_) => Err(Failure::new(
                Code::Overloaded,
                "as many requests are in progress as are admitted; ask again later",
            )),
        }
    }
}
