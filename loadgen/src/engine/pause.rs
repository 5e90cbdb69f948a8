//! The pauses of sessions and of users of the closed model, of which thousands may go on at once.

use std::time::Duration;

use crate::clock::{Clock, Timer};

/// tokio's timer, which costs nothing, wakes within this; a timer of one's own does the rest.
const COARSE: Duration = Duration::from_millis(5);

/// Waits until `at_us`; may be dropped.
pub(super) async fn pause_until(clock: Clock, at_us: u64) {
    let coarse = clock.until(at_us).saturating_sub(COARSE);
    if !coarse.is_zero() {
        tokio::time::sleep(coarse).await;
    }
    let rest = clock.until(at_us);
    if !rest.is_zero() {
        // A descriptor each for the last milliseconds only: few are due in the same ones.
        Timer::new().sleep(rest).await;
    }
}
