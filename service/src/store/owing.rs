//! What the store does for rewards that are owed.

use super::{Claim, DeadDelivery, Delivery, OutboxGauge, Retry, Store, StoreError, dispatch};
use crate::instant::Instant;
use crate::progress::Progress;
use tracing::Instrument as _;

impl Store {
    /// Moves a completed row to `claimed` and notes the reward as owed, both or neither; none if it
    /// was not completed.
    ///
    /// The claim's key becomes the idempotency key unless an earlier attempt left one. `request` is
    /// what the reward platform will be sent.
    pub async fn claim_owing(
        &self,
        claim: &Claim,
        request: &str,
        now: Instant,
    ) -> Result<Option<Progress>, StoreError> {
        dispatch!(self, s => s.claim_owing(claim, request, now).await)
    }

    /// Takes up to `limit` of the deliveries that are due, the oldest first. Until that instant they
    /// are nobody else's.
    pub async fn lease_deliveries(
        &self,
        now: Instant,
        until: Instant,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        dispatch!(self, s => s.lease_deliveries(now, until, limit).await)
    }

    /// Notes that the reward of this key was granted. Returns whether it was still owed.
    ///
    /// Whose lease it was does not matter: what is granted is granted.
    pub async fn finish_delivery(&self, key: &str, now: Instant) -> Result<bool, StoreError> {
        dispatch!(self, s => s.finish_delivery(key, now).await)
    }

    /// Notes that an attempt failed. Returns false, and changes nothing, if another lease followed.
    pub async fn fail_delivery(
        &self,
        delivery: &Delivery,
        retry: Retry,
        error: &str,
    ) -> Result<bool, StoreError> {
        dispatch!(self, s => s.fail_delivery(delivery, retry, error).await)
    }

    /// Makes deliveries that were given up due again. Returns how many.
    pub async fn revive_deliveries(&self, now: Instant) -> Result<u64, StoreError> {
        dispatch!(self, s => s.revive_deliveries(now).await)
    }

    /// Up to `limit` deliveries that were given up, the oldest first.
    pub async fn dead_deliveries(&self, limit: u32) -> Result<Vec<DeadDelivery>, StoreError> {
        dispatch!(self, s => s.dead_deliveries(limit).await)
    }

    /// How much is owed, now.
    pub async fn outbox_gauge(&self) -> Result<OutboxGauge, StoreError> {
        dispatch!(self, s => s.outbox_gauge().await)
    }
}
