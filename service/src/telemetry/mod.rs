//! What a process says of itself while it runs, to people and to other programs.

mod log;

use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::settings::LogFormat;

/// Logs to stderr from now on: what `RUST_LOG` says, else information and worse.
pub fn init(format: LogFormat) {
    tracing_subscriber::registry()
        .with(log::layer(format))
        .init();
}
