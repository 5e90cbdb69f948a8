//! The generator goes first: what it measures is the service, not its own wait for a core.

/// As far ahead of others as a process may be.
#[cfg(target_os = "linux")]
const NICE: i32 = -20;

/// Lets the current thread run before others, where the system allows it (root, or a limit of
/// `nice`); without that its lateness shows in the record. Child processes started by other
/// threads are not affected.
#[cfg(target_os = "linux")]
pub(crate) fn raise() {
    // On Linux the priority of "this process" is that of the calling thread.
    if let Err(error) = rustix::process::setpriority_process(None, NICE) {
        tracing::debug!(%error, "the engine runs at normal priority");
    }
}

/// Elsewhere a thread has no priority of its own.
#[cfg(not(target_os = "linux"))]
pub(crate) fn raise() {}
