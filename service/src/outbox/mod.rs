//! Rewards that are owed: granted in the background, whatever crashes meanwhile.
//!
//! A claim writes `claimed` and a row of `reward_outbox` in one transaction, and is done. A
//! [worker](work_until) takes rows under a lease, asks the reward platform with no connection to the
//! database held, and deletes the row once the reward is granted. A worker that dies leaves a lease
//! behind, which runs out: somebody else asks again with the same idempotency key, so that the
//! platform grants once. What fails comes back after a pause that doubles; what failed too often, or
//! cannot succeed, is set aside for an operator.

mod worker;

use std::sync::Arc;

use tokio::sync::Notify;
pub use worker::work_until;

/// Ties those who owe rewards to the worker of this process; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Outbox {
    owed: Arc<Notify>,
}

impl Outbox {
    /// Tells the worker of this process that something is due.
    pub fn wake(&self) {
        self.owed.notify_one();
    }
}
