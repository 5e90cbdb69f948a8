//! Logging in before the stages: what later requests need of it.

use std::sync::{Arc, OnceLock};

use tokio::task::JoinSet;

use super::Clients;
use super::caller::Caller;
use super::carried::Carried;
use super::common::Common;
use super::failure::Failure;
use super::proto::ProtoError;
use crate::scenario::Scenario;

/// How many log in at once.
const AT_ONCE: usize = 32;

/// What the login gave: to each user, or to all of them together.
#[derive(Default)]
pub(super) struct Logins(OnceLock<Vec<Carried>>);

impl Logins {
    /// What the login gave to the user of this number.
    pub(super) fn of(&self, user: u64) -> Option<&Carried> {
        let given = self.0.get()?;
        match given.as_slice() {
            [all] => Some(all),
            each => each.get(user as usize),
        }
    }
}

/// Nobody could log in, so that the run cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// The request of the login cannot be prepared.
    #[error(transparent)]
    Proto(#[from] ProtoError),
    /// A login failed.
    #[error(
        "login: action {action:?} failed for user {user}: {kind}: {message}\nhint: nothing was put under load; the login runs before the stages"
    )]
    Failed {
        /// Slug of the action.
        action: String,
        /// Number of the user, from 0.
        user: u64,
        /// Slug of the failure.
        kind: String,
        /// What happened, without secrets.
        message: String,
    },
}

/// Logs in as the scenario wants it, if it does; the callers of `common` have what that gave.
pub(crate) async fn log_in(
    scenario: &Scenario,
    common: &Arc<Common>,
    clients: Clients,
) -> Result<(), LoginError> {
    let Some(login) = &scenario.login else {
        return Ok(());
    };
    let count = match (&scenario.users, login.each_user) {
        (Some(users), true) => users.count,
        _ => 1,
    };
    let caller = Arc::new(Caller::new(scenario, login.action, common)?);
    let clients = Arc::new(clients);
    let mut given: Vec<Carried> = (0..count).map(|_| Carried::default()).collect();
    let mut running = JoinSet::new();
    let mut users = 0..count;
    loop {
        while running.len() < AT_ONCE
            && let Some(user) = users.next()
        {
            let (caller, clients) = (Arc::clone(&caller), Arc::clone(&clients));
            running.spawn(async move { (user, one(&caller, &clients, user).await) });
        }
        let Some(ended) = running.join_next().await else {
            break;
        };
        let (user, result) = ended.unwrap_or_else(|e| std::panic::resume_unwind(e.into_panic()));
        given[user as usize] = result.map_err(|failure| LoginError::Failed {
            action: scenario.actions[login.action].name.clone(),
            user,
            kind: failure.kind.into_owned(),
            message: failure.message,
        })?;
    }
    // Only this function sets it, once in a run.
    let _ = common.logins.0.set(given);
    Ok(())
}

async fn one(caller: &Caller, clients: &Arc<Clients>, user: u64) -> Result<Carried, Failure> {
    let mut carried = Carried::default();
    let prepared = caller.prepare(user, &carried)?;
    let response = clients.send(prepared, caller.timeout()).await?;
    caller.judge(&response, &mut carried)?;
    Ok(carried)
}
