//! Waiting for the instant at which an arrival is due.
//!
//! tokio's timer ticks once a millisecond. On Linux a timerfd wakes the runtime through the same
//! `epoll` as its sockets, on the kernel's high-resolution clock and without the 50 us of slack
//! that the kernel adds to a thread's sleep.

use std::time::Duration;

/// A timer of one task, on a runtime of one thread.
pub(crate) struct Timer(Option<imp::Timer>);

impl Timer {
    /// A timer on the current runtime. Where connections have left no descriptor for it, that of tokio
    /// does, and the record says how late it is.
    pub(crate) fn new() -> Self {
        Self(imp::Timer::new().ok())
    }

    /// Waits for `duration`; may be dropped and called again.
    pub(crate) async fn sleep(&self, duration: Duration) {
        let slept = match &self.0 {
            Some(timer) => timer.sleep(duration).await.is_ok(),
            None => false,
        };
        if !slept {
            tokio::time::sleep(duration).await;
        }
    }
}

#[cfg(target_os = "linux")]
mod imp {
    use std::io;
    use std::time::Duration;

    use rustix::time::{
        Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
        timerfd_settime,
    };
    use tokio::net::unix::pipe::Receiver;

    /// A timerfd behaves like a pipe into which the kernel writes eight bytes when it expires, and
    /// tokio's pipe takes any descriptor without `unsafe`.
    pub(super) struct Timer(Receiver);

    impl Timer {
        pub(super) fn new() -> io::Result<Self> {
            let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
            let fd = timerfd_create(TimerfdClockId::Monotonic, flags)?;
            Receiver::from_owned_fd_unchecked(fd).map(Self)
        }

        pub(super) async fn sleep(&self, duration: Duration) -> io::Result<()> {
            // A zero would disarm the timer.
            let duration = duration.max(Duration::from_nanos(1));
            let once = Itimerspec {
                it_interval: Timespec::default(),
                it_value: Timespec {
                    tv_sec: duration.as_secs().try_into().unwrap_or(i64::MAX),
                    tv_nsec: duration.subsec_nanos().into(),
                },
            };
            // Setting it forgets the last expiry, so that nothing need be read when it wakes.
            timerfd_settime(&self.0, TimerfdTimerFlags::empty(), &once)?;
            match self.0.try_read(&mut [0; 8]) {
                // Now tokio knows of no expiry either, and waits for one.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.0.readable().await,
                // So short that it is over.
                read => read.map(|_| ()),
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod imp {
    use std::io;
    use std::time::Duration;

    pub(super) struct Timer;

    impl Timer {
        #[expect(clippy::unnecessary_wraps, reason = "fallible on Linux")]
        pub(super) fn new() -> io::Result<Self> {
            Ok(Self)
        }

        pub(super) async fn sleep(&self, duration: Duration) -> io::Result<()> {
            tokio::time::sleep(duration).await;
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Timer;

    #[tokio::test]
    async fn it_never_wakes_early_and_can_be_used_again_after_a_wait_was_given_up() {
        for timer in [Timer::new(), Timer(None)] {
            let given_up = tokio::time::timeout(
                Duration::from_millis(5),
                timer.sleep(Duration::from_mins(1)),
            );
            assert!(given_up.await.is_err());
            for micros in [0, 1, 300, 5_000] {
                let wait = Duration::from_micros(micros);
                let start = Instant::now();
                timer.sleep(wait).await;
                assert!(start.elapsed() >= wait);
            }
        }
    }
}
