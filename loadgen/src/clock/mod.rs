//! The only module that reads the time during a run.

mod timer;

use std::time::{Duration, Instant, SystemTime};

pub(crate) use timer::Timer;

/// Time since the start of a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    epoch: Instant,
    wall_epoch: SystemTime,
}

impl Clock {
    /// A run that starts `delay` from now, so that everybody can be at their post.
    pub(crate) fn starting_in(delay: Duration) -> Self {
        Self {
            epoch: Instant::now() + delay,
            wall_epoch: SystemTime::now() + delay,
        }
    }

    /// Microseconds since the start, by the monotonic clock; 0 before it.
    pub(crate) fn now_us(&self) -> u64 {
        self.epoch.elapsed().as_micros() as u64
    }

    /// The wall clock at the start.
    pub(crate) fn wall_epoch(&self) -> SystemTime {
        self.wall_epoch
    }

    /// How far the wall clock has moved against the monotonic one since the start, microseconds.
    pub(crate) fn wall_step_us(&self) -> i64 {
        let expected = self.wall_epoch + self.epoch.elapsed();
        match SystemTime::now().duration_since(expected) {
            Ok(ahead) => ahead.as_micros() as i64,
            Err(behind) => -(behind.duration().as_micros() as i64),
        }
    }

    /// Blocks the thread until `at_us`, at most `longest`; says whether the instant has come.
    ///
    /// A thread sleeps on the kernel's high-resolution timer; tokio's timer ticks once a millisecond.
    pub(crate) fn sleep_until(&self, at_us: u64, longest: Duration) -> bool {
        let wait = self.until(at_us);
        if wait.is_zero() {
            return true;
        }
        std::thread::sleep(wait.min(longest));
        wait <= longest
    }

    /// How long it is until `at_us`; zero where that has passed.
    pub(crate) fn until(&self, at_us: u64) -> Duration {
        (self.epoch + Duration::from_micros(at_us)).saturating_duration_since(Instant::now())
    }

    /// Waits until `at_us` without blocking the thread, to a millisecond.
    pub(crate) async fn sleep_until_async(&self, at_us: u64) {
        tokio::time::sleep_until((self.epoch + Duration::from_micros(at_us)).into()).await;
    }
}
