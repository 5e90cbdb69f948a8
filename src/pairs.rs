//! Which runs were made beside each other.

use anyhow::bail;
use brunt_report::Run;
use brunt_report::language::plural;

/// The labels by which `brunt duet` says of which pair a run is, and of which side.
pub(crate) const PAIR: &str = "duet-pair";
pub(crate) const SIDE: &str = "duet-side";

/// Is the first of `a` a pair with the first of `b`, and so on? By their labels; runs without any are taken
/// as they come.
pub(crate) fn check(a: &[Run], b: &[Run]) -> anyhow::Result<()> {
    let mut told = [
        one_side(a),
        one_side(b),
        partners(a, b, "B"),
        partners(b, a, "A"),
    ]
    .concat();
    if told.is_empty() {
        told = in_order(a, b);
    }
    if !told.is_empty() {
        bail!(
            "--paired: not the runs of pairs\n  {}\nhint: give both runs of every pair, all of one service on one side, in the same order",
            told.join("\n  ")
        );
    }
    if a.len() != b.len() || a.len() < 2 {
        bail!(
            "--paired: {} against {}\nhint: give as many runs of each side, two or more",
            plural(a.len() as u64, "run"),
            plural(b.len() as u64, "run")
        );
    }
    Ok(())
}

fn label<'a>(run: &'a Run, name: &str) -> Option<&'a str> {
    run.manifest.labels.get(name).map(String::as_str)
}

/// Runs that are of another side of their duet than the first.
fn one_side(runs: &[Run]) -> Vec<String> {
    let side = |run| label(run, SIDE).unwrap_or("none");
    let others = runs.iter().filter(|run| side(run) != side(&runs[0]));
    others
        .map(|run| {
            let (first, other) = (side(&runs[0]), side(run));
            format!(
                "{} is of side {other}, {} of side {first}",
                run.label, runs[0].label
            )
        })
        .collect()
}

/// Runs of pairs of which `others` has no run.
fn partners(runs: &[Run], others: &[Run], name: &str) -> Vec<String> {
    let paired = runs.iter().filter_map(|run| Some((run, label(run, PAIR)?)));
    let alone = paired.filter(|(_, pair)| !others.iter().any(|run| label(run, PAIR) == Some(pair)));
    alone
        .map(|(run, pair)| {
            format!(
                "{} is of pair {pair}, of which {name} has no run",
                run.label
            )
        })
        .collect()
}

fn in_order(a: &[Run], b: &[Run]) -> Vec<String> {
    let pair = |run| label(run, PAIR).unwrap_or("none");
    let beside = a.iter().zip(b).filter(|(a, b)| pair(a) != pair(b));
    beside
        .map(|(a, b)| {
            format!(
                "{} is of pair {}, and {} beside it of pair {}",
                a.label,
                pair(a),
                b.label,
                pair(b)
            )
        })
        .collect()
}
