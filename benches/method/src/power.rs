//! How often does a gate pass unchanged code, and how often does it find a slow-down?

use brunt_report::calibration::predicted;
use brunt_report::comparison::Estimate;
use brunt_report::gate::{RuleOutcome, alone};

use crate::intervals::compared;
use crate::simulated::{RUNS, Set, TOLERANCE, times};
use crate::table::{percent, share, table};

/// How much slower B is.
pub(crate) const SLOWER: [f64; 5] = [0.0, 0.05, 0.1, 0.2, 0.4];
/// The run noise that it is told for.
const NOISE: f64 = 0.03;

/// What a gate says of the simulated pairs, as Markdown.
pub(crate) fn section(sets: &[Set]) -> String {
    let rows = sets.iter().flat_map(|set| {
        let slower = SLOWER.into_iter();
        slower.flat_map(move |slower| [1, RUNS].map(|runs| row(set, slower, runs)))
    });
    format!(
        "### The gate\n\nA rule `p95 +10%` at {} run noise, over the same pairs; \"predicted\" is what `brunt calibrate` promises from its ten runs.\n\n{}",
        percent(NOISE),
        table(
            &[
                "memory, requests",
                "B is slower by",
                "runs a side",
                "fails",
                "predicted",
                "passes",
                "predicted",
                "inconclusive",
            ],
            &rows.collect::<Vec<_>>()
        )
    )
}

fn row(set: &Set, slower: f64, runs: usize) -> Vec<String> {
    let [mut failed, mut passed, mut n] = [0; 3];
    let mut promised = [0.0; 2];
    for site in &set.sites {
        let moved = site.moved(NOISE);
        let of_site = predicted(moved.noise, runs as u32, slower, TOLERANCE);
        for [a, b] in &moved.pairs {
            let b: Vec<Estimate> = b.iter().map(|run| times(run, 1.0 + slower)).collect();
            let compared = compared(&[a.clone(), b], runs, Some(moved.noise));
            match alone(&compared, TOLERANCE) {
                RuleOutcome::Failed => failed += 1,
                RuleOutcome::Passed => passed += 1,
                RuleOutcome::Inconclusive | RuleOutcome::NotJudged => {}
            }
            n += 1;
            promised[0] += of_site.0;
            promised[1] += of_site.1;
        }
    }
    let [promised_fails, promised_passes] = promised.map(|sum| percent(sum / n as f64));
    vec![
        set.memory.to_string(),
        format!("{:.0} %", 100.0 * slower),
        runs.to_string(),
        share(failed, n),
        promised_fails,
        share(passed, n),
        promised_passes,
        share(n - failed - passed, n),
    ]
}
