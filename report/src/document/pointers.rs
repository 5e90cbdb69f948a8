//! Where the values of a sentence stand in the JSON form of a comparison (RFC 6901).

use crate::comparison::{Comparison, Side, Statistic};

/// The verdict in one word.
pub(super) const CONCLUSION: &str = "/verdict/conclusion";
/// How many p95 came to which verdict.
pub(super) const COUNTS: &str = "/verdict/actions";

/// A step of runs in a row.
pub(super) fn step(i: usize) -> String {
    format!("/steps/{i}")
}

/// One of the facts of the verdict.
pub(super) fn fact(i: usize) -> String {
    format!("/verdict/facts/{i}")
}

/// A finding about a run.
pub(super) fn finding(side: Side, i: usize) -> String {
    format!("/validity/{}/findings/{i}", letter(side))
}

/// A limit and how a run did.
pub(super) fn target(i: usize, side: Side) -> Vec<String> {
    vec![
        format!("/targets/{i}/target"),
        format!("/targets/{i}/results/{}/ratio", letter(side)),
    ]
}

/// A recommendation.
pub(super) fn recommendation(i: usize) -> String {
    format!("/recommendations/{i}")
}

/// How a run holds up to a criterion of readiness.
pub(super) fn criterion(i: usize, side: Side) -> String {
    format!("/readiness/criteria/{i}/sides/{}", letter(side))
}

/// What the profiles of one process, kind and stage come to.
pub(super) fn profile(i: usize) -> String {
    format!("/profiles/{i}")
}

/// How many targets a run kept, and how many not.
pub(super) fn target_counts() -> Vec<String> {
    Side::BOTH
        .map(|side| format!("/verdict/targets/{}", letter(side)))
        .into()
}

/// What changed with a response time.
pub(super) fn correlation(i: usize) -> String {
    format!("/correlations/{i}")
}

/// The success of a stage.
pub(super) fn success(i: usize) -> String {
    format!("/stages/{i}/success/difference/points")
}

/// The shares of a stage that succeeded, their difference, and what that comes to.
pub(super) fn successes(i: usize) -> Vec<String> {
    let at = format!("/stages/{i}/success");
    let of_side = |side: Side| {
        ["share", "offered"].map(|value| format!("{at}/sides/{}/{value}", letter(side)))
    };
    let mut pointers = vec![success(i), format!("{at}/verdict")];
    pointers.extend(Side::BOTH.into_iter().flat_map(of_side));
    pointers
}

/// Arrivals of a stage that were judged.
pub(super) fn offered(i: usize, side: Side) -> String {
    format!("/stages/{i}/success/sides/{}/offered", letter(side))
}

/// What became of all arrivals of a stage.
pub(super) fn settled(i: usize, side: Side) -> String {
    format!("/stages/{i}/counts/{}", letter(side))
}

/// The throughput of a stage.
pub(super) fn throughput(i: usize) -> Vec<String> {
    ["sides/a/per_s", "sides/b/per_s", "change/percent"]
        .map(|value| format!("/stages/{i}/throughput/{value}"))
        .into()
}

/// What became of the arrivals of an action.
pub(super) fn counts(
    comparison: &Comparison,
    stage: &str,
    action: &str,
    side: Side,
) -> Vec<String> {
    let row = row(comparison, stage, action);
    row.map(|row| format!("{row}/counts/{}", letter(side)))
        .into_iter()
        .collect()
}

/// The noise floors that changes were judged by, each kind once.
pub(super) fn noise(comparison: &Comparison) -> Vec<String> {
    let mut known = Vec::new();
    let mut pointers = Vec::new();
    for (i, row) in comparison.actions.iter().enumerate() {
        for (j, one) in row.statistics.iter().enumerate() {
            let certainty = one.change.as_ref().and_then(|c| c.certainty.as_ref());
            if let Some(noise) = certainty.map(|certainty| certainty.noise)
                && !known.contains(&noise.source)
            {
                known.push(noise.source);
                pointers.push(format!(
                    "/actions/{i}/statistics/{j}/change/certainty/noise"
                ));
            }
        }
    }
    pointers
}

/// Both values of a statistic, and its change.
pub(super) fn statistic(
    comparison: &Comparison,
    stage: &str,
    action: &str,
    statistic: Statistic,
) -> Vec<String> {
    let Some(row) = row(comparison, stage, action) else {
        return Vec::new();
    };
    let Some(found) = comparison.action(stage, action) else {
        return Vec::new();
    };
    let mut statistics = found.statistics.iter();
    let Some(i) = statistics.position(|one| one.statistic == statistic) else {
        return Vec::new();
    };
    let at = format!("{row}/statistics/{i}");
    let mut pointers = vec![
        format!("{at}/estimates/a/value"),
        format!("{at}/estimates/b/value"),
        format!("{at}/change/percent"),
        format!("{at}/change/factor"),
    ];
    // Told in place of a value where a stage was overloaded.
    pointers.extend(Side::BOTH.map(|side| format!("{row}/overloaded/{}", letter(side))));
    pointers
}

fn row(comparison: &Comparison, stage: &str, action: &str) -> Option<String> {
    let at = |rows: &[crate::comparison::ActionComparison]| {
        rows.iter()
            .position(|row| row.stage == stage && row.action == action)
    };
    if let Some(i) = at(&comparison.actions) {
        return Some(format!("/actions/{i}"));
    }
    at(&comparison.sessions).map(|i| format!("/sessions/{i}"))
}

fn letter(side: Side) -> &'static str {
    match side {
        Side::A => "a",
        Side::B => "b",
    }
}
