//! The runtime of the programs.

use tokio::runtime::{Builder, Runtime};

/// As many threads as there are cores; where tokio is built with `--cfg tokio_unstable`, it counts how
/// long polls take.
pub fn new() -> std::io::Result<Runtime> {
    let mut builder = Builder::new_multi_thread();
    builder.enable_all();
    #[cfg(tokio_unstable)]
    builder.enable_metrics_poll_time_histogram();
    builder.build()
}
