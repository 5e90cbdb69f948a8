//! The addresses that a run needs.

use super::error::RunError;
use crate::client::{AddressError, await_reachable};
use crate::scenario::{Call, Scenario};

/// Waits until somebody listens at each of them.
pub(super) async fn reach_targets(scenario: &Scenario) -> Result<(), RunError> {
    for (name, address) in targets(scenario)? {
        await_reachable(name, address).await?;
    }
    Ok(())
}

/// The addresses that the actions need. What a function needs only it knows: all that there are.
pub(super) fn targets(scenario: &Scenario) -> Result<Vec<(&str, &str)>, RunError> {
    let uses = |wanted: fn(&Call) -> bool| scenario.actions.iter().any(|a| wanted(&a.call));
    let code = uses(|c| matches!(c, Call::Code { .. }));
    let targets = [
        (
            "http",
            &scenario.addresses.http,
            uses(|c| matches!(c, Call::Http { .. })),
        ),
        (
            "grpc",
            &scenario.addresses.grpc,
            uses(|c| matches!(c, Call::Grpc { .. })),
        ),
    ];
    let mut needed = Vec::new();
    for (name, address, used) in targets {
        match address.as_deref() {
            Some(address) if used || code => needed.push((name, address)),
            None if used => return Err(AddressError::Missing { name }.into()),
            _ => {}
        }
    }
    let of_code = scenario.addresses.of_code.iter();
    // Only a connection tells whether somebody listens.
    let of_code = of_code.filter(|(_, address)| !address.starts_with("udp:"));
    needed.extend(of_code.map(|(name, address)| (name.as_str(), address.as_str())));
    Ok(needed)
}
