//! Why a run could not be carried out.

use brunt_record::RecordError;

use crate::client::{ActionsError, AddressError, LoginError, ProtoError};
use crate::scenario::ScenarioError;

/// A run could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The functions of the program are not those that the scenario wants.
    #[error(transparent)]
    Actions(#[from] ActionsError),
    /// The scenario has mistakes that only show where it is to be run.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// A target cannot be reached.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// gRPC calls cannot be prepared.
    #[error(transparent)]
    Proto(#[from] ProtoError),
    /// Nobody could log in.
    #[error(transparent)]
    Login(#[from] LoginError),
    /// The record cannot be written.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The arrivals to be replayed cannot be copied into the record.
    #[error("replay: {0}")]
    Replay(std::io::Error),
    /// Goose refused the attack.
    #[error("goose: {0}")]
    Goose(String),
    /// A thread could not be started.
    #[error("cannot start a thread: {0}")]
    Thread(std::io::Error),
}
