//! What the sampler itself costs.

/// CPU time of the calling thread, microseconds; absent where it is not known.
pub(super) fn thread_cpu_us() -> Option<u64> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).ok()?;
    let nanoseconds = u64::try_from(time.tv_nsec).ok()?;
    Some(seconds * 1_000_000 + nanoseconds / 1_000)
}
