//! Serving, as `challenge-service` and `brunt serve` do it.

use std::pin::pin;

use crate::service::{Service, ServiceError};
pub use crate::settings::ServeArgs;
use crate::settings::Settings;
use crate::stop_signal::stop_signal;

/// Serves until `shutdown` completes, then finishes what was accepted. A signal to stop that comes
/// after that ends it at once.
pub async fn run(
    settings: Settings,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServiceError> {
    let mut shutdown = pin!(shutdown);
    let service = tokio::select! {
        service = Service::bind(settings) => service?,
        // A database that does not answer is waited for; nothing was accepted yet.
        () = &mut shutdown => return Ok(()),
    };
    // Called once it is awaited: the signal that completed `shutdown` is not meant.
    let give_up = async { stop_signal().await };
    service.run_until(shutdown, give_up).await
}
