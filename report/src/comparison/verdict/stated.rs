//! What follows from what a document states.

use super::too_little_answered;
use crate::stated::{Delivery, StatedVerdict};

/// How much of a load of `planned` arrivals so many requests are.
pub(crate) fn delivery(made: u64, planned: u64) -> Delivery {
    let share = made as f64 / planned as f64;
    if too_little_answered(share) {
        Delivery::TooLittle
    } else if too_little_answered(1.0 / share) {
        Delivery::TooMuch
    } else {
        Delivery::Whole
    }
}

/// Whether a limit is kept by a value that a document states: `value` says whether it is within, and
/// whether it is an estimate.
pub(crate) fn stated_target(value: Option<(bool, bool)>, delivery: Delivery) -> StatedVerdict {
    match (value, delivery) {
        (None, _) => StatedVerdict::NotStated,
        (Some((_, true)), _) => StatedVerdict::Estimated,
        // A lighter load than the wanted one only flatters.
        (Some((false, false)), _) => StatedVerdict::Missed,
        (Some((true, false)), Delivery::Whole) => StatedVerdict::Met,
        (Some((true, false)), delivery) => StatedVerdict::WithinUnderAnotherLoad { delivery },
    }
}
