//! Rewards that are owed, for whoever has to look after those that were given up.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use crate::app::Live;
use crate::http::Problem;
use crate::instant::Instant;
use crate::operations::OperationError;
use crate::store::DeadDelivery;

/// Given-up rewards that are shown.
const SHOWN: u32 = 100;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OutboxView {
    pending: u64,
    dead: u64,
    /// Since when the oldest pending one is owed; absent if there is none.
    oldest: Option<Instant>,
    /// The first hundred that were given up.
    given_up: Vec<DeadDelivery>,
}

#[derive(Serialize)]
pub(super) struct Revived {
    revived: u64,
}

pub(super) async fn show(State(app): State<Live>) -> Result<Json<OutboxView>, Problem> {
    let gauge = app.store.outbox_gauge().await.map_err(failed)?;
    let given_up = app.store.dead_deliveries(SHOWN).await.map_err(failed)?;
    Ok(Json(OutboxView {
        pending: gauge.pending,
        dead: gauge.dead,
        oldest: gauge.oldest,
        given_up,
    }))
}

/// Tries once more what was given up.
pub(super) async fn retry(State(app): State<Live>) -> Result<Json<Revived>, Problem> {
    let revived = app.store.revive_deliveries(Instant::now()).await;
    app.outbox.wake();
    Ok(Json(Revived {
        revived: revived.map_err(failed)?,
    }))
}

fn failed(error: crate::store::StoreError) -> Problem {
    OperationError::from(error).into()
}
