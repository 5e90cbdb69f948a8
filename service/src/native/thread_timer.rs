//! A timer that runs while one thread has a CPU, and signals that thread.
//!
//! See `timer_create(2)`, and `clock_getres(2)` for the clocks of threads.

use std::io;
use std::mem::{MaybeUninit, zeroed};
use std::ptr;
use std::time::Duration;

use libc::{c_int, clockid_t, itimerspec, sigevent, sigval, timespec};

/// Signals its thread until it is dropped.
#[derive(Debug)]
pub(crate) struct ThreadTimer(libc::timer_t);

impl ThreadTimer {
    /// Sends `signal` to the thread with this id, when it has used the CPU for `first` from now on
    /// and after that whenever it has used it for `period`. `token` comes with the signal.
    pub(super) fn start(
        thread: c_int,
        signal: c_int,
        token: usize,
        first: Duration,
        period: Duration,
    ) -> io::Result<Self> {
        // SAFETY: a structure of integers and a pointer that nobody follows.
        let mut event: sigevent = unsafe { zeroed() };
        event.sigev_value = sigval {
            sival_ptr: ptr::without_provenance_mut(token),
        };
        event.sigev_signo = signal;
        event.sigev_notify = libc::SIGEV_THREAD_ID;
        event.sigev_notify_thread_id = thread;
        let mut timer = MaybeUninit::uninit();
        // SAFETY: both pointers are valid during the call.
        let created =
            unsafe { libc::timer_create(cpu_clock_of(thread), &raw mut event, timer.as_mut_ptr()) };
        checked(created)?;
        // SAFETY: the call that succeeded has written it. Dropped, the timer is deleted.
        let timer = Self(unsafe { timer.assume_init() });
        let spec = itimerspec {
            it_interval: timespec_of(period),
            // Zero would be never.
            it_value: timespec_of(first.max(Duration::from_nanos(1))),
        };
        // SAFETY: the timer exists, and the pointer is valid during the call.
        checked(unsafe { libc::timer_settime(timer.0, 0, &raw const spec, ptr::null_mut()) })?;
        Ok(timer)
    }
}

impl Drop for ThreadTimer {
    fn drop(&mut self) {
        // SAFETY: the timer exists until here, that of a thread which has ended too.
        unsafe { libc::timer_delete(self.0) };
    }
}

/// How long a thread of this process has had a CPU since it began.
pub(crate) fn thread_cpu_time(thread: c_int) -> io::Result<Duration> {
    let mut time = MaybeUninit::uninit();
    // SAFETY: the pointer is valid during the call.
    checked(unsafe { libc::clock_gettime(cpu_clock_of(thread), time.as_mut_ptr()) })?;
    // SAFETY: the call that succeeded has written it.
    let timespec {
        tv_sec, tv_nsec, ..
    } = unsafe { time.assume_init() };
    Ok(Duration::new(tv_sec.unsigned_abs(), tv_nsec as u32))
}

/// The kernel's number for the CPU clock of a thread: its id, that it is one of a thread, and that
/// it is exact.
fn cpu_clock_of(thread: c_int) -> clockid_t {
    const OF_A_THREAD: clockid_t = 4;
    const EXACT: clockid_t = 2;
    (!thread << 3) | OF_A_THREAD | EXACT
}

fn timespec_of(duration: Duration) -> timespec {
    timespec {
        tv_sec: duration.as_secs().cast_signed(),
        tv_nsec: duration.subsec_nanos().into(),
    }
}

fn checked(outcome: c_int) -> io::Result<()> {
    if outcome == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}
