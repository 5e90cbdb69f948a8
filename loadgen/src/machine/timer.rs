//! How late a bare thread wakes on this machine: the floor of the generator's own lateness.
//!
//! In a virtual machine whose cores halt when they are idle it can be milliseconds.

use std::time::{Duration, Instant};

const SLEEP: Duration = Duration::from_millis(1);
const SLEEPS: usize = 200;

/// The 99th percentile of how late a thread wakes from a sleep of 1 ms, microseconds; takes about
/// 0.2 s.
pub(super) fn late_p99_us() -> Option<u64> {
    let sleeper = std::thread::spawn(|| {
        crate::priority::raise();
        let mut late: Vec<u64> = (0..SLEEPS)
            .map(|_| {
                let due = Instant::now() + SLEEP;
                std::thread::sleep(SLEEP);
                due.elapsed().as_micros() as u64
            })
            .collect();
        late.sort_unstable();
        late[SLEEPS * 99 / 100]
    });
    sleeper.join().ok()
}
