//! What a process says of itself while it runs, to people and to other programs.

mod log;
mod traces;

use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use traces::Traces;
pub use traces::TracesError;
pub(crate) use traces::are_on as traces_are_on;

use crate::settings::{LogFormat, Settings};

/// Logs to stderr from now on: what `RUST_LOG` says, else information and worse.
pub fn log(format: LogFormat) {
    tracing_subscriber::registry()
        .with(log::layer(format))
        .init();
}

/// The log, and the traces where they are wanted. Call it on a runtime.
pub fn start(settings: &Settings) -> Result<Telemetry, TracesError> {
    let traces = match &settings.otlp {
        Some(url) => Some(Traces::start(url.expose(), settings.otlp_sample)?),
        None => None,
    };
    tracing_subscriber::registry()
        .with(log::layer(settings.log_format))
        .with(traces.as_ref().map(Traces::layer))
        .init();
    Ok(Telemetry { traces })
}

/// What is to be ended with the process.
#[derive(Debug)]
pub struct Telemetry {
    traces: Option<Traces>,
}

impl Telemetry {
    /// Sends what was not sent yet.
    pub async fn finish(self) {
        if let Some(traces) = self.traces {
            traces.finish().await;
        }
    }
}
