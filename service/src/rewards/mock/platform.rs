//! What players' rewards go through: `POST /v1/grants`.

use std::hash::{DefaultHasher, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::behaviour::{Behaviour, Fate};
use super::ledger::{Asked, Entry, Ledger};
use crate::chance::Chance;

/// A request that hangs is let go after this long, or when its caller gives up.
const HANG: Duration = Duration::from_mins(5);

/// The platform behind both of its addresses.
#[derive(Debug, Clone)]
pub(super) struct Platform(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    chance: Chance,
    state: Mutex<PlatformState>,
    /// Ends what hangs, so that the mock can stop.
    stop: CancellationToken,
}

#[derive(Debug)]
pub(super) struct PlatformState {
    pub(super) behaviour: Behaviour,
    pub(super) ledger: Ledger,
}

impl Platform {
    pub(super) fn new(
        behaviour: Behaviour,
        ledger: Ledger,
        seed: u64,
        stop: CancellationToken,
    ) -> Self {
        Self(Arc::new(Inner {
            chance: Chance::new(seed),
            state: Mutex::new(PlatformState { behaviour, ledger }),
            stop,
        }))
    }

    pub(super) fn state(&self) -> MutexGuard<'_, PlatformState> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn router(self) -> Router {
        Router::new()
            .route("/v1/grants", post(grant))
            .route("/healthz", get(async || "ok"))
            .with_state(self)
    }

    /// Enters the request as it arrives: a caller that gives up before the answer has its grant.
    fn decide(&self, key: Option<&str>, body: &[u8], asked: Asked) -> (Duration, Outcome) {
        let mut rng = self.0.chance.next();
        let mut state = self.state();
        let (wait, fate) = state.behaviour.fate(&mut rng);
        let ledger = &mut state.ledger;
        ledger.totals.attempts += 1;
        if let Fate::Refused(status) = fate {
            ledger.totals.failures += 1;
            return (wait, Outcome::Refused(status));
        }
        let mut hash = DefaultHasher::new();
        hash.write(body);
        let entry = ledger.enter(key, hash.finish(), asked);
        if fate == Fate::Unheard {
            ledger.totals.hangs += 1;
            return (wait, Outcome::Unheard);
        }
        (wait, Outcome::Entered(entry))
    }
}

enum Outcome {
    Entered(Entry),
    Refused(StatusCode),
    Unheard,
}

async fn grant(State(platform): State<Platform>, headers: HeaderMap, body: Bytes) -> Response {
    let asked: Asked = match serde_json::from_slice(&body) {
        Ok(asked) => asked,
        Err(error) => return refusal(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    let key = headers
        .get("idempotency-key")
        .and_then(|key| key.to_str().ok());
    let (wait, outcome) = platform.decide(key, &body, asked);
    tokio::time::sleep(wait).await;
    match outcome {
        Outcome::Entered(Entry::Granted(number)) => granted(StatusCode::CREATED, number),
        Outcome::Entered(Entry::Repeated(number)) => granted(StatusCode::OK, number),
        Outcome::Entered(Entry::KeyReused) => refusal(
            StatusCode::UNPROCESSABLE_ENTITY,
            "this idempotency key was used for another grant",
        ),
        Outcome::Refused(status) => refusal(status, "refused on purpose"),
        Outcome::Unheard => {
            tokio::select! {
                () = tokio::time::sleep(HANG) => {}
                () = platform.0.stop.cancelled() => {}
            }
            refusal(StatusCode::GATEWAY_TIMEOUT, "hung on purpose")
        }
    }
}

fn granted(status: StatusCode, number: u64) -> Response {
    let answer = json!({ "grantId": format!("grant-{number}"), "status": "granted" });
    (status, Json(answer)).into_response()
}

fn refusal(status: StatusCode, error: &str) -> Response {
    (status, Json(json!({ "error": error }))).into_response()
}
