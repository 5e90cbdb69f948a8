//! Asks the reward platform to grant a reward.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use serde::Serialize;

use crate::catalogue::Reward;
use crate::store::Claim;

/// The platform answers in 50 to 200 ms; whoever waits longer has lost the answer.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Why a reward was not granted, as far as is known.
#[derive(Debug, thiserror::Error)]
pub enum RewardError {
    /// The URL of the platform is none.
    #[error("reward platform: \"{url}\" is no http:// URL")]
    Url {
        /// What was given.
        url: String,
    },
    /// No answer within five seconds.
    #[error("no answer within {} s", TIMEOUT.as_secs())]
    Timeout,
    /// The connection failed.
    #[error("connection failed: {0}")]
    Connection(String),
    /// The platform answered with something else than success.
    #[error("answered {0}")]
    Refused(StatusCode),
}

/// Talks to one reward platform over kept connections.
#[derive(Debug, Clone)]
pub struct RewardClient {
    http: Client<HttpConnector, Full<Bytes>>,
    grants: Uri,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Grant<'a> {
    user_id: &'a str,
    goal_id: &'a str,
    #[serde(flatten)]
    reward: &'a Reward,
}

impl RewardClient {
    /// A client for the platform at this base URL. Connects when first used.
    pub fn new(base: &str) -> Result<Self, RewardError> {
        let wrong = || RewardError::Url {
            url: base.to_owned(),
        };
        let grants: Uri = format!("{}/v1/grants", base.trim_end_matches('/'))
            .parse()
            .map_err(|_| wrong())?;
        if grants.scheme_str() != Some("http") {
            return Err(wrong());
        }
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let http = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .build(connector);
        Ok(Self { http, grants })
    }

    /// Grants a reward. Asked again for the same claim, the platform grants nothing more.
    #[tracing::instrument(level = "debug", name = "reward.grant", skip_all)]
    pub async fn grant(&self, claim: &Claim, reward: &Reward) -> Result<(), RewardError> {
        let grant = Grant {
            user_id: &claim.user_id,
            goal_id: &claim.goal_id,
            reward,
        };
        let body =
            serde_json::to_vec(&grant).map_err(|e| RewardError::Connection(e.to_string()))?;
        let request = Request::builder()
            .method(Method::POST)
            .uri(&self.grants)
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", &claim.key)
            .body(Full::from(body))
            .map_err(|e| RewardError::Connection(e.to_string()))?;
        let answer = async {
            let response = self.http.request(request).await?;
            let status = response.status();
            // Read to the end, else the connection cannot be used again.
            let body = response.into_body().collect().await;
            Ok((status, body))
        };
        let (status, body) = tokio::time::timeout(TIMEOUT, answer)
            .await
            .map_err(|_| RewardError::Timeout)?
            .map_err(|e: hyper_util::client::legacy::Error| {
                RewardError::Connection(e.to_string())
            })?;
        body.map_err(|e| RewardError::Connection(e.to_string()))?;
        if status.is_success() {
            Ok(())
        } else {
            Err(RewardError::Refused(status))
        }
    }
}
