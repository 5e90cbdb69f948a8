//! What memory is in use, and who has asked for it, as Go's `/debug/pprof/heap` has it.

use std::io;
use std::thread;
use std::time::SystemTime;

use axum::response::Response;
use tokio::sync::{Semaphore, oneshot};

use super::heap_dump::{Amount, HeapDump, parse};
use super::pprof_build::Builder;
use super::{failed, give_way, profile_answer};
use crate::failure::Code;
use crate::http::Problem;
use crate::native::jemalloc;

/// Names are looked up in hundreds of megabytes of debug information, once at a time.
static ONE_AFTER_THE_OTHER: Semaphore = Semaphore::const_new(1);

/// Is there a heap profile?
pub(super) fn is_sampled() -> bool {
    jemalloc::samples_allocations()
}

/// The heap as it is now, and what was allocated since the process began.
pub(super) async fn heap() -> Result<Response, Problem> {
    if !is_sampled() {
        let detail = "allocations are not sampled: start the service with heap_profile = true";
        return Err(Problem::new(Code::ProfileUnavailable, detail));
    }
    let turn = ONE_AFTER_THE_OTHER.acquire().await;
    let turn = turn.map_err(|error| failed(&error))?;
    let (answer, answered) = oneshot::channel();
    // A thread of its own, whose allocations are in no profile: looking names up takes more memory
    // than the service does.
    let profiler = thread::Builder::new().name("profiler".to_owned());
    let take = move || {
        give_way();
        let body = jemalloc::keep_this_thread_out()
            .and_then(|()| dump())
            .and_then(|dump| encode(&dump));
        drop(turn);
        // Nobody is there if the client has hung up.
        let _ = answer.send(body);
    };
    profiler.spawn(take).map_err(|error| failed(&error))?;
    let body = answered.await.map_err(|error| failed(&error))?;
    let body = body.map_err(|error| failed(&error))?;
    Ok(profile_answer("heap", body))
}

fn dump() -> io::Result<HeapDump> {
    let file = tempfile::NamedTempFile::new()?;
    jemalloc::dump(file.path())?;
    let dump = std::fs::read_to_string(file.path())?;
    parse(&dump).map_err(io::Error::other)
}

/// The sample types of Go, `inuse_space` by default.
fn encode(dump: &HeapDump) -> io::Result<Vec<u8>> {
    let mut builder = Builder::new();
    for (kind, unit) in [
        ("alloc_objects", "count"),
        ("alloc_space", "bytes"),
        ("inuse_objects", "count"),
        ("inuse_space", "bytes"),
    ] {
        builder.kind(kind, unit);
    }
    builder.period("space", "bytes", dump.bytes_per_sample.cast_signed());
    builder.time(SystemTime::now(), None);
    for stack in &dump.stacks {
        let locations = builder.calls_of(&stack.addresses, is_allocator);
        let values = [stack.allocated, stack.in_use].map(rounded).concat();
        builder.sample(locations, values, None);
    }
    builder.finish()
}

fn rounded(amount: Amount) -> [i64; 2] {
    [amount.objects.round() as i64, amount.bytes.round() as i64]
}

/// Is it a function of the allocator, or of what leads to it? They are on every stack and say nothing.
fn is_allocator(system_name: &str) -> bool {
    const FUNCTIONS: [&str; 3] = ["_rjem_", "prof_", "__rust_"];
    const PARTS: [&str; 4] = [
        "tikv_jemallocator",
        "___rust_alloc",
        "___rust_realloc",
        "___rust_alloc_zeroed",
    ];
    FUNCTIONS.iter().any(|begin| system_name.starts_with(begin))
        || PARTS.iter().any(|part| system_name.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_allocator_is_told_from_the_program() {
        for (name, expected) in [
            ("_rjem_mallocx", true),
            ("_rjem_je_prof_backtrace", true),
            ("prof_backtrace_impl", true),
            ("_RNvCs2lEqOyg1x1W_7___rustc12___rust_alloc", true),
            (
                "_ZN82_$LT$tikv_jemallocator..Jemalloc$u20$as$u20$core..alloc..global..GlobalAlloc$GT$5alloc17h0E",
                true,
            ),
            (
                "_ZN5alloc7raw_vec19RawVec$LT$T$C$A$GT$8grow_one17h0E",
                false,
            ),
            ("profile", false),
        ] {
            assert_eq!(is_allocator(name), expected, "{name}");
        }
    }
}
