//! The functions of a program, by the actions that they are.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use super::arrival::Arrival;
use crate::client::Failure;
use crate::scenario::Action;

/// What a function does for one arrival.
pub(super) type Work = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send>>;
/// A function that is an action.
pub(super) type Function = dyn Fn(Arrival) -> Work + Send + Sync;

/// The actions of a scenario that a file cannot say, as async functions.
///
/// The scenario names the action and what it is to be given, and mixes it with others:
///
/// ```toml
/// [actions.reserve]
/// code = true
/// values = { key = "${env:SHOP_KEY}", shelf = "${shelf}" }
/// draw = { shelf = [1, 10] }
/// targets = { p95 = "200ms" }
/// timeout = "5s"
/// ```
///
/// The program has the function, and [`run_with`](crate::run_with) calls it once for every arrival of
/// the action. What it does until it returns is one request, however much it sends: its response time
/// runs from the instant at which the arrival was due.
///
/// ```
/// use brunt_loadgen::http::Request;
/// use brunt_loadgen::{Actions, Arrival, Failure};
///
/// async fn reserve(arrival: Arrival) -> Result<(), Failure> {
///     let body = format!("shelf={}&for={}", arrival.value("shelf")?, arrival.user()?);
///     let request = Request::post("/reservations")
///         .header("x-signature", sign(&body, arrival.value("key")?))
///         .body(body)?;
///     let reply = arrival.send(request).await?;
///     match reply.status().as_u16() {
///         201 => Ok(()),
///         409 => Err(Failure::new("sold-out", "the shelf is empty")),
///         _ => Err(Failure::http(reply.status())),
///     }
/// }
/// # fn sign(body: &str, key: &str) -> String { format!("{}{}", body.len(), key.len()) }
///
/// let actions = Actions::new().add("reserve", reserve);
/// ```
///
/// **Where it runs.** On the thread of the engine that owns the arrival, beside its other requests: a
/// function that blocks holds them all up, which the record shows as lateness of the generator. It
/// must be [`Send`], because the runtime asks it of all tasks, but stays on its thread from its first
/// line to its last.
///
/// **How it ends.** `Ok` counts as a success, a [`Failure`] by its kind. After the action's `timeout`
/// it is dropped at its next `.await` and counts as a failure of the kind `timeout`, when the run is
/// stopped as `interrupted`. A panic is a failure of the kind `panic`, of that arrival alone.
///
/// **State.** A closure keeps what it has captured for the whole run, and shares it between the
/// threads of the engine:
///
/// ```
/// # use std::sync::Arc;
/// # use std::sync::atomic::{AtomicU64, Ordering};
/// # use brunt_loadgen::{Actions, Arrival, Failure};
/// let calls = Arc::new(AtomicU64::new(0));
/// let actions = Actions::new().add("count", move |_: Arrival| {
///     let calls = Arc::clone(&calls);
///     async move {
///         calls.fetch_add(1, Ordering::Relaxed);
///         Ok::<_, Failure>(())
///     }
/// });
/// ```
///
/// What each thread is to have of its own, such as open connections, belongs into a
/// [`thread_local!`]. The state of a user is found by [`Arrival::user`].
#[derive(Clone, Default)]
pub struct Actions {
    functions: Vec<(String, Arc<Function>)>,
}

impl Actions {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// These and `function`, which is the action `name` of the scenario.
    #[must_use]
    pub fn add<F, W>(mut self, name: impl Into<String>, function: F) -> Self
    where
        F: Fn(Arrival) -> W + Send + Sync + 'static,
        W: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        let function = move |arrival: Arrival| -> Work { Box::pin(function(arrival)) };
        self.functions.push((name.into(), Arc::new(function)));
        self
    }

    /// The names, in the order in which they were added.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.functions.iter().map(|(name, _)| name.as_str())
    }

    /// The function of an action of a scenario that these [fit](Self::fit).
    pub(in super::super) fn function_of(&self, action: &Action) -> &Arc<Function> {
        self.get(&action.name)
            .expect("functions and scenario were found to fit")
    }

    pub(super) fn get(&self, name: &str) -> Option<&Arc<Function>> {
        let mut functions = self.functions.iter();
        functions
            .find(|(known, _)| known == name)
            .map(|(_, function)| function)
    }
}

impl fmt::Debug for Actions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}
