//! Ctrl-c and SIGTERM end a run in order; a second one ends it at once.

use anyhow::Context as _;
use tokio_util::sync::CancellationToken;

/// A token that the first signal cancels.
///
/// Goose installs a handler of its own where there is none, and would exit the process on the
/// second signal: this one must come first.
pub(crate) fn on_signal() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let cancel = stop.clone();
    ctrlc::set_handler(move || {
        if cancel.is_cancelled() {
            crate::progress::restore_terminal();
            // Every second but the current one is in the record already.
            std::process::exit(130);
        }
        cancel.cancel();
    })
    .context("cannot listen for ctrl-c")?;
    Ok(stop)
}
