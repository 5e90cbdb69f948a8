//! Goose as it comes: its users, its request path, its metrics.

use std::net::SocketAddr;

use goose::config::GooseConfiguration;
use goose::goose::{GooseUser, Scenario, Transaction, TransactionResult};
use goose::{GooseAttack, scenario, transaction};

async fn get(user: &mut GooseUser) -> TransactionResult {
    let response = user.get("").await?.response;
    if let Ok(response) = response {
        // Other tools read the whole body too.
        let _ = response.bytes().await;
    }
    Ok(())
}

/// `users` users in a closed loop for so many `seconds`.
pub(crate) async fn attack(address: SocketAddr, users: usize, seconds: u64) -> anyhow::Result<()> {
    let host = format!("http://{address}/");
    let (users, seconds) = (users.to_string(), seconds.to_string());
    let configuration = GooseConfiguration::parse_args_default(&[
        "--host",
        &host,
        "--users",
        &users,
        "--increase-rate",
        "1000",
        "--run-time",
        &seconds,
        "--no-print-metrics",
        "--no-telnet",
        "--quiet",
        "--quiet",
    ])?;
    let attack = GooseAttack::initialize_with_config(configuration)?
        .register_scenario(scenario!("get").register_transaction(transaction!(get)));
    Box::pin(attack.execute()).await?;
    Ok(())
}
