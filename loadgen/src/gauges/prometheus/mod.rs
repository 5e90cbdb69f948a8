//! An endpoint of Prometheus metrics, such as the service's own.

mod text;

use bytes::Bytes;
use http::header::ACCEPT;
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use super::reading::Reading;
use crate::client::chain;
use crate::scenario::Wildcard;

const FORMATS: &str = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5";
const LARGEST: usize = 8 << 20;
/// A record is no store of metrics: more than these of one endpoint are too many.
const MOST: usize = 500;

/// An endpoint, and what is wanted of it.
pub(super) struct Endpoint {
    client: Client<HttpConnector, Empty<Bytes>>,
    uri: http::Uri,
    metrics: Vec<Wildcard>,
}

impl Endpoint {
    pub(super) fn new(uri: http::Uri, metrics: Vec<Wildcard>) -> Self {
        Self {
            client: Client::builder(TokioExecutor::new()).build_http(),
            uri,
            metrics,
        }
    }

    /// Reads what is wanted.
    pub(super) async fn read(&self, reading: &mut Reading) -> Result<(), String> {
        let request = http::Request::get(self.uri.clone()).header(ACCEPT, FORMATS);
        let request = request.body(Empty::new()).map_err(|e| e.to_string())?;
        let response = self.client.request(request).await;
        let response = response.map_err(|e| chain(&e))?;
        let status = response.status();
        if !status.is_success() {
            return Err(format!("HTTP {status}"));
        }
        let body = Limited::new(response.into_body(), LARGEST).collect().await;
        let body = body.map_err(|e| e.to_string())?.to_bytes();
        let text = std::str::from_utf8(&body).map_err(|_| "not UTF-8".to_owned())?;
        let wanted = |name: &str| self.metrics.iter().any(|metric| metric.fits(name));
        let samples = text::samples(text, wanted)?;
        let finite = samples.iter().filter(|sample| sample.value.is_finite());
        for sample in finite.clone().take(MOST) {
            reading.add(format!("{}{}", sample.name, sample.labels), sample.value);
        }
        if finite.count() > MOST {
            return Err(format!("more than {MOST} samples fit; the first are kept"));
        }
        if samples.is_empty() {
            return Err("no metric fits".to_owned());
        }
        Ok(())
    }
}
