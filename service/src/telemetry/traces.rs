//! Traces, by OpenTelemetry.
//!
//! The spans are those of `tracing`. While no traces are made, nobody is interested in the detailed
//! ones, and such a span costs its call site a look at a flag.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::registry::LookupSpan;

use crate::share::Share;

const SERVICE: &str = "challenge-service";

/// A collector that answers later has lost the spans.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(5);

/// There is one subscriber in a process.
static ON: AtomicBool = AtomicBool::new(false);

/// Whether traces are made.
pub(crate) fn are_on() -> bool {
    ON.load(Ordering::Relaxed)
}

/// Why there are no traces.
#[derive(Debug, thiserror::Error)]
pub enum TracesError {
    /// The collector has no such address.
    #[error("otlp: the address of a collector begins with http://\nhint: http://127.0.0.1:4317")]
    Url,
    /// The exporter could not be made.
    #[error("otlp: {0}")]
    Exporter(#[from] opentelemetry_otlp::ExporterBuildError),
}

/// The way of spans out of the process.
#[derive(Debug)]
pub(super) struct Traces(SdkTracerProvider);

impl Traces {
    /// Connects when there is something to send.
    pub(super) fn start(url: &str, sample: Share) -> Result<Self, TracesError> {
        if !url.starts_with("http://") {
            return Err(TracesError::Url);
        }
        let exporter = SpanExporter::builder()
            .with_tonic()
            .with_endpoint(url)
            .with_timeout(EXPORT_TIMEOUT)
            .build()?;
        let share = Sampler::TraceIdRatioBased(sample.as_f64());
        let resource = Resource::builder()
            .with_service_name(SERVICE)
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            // Whoever began a trace has decided whether it is made.
            .with_sampler(Sampler::ParentBased(Box::new(share)))
            .with_resource(resource)
            .build();
        ON.store(true, Ordering::Relaxed);
        Ok(Self(provider))
    }

    pub(super) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        // Only our own: those of the exporter's connection would be traced without end.
        let ours = Targets::new().with_target("challenge_service", LevelFilter::DEBUG);
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer(SERVICE))
            .with_location(false)
            .with_threads(false)
            .with_filter(ours)
    }

    pub(super) async fn finish(self) {
        // Off the runtime, which the exporter needs meanwhile.
        let finished =
            tokio::task::spawn_blocking(move || self.0.shutdown_with_timeout(EXPORT_TIMEOUT));
        if let Ok(Err(error)) = finished.await {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}
