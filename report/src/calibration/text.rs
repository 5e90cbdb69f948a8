//! A calibration for a terminal.

use std::fmt::Write as _;

use super::sight::{Sight, sights};
use super::{Calibration, NoFloor};
use crate::comparison::Tolerances;
use crate::language::{percent, plural, share_target};

/// The noise floor by action, and what a gate will be able to see above it.
pub fn text(calibration: &Calibration) -> String {
    let mut text = format!(
        "noise floor of {}, over {}, until {}\n",
        calibration.fingerprint.scenario,
        plural(calibration.records.len() as u64, "run"),
        calibration.expires_at.strftime("%Y-%m-%d")
    );
    for one in &calibration.left_out {
        let _ = writeln!(text, "left out {}: {}", one.record, one.why);
    }
    let rows = sights(calibration, &Tolerances::default());
    let mut above = None;
    for row in &rows {
        let name = format!("{} / {}", row.stage, row.action);
        if above.as_ref() != Some(&name) {
            let _ = write!(text, "\n{name}\n{HEAD}\n");
            above = Some(name);
        }
        text.push_str(&line(row));
    }
    for one in &calibration.without {
        let NoFloor {
            stage,
            action,
            statistic,
        } = one;
        let _ = writeln!(
            text,
            "\n{stage} / {action}: no floor of {statistic}, which is then not judged: in a run it has no finite value"
        );
    }
    text.push_str(
        "\ns_AA is the standard deviation from run to run. A change of the size in the third and fourth column
is found in four of five tries; unchanged code passes a rule with the tolerance as often as the
next two say, and in four of five tries with the runs a side of the last.\n",
    );
    text
}

const HEAD: &str = "                     seen with          unchanged passes   runs a side
rule         s_AA    1 run    3 runs    1 run    3 runs    needed";

fn line(row: &Sight) -> String {
    // As the gate reads it.
    let tolerance = share_target(row.tolerance).replace(' ', "");
    let rule = format!("{} +{tolerance}", row.statistic);
    let [one, three] = row.detectable_percent.map(|of| format!("{of:.1} %"));
    let [passes, passes_of_three] = row.passes.map(percent);
    let needed = row
        .needed
        .map_or_else(|| "over 50".to_owned(), |runs| runs.to_string());
    format!(
        "{rule:<11}  {:<6}  {one:<7}  {three:<8}  {passes:<7}  {passes_of_three:<8}  {needed}\n",
        format!("{:.1} %", 100.0 * row.s_aa)
    )
}
