//! The handler of the timers' signal: writes down where its thread is.

use std::io;
use std::mem::zeroed;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use libc::{c_int, c_void, siginfo_t};

use super::stack_slots::StackSlots;
use super::thread_timer::ThreadTimer;
use super::walk::{Registers, walk};

const SIGNAL: c_int = libc::SIGPROF;
/// A handler takes microseconds, but its thread may have lost the CPU.
const PATIENCE: Duration = Duration::from_secs(1);

static STACKS: StackSlots = StackSlots::new();
/// Number of the session that goes on; 0 if there is none.
static SESSION: AtomicU32 = AtomicU32::new(0);
static SESSIONS: AtomicU32 = AtomicU32::new(0);
static HANDLERS: AtomicUsize = AtomicUsize::new(0);

/// While it lives, timers of threads leave stacks behind. There can be one.
#[derive(Debug)]
pub(crate) struct Session {
    number: u32,
}

impl Session {
    /// None if there is one.
    pub(crate) fn begin() -> io::Result<Option<Self>> {
        handle_ticks()?;
        let number = SESSIONS.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        let begun = SESSION.compare_exchange(0, number.max(1), Ordering::SeqCst, Ordering::SeqCst);
        if begun.is_err() {
            return Ok(None);
        }
        let session = Self {
            number: number.max(1),
        };
        // What a handler of the last session wrote after its end.
        session.drain(|_, _, _| ());
        Ok(Some(session))
    }

    /// Has the thread with this id leave a stack behind whenever it has used the CPU for `period`,
    /// the first time after `first`.
    pub(crate) fn time(
        &self,
        thread: u32,
        first: Duration,
        period: Duration,
    ) -> io::Result<ThreadTimer> {
        let token = (u64::from(self.number) << 32) | u64::from(thread);
        let thread = thread.cast_signed();
        ThreadTimer::start(thread, SIGNAL, token as usize, first, period)
    }

    /// Hands over what there is: id of the thread, ticks, and the stack, the innermost address first,
    /// which is that of an instruction; the others are return addresses. Returns how many ticks came for
    /// whose stacks there was no room.
    pub(crate) fn drain(&self, mut each: impl FnMut(u32, u64, &[usize])) -> u64 {
        STACKS.drain(|token, ticks, stack| {
            if token >> 32 == u64::from(self.number) {
                each(token as u32, ticks, stack);
            }
        });
        STACKS.take_lost()
    }

    /// The same once all timers are gone: handlers that are still at work are waited for.
    pub(crate) fn drain_last(&self, each: impl FnMut(u32, u64, &[usize])) -> u64 {
        let begin = Instant::now();
        while HANDLERS.load(Ordering::SeqCst) > 0 && begin.elapsed() < PATIENCE {
            thread::sleep(Duration::from_millis(1));
        }
        self.drain(each)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        SESSION.store(0, Ordering::SeqCst);
    }
}

/// Stays for the rest of the process: a signal that comes late would end it otherwise.
fn handle_ticks() -> io::Result<()> {
    // SAFETY: integers, and a mask that may be empty.
    let mut action: libc::sigaction = unsafe { zeroed() };
    let handler: extern "C" fn(c_int, *mut siginfo_t, *mut c_void) = on_tick;
    action.sa_sigaction = handler as usize;
    // System calls that it interrupts go on.
    action.sa_flags = libc::SA_SIGINFO | libc::SA_RESTART;
    // SAFETY: the handler is of the form that SA_SIGINFO announces, and does only what handlers may.
    let outcome = unsafe { libc::sigaction(SIGNAL, &raw const action, std::ptr::null_mut()) };
    if outcome == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// How the kernel begins the `siginfo_t` of a timer, see `sigaction(2)`.
#[repr(C)]
struct TimerInfo {
    _signal: c_int,
    _error: c_int,
    code: c_int,
    _padding: c_int,
    _timer: c_int,
    overrun: c_int,
    token: usize,
}

/// Does what a handler may do: no lock, no memory, bounded, and `errno` as it was.
extern "C" fn on_tick(_signal: c_int, info: *mut siginfo_t, context: *mut c_void) {
    HANDLERS.fetch_add(1, Ordering::SeqCst);
    // SAFETY: the kernel passes both to a handler with SA_SIGINFO; a `siginfo_t` is larger than what
    // is read of it. `errno` belongs to this thread.
    unsafe {
        let errno = *libc::__errno_location();
        let info = &*info.cast::<TimerInfo>();
        let session = SESSION.load(Ordering::SeqCst);
        // Anybody may send the signal, and one of an earlier session may come late.
        if info.code == libc::SI_TIMER && session != 0 && (info.token >> 32) as u32 == session {
            // The kernel looks at timers when its own clock ticks, and says how many periods went by.
            let ticks = 1 + u64::from(info.overrun.max(0).unsigned_abs());
            let registers = Registers::of(context);
            STACKS.put(info.token as u64, ticks, |push| walk(registers, push));
        }
        *libc::__errno_location() = errno;
    }
    HANDLERS.fetch_sub(1, Ordering::SeqCst);
}
