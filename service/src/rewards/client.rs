//! Asks the reward platform to grant a reward.
//!
//! Every request carries an idempotency key, so that it is safe to ask again whenever no answer was
//! heard: the platform grants once.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use prometheus_client::metrics::gauge::Gauge;
use serde::Serialize;
use tokio::sync::Semaphore;

use super::limits::{ATTEMPTS, BACKOFF, RewardLimits};
use crate::catalogue::Reward;
use crate::contention;
use crate::metrics::RewardMetrics;
use crate::store::Claim;

/// Why a reward was not granted, as far as is known.
#[derive(Debug, thiserror::Error)]
pub enum RewardError {
    /// The URL of the platform is none. It may hold a password and is not repeated.
    #[error("reward_url is no http:// URL\nhint: http://127.0.0.1:8003")]
    Url,
    /// No answer in time.
    #[error("no answer within {0:?}")]
    Timeout(Duration),
    /// The connection failed.
    #[error("connection failed: {0}")]
    Connection(String),
    /// The platform answered with something else than success.
    #[error("answered {0}")]
    Refused(StatusCode),
}

impl RewardError {
    /// Whether asking again, with the same key, may end otherwise.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Timeout(_) | Self::Connection(_) => true,
            Self::Refused(status) => {
                status.is_server_error()
                    || *status == StatusCode::TOO_MANY_REQUESTS
                    || *status == StatusCode::REQUEST_TIMEOUT
            }
            Self::Url => false,
        }
    }
}

/// Talks to one reward platform over kept connections; cheap to clone.
#[derive(Debug, Clone)]
pub struct RewardClient {
    http: Client<HttpConnector, Full<Bytes>>,
    grants: Uri,
    limits: RewardLimits,
    places: Arc<Semaphore>,
    metrics: RewardMetrics,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Grant<'a> {
    user_id: &'a str,
    goal_id: &'a str,
    #[serde(flatten)]
    reward: &'a Reward,
}

/// What the platform is sent to grant a reward, as JSON.
pub fn grant_body(user: &str, goal: &str, reward: &Reward) -> Result<String, RewardError> {
    let grant = Grant {
        user_id: user,
        goal_id: goal,
        reward,
    };
    serde_json::to_string(&grant).map_err(|error| RewardError::Connection(error.to_string()))
}

impl RewardClient {
    /// A client for the platform at this base URL. Connects when first used.
    pub fn new(base: &str, limits: RewardLimits) -> Result<Self, RewardError> {
        let grants: Uri = format!("{}/v1/grants", base.trim_end_matches('/'))
            .parse()
            .map_err(|_| RewardError::Url)?;
        if grants.scheme_str() != Some("http") {
            return Err(RewardError::Url);
        }
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let http = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .build(connector);
        Ok(Self {
            http,
            grants,
            limits,
            places: Arc::new(Semaphore::new(limits.reward_concurrency as usize)),
            metrics: RewardMetrics::default(),
        })
    }

    /// How long and how often the platform is asked.
    pub fn limits(&self) -> &RewardLimits {
        &self.limits
    }

    /// Counts its calls there.
    #[must_use]
    pub fn metered(mut self, metrics: RewardMetrics) -> Self {
        self.metrics = metrics;
        self
    }

    /// What is counted of its calls.
    pub fn metrics(&self) -> &RewardMetrics {
        &self.metrics
    }

    /// Grants a reward, in a few attempts. Asked again for the same claim, the platform grants
    /// nothing more.
    #[tracing::instrument(level = "debug", name = "reward.grant", skip_all)]
    pub async fn grant(&self, claim: &Claim, reward: &Reward) -> Result<(), RewardError> {
        let body = Bytes::from(grant_body(&claim.user_id, &claim.goal_id, reward)?);
        let mut attempt = 1;
        loop {
            match self.ask(&claim.key, body.clone()).await {
                Err(error) if error.is_transient() && attempt < ATTEMPTS => {
                    tracing::debug!(%error, attempt, "a grant is asked for again");
                    tokio::time::sleep(BACKOFF.after(attempt, fastrand::f64())).await;
                    attempt += 1;
                }
                outcome => return outcome,
            }
        }
    }

    /// Asks once, with the body of [`grant_body`]. The wait for a place in line counts as well.
    pub async fn ask(&self, key: &str, body: Bytes) -> Result<(), RewardError> {
        let limit = self.limits.reward_timeout;
        let outcome = tokio::time::timeout(limit, self.exchange(key, body))
            .await
            .unwrap_or(Err(RewardError::Timeout(limit)));
        self.count(&outcome);
        outcome
    }

    fn count(&self, outcome: &Result<(), RewardError>) {
        let counter = match outcome {
            Ok(()) => &self.metrics.granted,
            Err(RewardError::Timeout(_)) => &self.metrics.timeout,
            Err(RewardError::Connection(_) | RewardError::Url) => &self.metrics.connection,
            Err(RewardError::Refused(_)) => &self.metrics.refused,
        };
        counter.inc();
    }

    async fn exchange(&self, key: &str, body: Bytes) -> Result<(), RewardError> {
        let failed = |error: &dyn std::error::Error| RewardError::Connection(error.to_string());
        let place = contention::waiting("a place at the reward platform", self.places.acquire());
        let _place = place.await.map_err(|e| failed(&e))?;
        let _call = InFlight::on(&self.metrics.in_flight);
        let request = Request::builder()
            .method(Method::POST)
            .uri(&self.grants)
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", key)
            .body(Full::from(body))
            .map_err(|e| failed(&e))?;
        let response = self.http.request(request).await.map_err(|e| failed(&e))?;
        let status = response.status();
        // Read to the end, else the connection cannot be used again.
        let body = response.into_body().collect().await;
        body.map_err(|e| failed(&e))?;
        if status.is_success() {
            Ok(())
        } else {
            Err(RewardError::Refused(status))
        }
    }
}

/// Counts as in flight until it is dropped, by a time-out too.
struct InFlight<'a>(&'a Gauge);

impl<'a> InFlight<'a> {
    fn on(gauge: &'a Gauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}
