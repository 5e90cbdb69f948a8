//! The reward platform: the client that the service uses, and a mock to stand in for it.

mod client;
mod mock;

pub use client::{RewardClient, RewardError};
pub use mock::{Mock, MockArgs, MockError, run};
