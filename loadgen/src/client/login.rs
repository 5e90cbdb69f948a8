//! Logging in before the stages: what later requests need of it.

use std::sync::{Arc, OnceLock};

use tokio::task::JoinSet;

use super::Clients;
use super::caller::Caller;
use super::carried::Carried;
use super::common::Common;
use super::failure::Failure;
use crate::scenario::{Scenario, ScenarioError};

/// How many log in at once.
const AT_ONCE: usize = 32;

/// What the login gave.
#[derive(Default)]
pub(super) struct Logins(OnceLock<Given>);

enum Given {
    ToAll(Carried),
    /// To the users from this number on.
    ToEach(u64, Vec<Carried>),
}

impl Logins {
    /// What the login gave to the user of this number.
    pub(super) fn of(&self, user: u64) -> Option<&Carried> {
        match self.0.get()? {
            Given::ToAll(given) => Some(given),
            Given::ToEach(first, given) => given.get(user.checked_sub(*first)? as usize),
        }
    }
}

/// Nobody could log in, so that the run cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// The request of the login can never be sent.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// A login failed.
    #[error(
        "login: action {action:?} failed for user {user}: {kind}: {message}\nhint: nothing was put under load; the login runs before the stages"
    )]
    Failed {
        /// Slug of the action.
        action: String,
        /// Number of the user.
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
    // A run after others has users of its own.
    let first = scenario.first_ordinal;
    let caller = Caller::new(scenario, login.action, common).map_err(ScenarioError::of)?;
    let caller = Arc::new(caller);
    let clients = Arc::new(clients);
    let mut given: Vec<Carried> = (0..count).map(|_| Carried::default()).collect();
    let mut running = JoinSet::new();
    let mut users = first..first + count;
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
        given[(user - first) as usize] = result.map_err(|failure| LoginError::Failed {
            action: scenario.actions[login.action].name.clone(),
            user,
            kind: failure.kind.into_owned(),
            message: failure.message,
        })?;
    }
    let given = match given.pop() {
        Some(all) if !login.each_user => Given::ToAll(all),
        last => {
            given.extend(last);
            Given::ToEach(first, given)
        }
    };
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
