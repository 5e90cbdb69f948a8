//! Goose: it owns the users and their life. The only module that names its types.
//!
//! One attack a run, one scenario and one user a stream. A user runs its transaction once, which
//! is to work through the stream; when all have, the attack ends by itself.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use goose::config::GooseConfiguration;
use goose::goose::{GooseUser, Scenario, Transaction, TransactionFunction, TransactionResult};
use goose::{GooseAttack, GooseError};

/// What one goose user does: its name in the attack, and its work.
pub(super) struct UserWork {
    pub(super) name: String,
    pub(super) work: Pin<Box<dyn Future<Output = ()> + Send>>,
}

/// Runs one user for each of `users` until all are done. `host` is for goose's own books.
pub(super) async fn attack(host: &str, users: Vec<UserWork>) -> Result<(), String> {
    let mut attack = GooseAttack::initialize_with_config(
        configuration(host, users.len()).map_err(|e| e.to_string())?,
    )
    .map_err(|e| e.to_string())?;
    for user in users {
        let transaction = Transaction::new(once(user.work)).set_name(&user.name);
        attack =
            attack.register_scenario(Scenario::new(&user.name).register_transaction(transaction));
    }
    let metrics = Box::pin(attack.execute()).await;
    metrics.map(|_| ()).map_err(|e| e.to_string())
}

/// Goose without its own throttle, metrics, reports and listeners.
fn configuration(host: &str, users: usize) -> Result<GooseConfiguration, GooseError> {
    let users = users.to_string();
    GooseConfiguration::parse_args_default(&[
        "--host",
        host,
        "--users",
        &users,
        "--increase-rate",
        "1000",
        "--iterations",
        "1",
        "--no-metrics",
        "--no-print-metrics",
        "--no-telnet",
        "--quiet",
        "--quiet",
    ])
}

/// A transaction function that does `work` when it is first called.
fn once(work: Pin<Box<dyn Future<Output = ()> + Send>>) -> TransactionFunction {
    let work = Arc::new(Mutex::new(Some(work)));
    Arc::new(move |_: &mut GooseUser| {
        let work = work.lock().unwrap_or_else(PoisonError::into_inner).take();
        Box::pin(async move {
            if let Some(work) = work {
                work.await;
            }
            TransactionResult::Ok(())
        })
    })
}
