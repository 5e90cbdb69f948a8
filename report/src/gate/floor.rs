//! The noise floor in words.

use crate::calibration::FloorUse;
use crate::comparison::ASSUMED_NOISE;
use crate::language::share_target;

/// The noise floor in words, by which some rules on `times` and on `costs` stand: nobody calibrates
/// what requests cost.
pub(super) fn floor_in_words(floor: &FloorUse, times: bool, costs: bool) -> String {
    let calibrated = matches!(floor, FloorUse::Calibrated { .. });
    match (times, costs) {
        (false, true) if calibrated => "noise floor: of costs it is assumed".to_owned(),
        (true, true) if calibrated => format!("noise floor: {floor}; of costs it is assumed"),
        _ if *floor == FloorUse::Assumed => {
            let assumed = share_target(ASSUMED_NOISE);
            format!("noise floor: assumed to be {assumed}, brunt calibrate measures it")
        }
        _ => format!("noise floor: {floor}"),
    }
}
