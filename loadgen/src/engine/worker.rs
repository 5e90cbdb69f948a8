//! The threads of the engine, each with a runtime and clients of its own.
//!
//! A request lives on one thread from its timer to its response: nothing wakes another thread on
//! the way, so that a busy machine can come between only once.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::runtime::{Builder, Handle};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::error::RunError;
use crate::client::Clients;
use crate::plan::{Plan, PlannedStage};
use crate::scenario::Scenario;

/// How often a thread wakes that has nothing else to do.
const PULSE: Duration = Duration::from_millis(100);

/// One thread carries about three times this, with room for bursts.
const RATE_OF_A_THREAD_PER_S: f64 = 10_000.0;

/// One thread of the engine.
pub(super) struct Worker {
    runtime: Handle,
    pub(super) clients: Arc<Clients>,
}

impl Worker {
    /// Starts `work` on this thread, as one of `all`.
    pub(super) fn start(
        &self,
        all: &mut JoinSet<()>,
        work: impl Future<Output = ()> + Send + 'static,
    ) {
        all.spawn_on(work, &self.runtime);
    }
}

/// All threads of the engine; they end when this is dropped.
pub(super) struct Workers {
    pub(super) all: Vec<Arc<Worker>>,
    end: CancellationToken,
    threads: Vec<JoinHandle<()>>,
}

impl Workers {
    /// Starts `count` threads, with clients for the addresses of `scenario`; `ahead` of whatever else
    /// runs on the machine, where the system allows it.
    pub(super) fn start(count: usize, scenario: &Scenario, ahead: bool) -> Result<Self, RunError> {
        let mut workers = Self {
            all: Vec::new(),
            end: CancellationToken::new(),
            threads: Vec::new(),
        };
        for _ in 0..count {
            let runtime = Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(RunError::Thread)?;
            let handle = runtime.handle().clone();
            let clients = {
                // Connections belong to the runtime on which they are opened.
                let _here = handle.enter();
                Arc::new(Clients::new(scenario)?)
            };
            let end = workers.end.clone();
            let thread = std::thread::Builder::new()
                .name("engine".to_owned())
                .spawn(move || {
                    if ahead {
                        crate::priority::raise();
                    }
                    runtime.block_on(async {
                        tokio::select! {
                            () = end.cancelled() => {}
                            () = pulse() => {}
                        }
                    });
                })
                .map_err(RunError::Thread)?;
            workers.all.push(Arc::new(Worker {
                runtime: handle,
                clients,
            }));
            workers.threads.push(thread);
        }
        Ok(workers)
    }
}

/// Keeps a timer of tokio pending that comes before the timeout of any request: setting one that is
/// the next to come wakes the thread, from itself, by a system call and another turn of its loop.
async fn pulse() {
    loop {
        tokio::time::sleep(PULSE).await;
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.end.cancel();
        for thread in self.threads.drain(..) {
            // A panic in a request was told where the request was awaited.
            let _ = thread.join();
        }
    }
}

/// Threads for `plan` on this machine: as few as carry its highest rate, at most one a core.
pub(super) fn threads_for(plan: &Plan) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let rates = plan.stages.iter().map(PlannedStage::highest_per_s);
    let highest = rates.fold(0.0, f64::max);
    ((highest / RATE_OF_A_THREAD_PER_S).ceil() as usize).clamp(1, cores)
}
