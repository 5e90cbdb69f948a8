//! Which program this is.

use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use crate::phase::Phase;
use crate::store::DatabaseKind;

pub(super) fn register(registry: &mut Registry, phase: &Phase, database: DatabaseKind) {
    let labels = vec![
        ("version", env!("CARGO_PKG_VERSION").to_owned()),
        ("phase", phase.name.clone()),
        ("database", database.to_string()),
    ];
    registry.register(
        "challenge_build",
        "The version of the service, the phase that is switched on and its database",
        Info::new(labels),
    );
}
