//! Where the CPU time of this process goes: stacks, sampled by the CPU that threads use.
//!
//! Every thread has a timer of its own, which runs while the thread has a CPU, so that samples times
//! period is the CPU time that was used. Elsewhere than on Linux it is the pprof crate's one timer for
//! the process, which loses a part.

#[cfg(any(test, not(thread_timers)))]
mod by_process;
#[cfg(thread_timers)]
mod by_thread;
#[cfg(thread_timers)]
mod phase;
mod tally;
#[cfg(thread_timers)]
mod threads;

use std::sync::mpsc::Receiver;
use std::time::{Duration, SystemTime};

use rustix::time::{ClockId, clock_gettime};

/// Most samples in a second of CPU time: timers are looked at when the kernel's clock ticks, 250
/// times a second on many systems.
pub(crate) const HIGHEST_HZ: u32 = 199;

/// What the process did for a while.
#[derive(Debug)]
pub(crate) struct Sampled {
    /// When that began.
    pub(crate) started: SystemTime,
    /// How long it was.
    pub(crate) took: Duration,
    /// CPU time for which one tick stands.
    pub(crate) period: Duration,
    /// CPU time of the process by the system's account.
    pub(crate) process_cpu: Duration,
    /// Threads that could not have a timer; the process may have as many as signals may wait.
    pub(crate) untimed: u64,
    /// What was seen how often.
    pub(crate) stacks: Vec<SampledStack>,
}

/// One stack of one thread.
#[derive(Debug)]
pub(crate) struct SampledStack {
    /// Name of the thread.
    pub(crate) thread: String,
    /// Where it was.
    pub(crate) place: Place,
    /// How often.
    pub(crate) ticks: u64,
}

/// Where a thread was.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Place {
    /// An instruction, and the addresses to which its callers return, the innermost first.
    Stack(Box<[usize]>),
    /// It had used the CPU before it was seen for the first time.
    Unseen,
    /// Nobody knows where: it never had the CPU when the clock of the kernel ticked.
    Between,
    /// Its stack was not kept, for there was no room.
    NoRoom,
}

impl Sampled {
    /// CPU time for which the samples stand.
    pub(crate) fn cpu(&self) -> Duration {
        self.cpu_at(|_| true)
    }

    /// The part of it of which nobody knows where it went.
    pub(crate) fn unattributed_cpu(&self) -> Duration {
        self.cpu_at(|place| !matches!(place, Place::Stack(_)))
    }

    fn cpu_at(&self, wanted: fn(&Place) -> bool) -> Duration {
        let stacks = self.stacks.iter().filter(|stack| wanted(&stack.place));
        let ticks: u64 = stacks.map(|stack| stack.ticks).sum();
        Duration::from_nanos(self.period.as_nanos() as u64 * ticks)
    }
}

/// Samples this process, up to [`HIGHEST_HZ`] times per second of CPU time, until the sender of `until`
/// is dropped.
///
/// Takes the thread that calls it. Fails where there is no timer to be had, or somebody samples already.
pub(crate) fn sample(frequency_hz: u32, until: &Receiver<()>) -> std::io::Result<Sampled> {
    #[cfg(not(thread_timers))]
    use by_process::sample;
    #[cfg(thread_timers)]
    use by_thread::sample;

    sample(frequency_hz.clamp(1, HIGHEST_HZ), until)
}

fn process_cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::try_from(time).unwrap_or_default()
}
