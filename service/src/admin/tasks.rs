//! What the runtime does: tasks, its threads, and what waits for them.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tokio::runtime::{Handle, RuntimeMetrics};

#[cfg(tokio_unstable)]
use super::tokio_unstable::{self, UnstableView};
use super::{look_on, refused};
use crate::failure::Code;
use crate::http::{Problem, Query};
use crate::readiness::Readiness;
use crate::tasks::{TaskCount, counts};

#[derive(Deserialize)]
#[serde(default)]
pub(super) struct TasksQuery {
    /// How long to look on, for what happens over a time.
    seconds: u64,
    /// Whether to say where each task is, which takes the runtime's threads for a moment. Only of builds
    /// with `--cfg tokio_unstable`.
    dump: bool,
}

impl Default for TasksQuery {
    fn default() -> Self {
        Self {
            seconds: 1,
            dump: false,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TasksView {
    /// How long it was looked on.
    seconds: f64,
    /// Tasks that have not ended: connections, and those with names.
    tasks_alive: usize,
    /// Tasks in the queue that all workers share.
    global_queue_depth: usize,
    workers: Vec<WorkerView>,
    /// By name; what the service has not named is not among them.
    named: Vec<TaskCount>,
    #[cfg(tokio_unstable)]
    #[serde(flatten)]
    unstable: UnstableView,
}

/// A thread that runs tasks.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WorkerView {
    /// Share of the time in which it was not parked.
    busy_ratio: f64,
    /// How often it found nothing to do in that time.
    parks: u64,
    /// Since the process began.
    busy_seconds_total: f64,
    /// Since the process began.
    parks_total: u64,
}

/// Looks at the runtime for a while.
pub(super) async fn tasks(
    State(readiness): State<Readiness>,
    Query(query): Query<TasksQuery>,
) -> Result<Json<TasksView>, Problem> {
    if !(1..=120).contains(&query.seconds) {
        return Err(refused("seconds must be 1 to 120"));
    }
    if query.dump && cfg!(not(tokio_unstable)) {
        let detail = "a dump of the tasks needs a build with RUSTFLAGS=\"--cfg tokio_unstable\"";
        return Err(Problem::new(Code::ProfileUnavailable, detail));
    }
    let metrics = Handle::current().metrics();
    let before = workers(&metrics);
    let took = look_on(&readiness, query.seconds).await;
    let views = before.into_iter().zip(workers(&metrics));
    Ok(Json(TasksView {
        seconds: took.as_secs_f64(),
        tasks_alive: metrics.num_alive_tasks(),
        global_queue_depth: metrics.global_queue_depth(),
        workers: views.map(|(before, now)| now.since(before, took)).collect(),
        named: counts(),
        #[cfg(tokio_unstable)]
        unstable: tokio_unstable::view(&metrics, query.dump).await,
    }))
}

fn workers(metrics: &RuntimeMetrics) -> Vec<Worker> {
    (0..metrics.num_workers())
        .map(|worker| Worker {
            busy: metrics.worker_total_busy_duration(worker),
            parks: metrics.worker_park_count(worker),
        })
        .collect()
}

/// The totals of one worker.
#[derive(Clone, Copy)]
struct Worker {
    busy: Duration,
    parks: u64,
}

impl Worker {
    fn since(self, before: Self, took: Duration) -> WorkerView {
        let busy = self.busy.saturating_sub(before.busy);
        WorkerView {
            // A worker adds what it was busy when it parks: work of before may be in it.
            busy_ratio: busy.div_duration_f64(took).min(1.0),
            parks: self.parks - before.parks,
            busy_seconds_total: self.busy.as_secs_f64(),
            parks_total: self.parks,
        }
    }
}
