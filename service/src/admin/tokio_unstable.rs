//! What the runtime tells besides where it is built with `--cfg tokio_unstable`.

use std::time::Duration;

use serde::Serialize;
use tokio::runtime::{Handle, RuntimeMetrics};

/// The dump may never end: where a thread of the runtime is held up, or while it shuts down.
const DEADLINE: Duration = Duration::from_secs(2);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct UnstableView {
    /// How long polls took since the process began; absent where the runtime does not count them.
    #[serde(skip_serializing_if = "Option::is_none")]
    poll_times: Option<Vec<PollTimes>>,
    /// Where tasks are; absent where nobody asked, or this system has no dumps.
    #[serde(skip_serializing_if = "Option::is_none")]
    dump: Option<DumpView>,
}

/// Polls that took about as long as each other.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PollTimes {
    from_ns: u128,
    to_ns: u128,
    polls: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum DumpView {
    Tasks(Vec<String>),
    Problem(String),
}

pub(super) async fn view(metrics: &RuntimeMetrics, dump_wanted: bool) -> UnstableView {
    UnstableView {
        poll_times: metrics
            .poll_time_histogram_enabled()
            .then(|| poll_times(metrics)),
        dump: if dump_wanted { dump().await } else { None },
    }
}

fn poll_times(metrics: &RuntimeMetrics) -> Vec<PollTimes> {
    let polls = |bucket| {
        let workers = 0..metrics.num_workers();
        let of_each = workers.map(|n| metrics.poll_time_histogram_bucket_count(n, bucket));
        of_each.sum()
    };
    (0..metrics.poll_time_histogram_num_buckets())
        .map(|bucket| {
            let range = metrics.poll_time_histogram_bucket_range(bucket);
            PollTimes {
                from_ns: range.start.as_nanos(),
                to_ns: range.end.as_nanos(),
                polls: polls(bucket),
            }
        })
        .collect()
}

/// On a task of its own, for it may panic.
#[cfg(thread_timers)]
async fn dump() -> Option<DumpView> {
    let handle = Handle::current();
    let dumping = tokio::spawn(async move {
        let dump = handle.dump().await;
        let tasks = dump.tasks().iter();
        let tasks = tasks.map(|task| format!("{}\n{}", task.id(), task.trace()));
        tasks.collect()
    });
    let stop = dumping.abort_handle();
    let dump = tokio::time::timeout(DEADLINE, dumping).await;
    stop.abort();
    Some(match dump {
        Ok(Ok(tasks)) => DumpView::Tasks(tasks),
        Ok(Err(error)) => DumpView::Problem(error.to_string()),
        Err(_) => DumpView::Problem(format!("no dump within {DEADLINE:?}")),
    })
}

#[cfg(not(thread_timers))]
async fn dump() -> Option<DumpView> {
    None
}
