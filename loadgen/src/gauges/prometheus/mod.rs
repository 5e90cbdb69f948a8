//! An endpoint of Prometheus metrics, such as the service's own.

mod text;

use http::header::ACCEPT;

use super::reading::Reading;
use crate::fetch::Fetcher;
use crate::scenario::Wildcard;

const FORMATS: &str = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5";
const MOST_BYTES: usize = 8 << 20;
/// A record is no store of metrics: more than these of one endpoint are too many.
const MOST: usize = 500;

/// An endpoint, and what is wanted of it.
pub(super) struct Endpoint {
    fetcher: Fetcher,
    uri: http::Uri,
    metrics: Vec<Wildcard>,
}

impl Endpoint {
    pub(super) fn new(uri: http::Uri, metrics: Vec<Wildcard>) -> Self {
        Self {
            fetcher: Fetcher::new(),
            uri,
            metrics,
        }
    }

    /// Reads what is wanted.
    pub(super) async fn read(&self, reading: &mut Reading) -> Result<(), String> {
        let request = http::Request::get(self.uri.clone()).header(ACCEPT, FORMATS);
        let body = self.fetcher.body(request, MOST_BYTES).await?;
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
