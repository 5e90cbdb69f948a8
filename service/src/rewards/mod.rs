//! The reward platform: the client that the service uses, and a mock to stand in for it.

mod backoff;
mod client;
mod limits;
mod mock;

pub(crate) use backoff::Backoff;
pub use client::{RewardClient, RewardError, grant_body};
pub use limits::RewardLimits;
pub use mock::{Behaviour, Mock, MockArgs, MockError, run};
