//! The addresses that a run needs.

use super::error::RunError;
use crate::client::await_reachable;
use crate::scenario::{Call, Mistake, Scenario, ScenarioError};

/// Waits until somebody listens at each of them.
pub(super) async fn reach_targets(scenario: &Scenario) -> Result<(), RunError> {
    for (name, address) in targets(scenario).map_err(ScenarioError::of)? {
        await_reachable(name, address).await?;
    }
    Ok(())
}

/// The addresses that the actions need; the error is what the scenario lacks of them. What a function
/// needs only it knows: all that there are.
pub(super) fn targets(scenario: &Scenario) -> Result<Vec<(&str, &str)>, Vec<Mistake>> {
    let uses = |wanted: fn(&Call) -> bool| scenario.actions.iter().find(|a| wanted(&a.call));
    let code = uses(|c| matches!(c, Call::Code { .. })).is_some();
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
    let mut missing = Vec::new();
    for (name, address, first) in targets {
        match (address.as_deref(), first) {
            (Some(address), first) if first.is_some() || code => needed.push((name, address)),
            (None, Some(action)) => missing.push(Mistake::at(
                action.lines.of(name),
                format!(
                    "action {:?}: the scenario has no {name} address",
                    action.name
                ),
                format!("set it in [addresses], or by --address {name}=URL"),
            )),
            _ => {}
        }
    }
    if !missing.is_empty() {
        return Err(missing);
    }
    let of_code = scenario.addresses.of_code.iter();
    // Only a connection tells whether somebody listens.
    let of_code = of_code.filter(|(_, address)| !address.starts_with("udp:"));
    needed.extend(of_code.map(|(name, address)| (name.as_str(), address.as_str())));
    Ok(needed)
}
