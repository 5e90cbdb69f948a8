//! What is read over HTTP beside the load: profiles and metrics, without TLS.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::client::chain;

/// Who reads, over connections that it keeps.
pub(crate) struct Fetcher(Client<HttpConnector, Empty<Bytes>>);

impl Fetcher {
    pub(crate) fn new() -> Self {
        Self(Client::builder(TokioExecutor::new()).build_http())
    }

    /// The body of the response to `request`, of `most_bytes` at most; the error says in words why
    /// there is none, as where the status is no success.
    pub(crate) async fn body(
        &self,
        request: http::request::Builder,
        most_bytes: usize,
    ) -> Result<Bytes, String> {
        let request = request.body(Empty::new()).map_err(|e| e.to_string())?;
        let response = self.0.request(request).await.map_err(|e| chain(&e))?;
        let status = response.status();
        if !status.is_success() {
            return Err(format!("HTTP {status}"));
        }
        let body = Limited::new(response.into_body(), most_bytes).collect();
        Ok(body.await.map_err(|e| e.to_string())?.to_bytes())
    }
}
