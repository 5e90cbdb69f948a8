//! CPU profiles, in the form in which Go's `net/http/pprof` serves them.

use std::io::Write;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header;
use prost::Message;
use serde::Deserialize;
use tokio::sync::Semaphore;

use super::pprof_format::{self, Timing};
use crate::failure::Code;
use crate::http::{Problem, Query};

/// The profiler has one timer and one signal handler in the whole process.
static ONE_AT_A_TIME: Semaphore = Semaphore::const_new(1);

#[derive(Deserialize)]
#[serde(default)]
pub(super) struct ProfileQuery {
    seconds: u64,
    frequency: i32,
}

impl Default for ProfileQuery {
    fn default() -> Self {
        Self {
            seconds: 30,
            // Not 100: a round rate beats in time with timers of the program.
            frequency: 99,
        }
    }
}

/// Samples this process for some seconds and answers with the profile.
pub(super) async fn profile(Query(query): Query<ProfileQuery>) -> Result<Response, Problem> {
    if !(1..=120).contains(&query.seconds) {
        return Err(refused("seconds must be 1 to 120"));
    }
    if !(1..=1000).contains(&query.frequency) {
        return Err(refused("frequency must be 1 to 1000 a second"));
    }
    let Ok(turn) = ONE_AT_A_TIME.try_acquire() else {
        return Err(Problem::new(
            Code::ProfileRunning,
            "there is one profiler in a process; ask again when it is free",
        ));
    };
    // No library is left out, although pprof advises it for old C libraries, whose unwinder takes
    // locks: time in system calls would be missing, since they are made in the C library.
    let guard = pprof::ProfilerGuardBuilder::default()
        .frequency(query.frequency)
        .build()
        .map_err(|error| failed(&error))?;
    tokio::time::sleep(Duration::from_secs(query.seconds)).await;
    // Off the runtime: names are looked up in the debug information of the whole binary.
    let body = tokio::task::spawn_blocking(move || {
        let report = guard.report().build_unresolved().map_err(|e| failed(&e));
        // The timer stops before names are looked up, else that would be in the way of requests.
        drop(guard);
        let report = report?;
        let timing = Timing {
            start: report.timing.start_time,
            duration: report.timing.duration,
            frequency: report.timing.frequency,
        };
        let stacks = report.data.into_iter();
        let stacks = stacks.map(|(stack, count)| (pprof::Frames::from(stack), count));
        let profile = pprof_format::encode(stacks, &timing);
        // Hundreds of megabytes, that a look at the memory of the service would find.
        backtrace::clear_symbol_cache();
        gzip(&profile.encode_to_vec()).map_err(|e| failed(&e))
    })
    .await
    .map_err(|error| failed(&error))??;
    drop(turn);
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"profile.pb.gz\"",
        ),
    ];
    Ok((headers, body).into_response())
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn refused(detail: impl Into<String>) -> Problem {
    Problem::new(Code::BadRequest, detail)
}

fn failed(error: &dyn std::error::Error) -> Problem {
    Problem::new(Code::ProfileFailed, error.to_string())
}
