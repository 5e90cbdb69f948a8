//! Serving, as `challenge-service` and `brunt serve` do it.

use crate::service::{Service, ServiceError};
use crate::settings::Settings;
pub use crate::settings::{Role, ServeArgs};

/// Serves until `shutdown` completes, then finishes what was accepted.
pub async fn run(
    settings: Settings,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServiceError> {
    Service::bind(settings).await?.run(shutdown).await
}
