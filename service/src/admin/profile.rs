//! CPU profiles, in the form in which Go's `net/http/pprof` serves them.

use std::io;
use std::sync::mpsc;
use std::thread;

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use tokio::sync::Semaphore;

use super::pprof_build::Builder;
use super::profiler::{self, give_way};
use super::{look_on, profile_answer, refused};
use crate::failure::Code;
use crate::http::{Problem, Query};
use crate::readiness::Readiness;
use crate::sampler::{HIGHEST_HZ, Place, Sampled, sample};

/// The sampler has one signal handler in the whole process.
static ONE_AT_A_TIME: Semaphore = Semaphore::const_new(1);

#[derive(Deserialize)]
#[serde(default)]
pub(super) struct ProfileQuery {
    seconds: u64,
    frequency: u32,
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
///
/// Where the client hangs up, this is dropped, and with it the sender that keeps the sampler going.
pub(super) async fn profile(
    State(readiness): State<Readiness>,
    Query(query): Query<ProfileQuery>,
) -> Result<Response, Problem> {
    if !(1..=120).contains(&query.seconds) {
        return Err(refused("seconds must be 1 to 120"));
    }
    if !(1..=HIGHEST_HZ).contains(&query.frequency) {
        let detail = format!("frequency must be 1 to {HIGHEST_HZ} a second");
        return Err(refused(detail));
    }
    let Ok(turn) = ONE_AT_A_TIME.try_acquire() else {
        return Err(Problem::new(
            Code::ProfileRunning,
            "there is one profiler in a process; ask again when it is free",
        ));
    };
    let (goes_on, until) = mpsc::channel();
    let making = profiler::begin(move |client| {
        let _turn = turn;
        let sampled = sample(query.frequency, &until)?;
        if client.is_closed() {
            return Ok(Vec::new());
        }
        give_way();
        encode(&sampled)
    })?;
    look_on(&readiness, query.seconds).await;
    drop(goes_on);
    let body = profiler::end(making).await?;
    Ok(profile_answer("profile", body))
}

/// The sample types of Go, `samples/count` and `cpu/nanoseconds`; and as comments what the profile
/// accounts for beside what the process used.
fn encode(sampled: &Sampled) -> io::Result<Vec<u8>> {
    let mut builder = Builder::new();
    let period = sampled.period.as_nanos() as i64;
    builder.kind("samples", "count");
    builder.kind("cpu", "nanoseconds");
    builder.period("cpu", "nanoseconds", period);
    builder.time(sampled.started, Some(sampled.took));
    let sampled_cpu = sampled.cpu().as_nanos();
    builder.comment("sampled_cpu_nanoseconds", sampled_cpu);
    // It is made up from the clocks of threads: that the samples add up says nothing of it.
    let unattributed = sampled.unattributed_cpu().as_nanos();
    builder.comment("unattributed_cpu_nanoseconds", unattributed);
    builder.comment("process_cpu_nanoseconds", sampled.process_cpu.as_nanos());
    if let Ok(cores) = thread::available_parallelism() {
        builder.comment("cores", cores);
    }
    if sampled.untimed > 0 {
        builder.comment("threads_without_timer", sampled.untimed);
    }
    for stack in &sampled.stacks {
        let locations = match &stack.place {
            Place::Stack(addresses) => builder.interrupted(addresses),
            Place::Unseen => vec![builder.named("[before the thread was seen]")],
            Place::Between => vec![builder.named("[between two ticks of the clock]")],
            Place::NoRoom => vec![builder.named("[stack not kept]")],
        };
        let ticks = stack.ticks.cast_signed();
        let label = Some(("thread", &*stack.thread));
        builder.sample(locations, vec![ticks, ticks * period], label);
    }
    builder.finish()
}
