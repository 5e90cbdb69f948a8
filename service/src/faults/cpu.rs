//! Requests that burn CPU time, in a function that profiles name.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use super::options::Options;
use crate::span;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Burn {
    time: Duration,
}

impl Burn {
    pub(super) fn read(options: &mut Options<'_>) -> Option<Self> {
        let time = options.take_by("cpu", span::parse)?;
        Some(Self { time })
    }

    pub(super) fn act(&self) {
        burn_cpu_for_fault(self.time);
    }
}

/// Takes this much time of the CPU, however long others have it meanwhile.
#[inline(never)]
fn burn_cpu_for_fault(time: Duration) {
    let start = thread_time();
    let mut sum = 0_u64;
    while thread_time().saturating_sub(start) < time {
        for n in 0..1000_u64 {
            sum = std::hint::black_box(sum.wrapping_mul(31).wrapping_add(n));
        }
    }
}

fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_of_the_cpu_is_burnt() {
        let start = thread_time();
        burn_cpu_for_fault(Duration::from_millis(20));
        let burnt = thread_time().saturating_sub(start);
        assert!(burnt >= Duration::from_millis(20), "{burnt:?}");
    }
}
