//! Did actions do to the database what they declare?
//!
//! "New users" have been measured that were reads of one user, with no row inserted.

use brunt_record::StagePlan;

use super::change::NotJudged;
use super::finding::Finding;
use super::validity::RunValidity;
use super::value::Side;
use super::verdict;
use crate::run::Run;

/// The actions of a stage whose declared inserts the database did not see. Those of a table are told
/// together, because its counter is.
pub(super) fn unseen(run: &Run, stage: &StagePlan) -> Vec<Finding> {
    let declared: Vec<_> = run
        .stage(&stage.name)
        .filter_map(|action| {
            let mut plans = run.manifest.plan.actions.iter();
            let plan = plans.find(|plan| plan.name == action.action)?;
            Some((&plan.name, plan.effect.as_ref()?, action.counts.ok))
        })
        .collect();
    let mut findings = Vec::new();
    for (name, effect, ok) in &declared {
        let of_table = declared.iter().filter(|(_, e, _)| e.table == effect.table);
        let expected: u64 = of_table.map(|(_, e, ok)| e.inserts * ok).sum();
        let Some(seen) = inserted(run, &stage.name, &effect.table) else {
            continue;
        };
        if *ok > 0 && verdict::effect_unseen(seen, expected as f64) {
            findings.push(Finding::EffectUnseen {
                stage: stage.name.clone(),
                action: (*name).clone(),
                table: effect.table.clone(),
                inserts: effect.inserts,
                expected,
                seen: seen.round() as u64,
            });
        }
    }
    findings
}

/// Rows that every database of the record inserted into a table of this name in the stage; none where
/// no database counted them.
fn inserted(run: &Run, stage: &str, table: &str) -> Option<f64> {
    let span = run.series.stage(stage)?;
    let [from_us, until_us] = [span.started_s, span.ended_s].map(|s| (s * 1e6) as u64);
    let counter = format!("table_inserts_total{{table=\"{table}\"}}");
    let counters = run.evidence.gauges.iter();
    counters
        .filter(|gauge| gauge.name == counter)
        .filter_map(|gauge| gauge.grown(from_us, until_us))
        .reduce(|sum, grown| sum + grown)
}

/// Why an action of the runs of a side is not judged, where that is for its effect.
pub(super) fn not_judged(
    runs: &[RunValidity],
    side: Side,
    stage: &str,
    action: &str,
) -> Option<NotJudged> {
    let findings = runs.iter().flat_map(|run| &run.findings);
    let mut of_action = findings.filter(|finding| {
        matches!(finding, Finding::EffectUnseen { stage: s, action: a, .. } if s == stage && a == action)
    });
    of_action.next().map(|_| NotJudged::EffectUnseen { side })
}
