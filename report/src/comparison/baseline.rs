//! Can runs be a baseline, which later ones are held against?

use super::differences::forbidding;
use super::finding::Finding;
use super::validity::RunValidity;
use crate::run::Run;

/// Why `runs` are no baseline: what keeps one of them from being judged, and in what they are not runs of
/// the same thing. Empty where they are one. An overload is a finding about the service, and no reason.
pub fn why_no_baseline(runs: &[Run]) -> Vec<String> {
    let faults = runs.iter().flat_map(|run| {
        let findings = RunValidity::of(run).findings.into_iter();
        let faults = findings.filter(|finding: &Finding| finding.fault().is_some());
        faults.map(|fault| format!("{}: {fault}", run.label))
    });
    let mut why: Vec<String> = faults.collect();
    let Some((first, more)) = runs.split_first() else {
        return why;
    };
    for run in more {
        let phases = [first, run].map(|run| run.manifest.phase.clone());
        let [of_first, of_run] = &phases;
        let phase = (of_first != of_run).then(|| format!("phase: {of_run} instead of {of_first}"));
        let loads = forbidding(&first.manifest, &run.manifest).into_iter();
        let loads = loads.map(|found| {
            let what = found.what.to_string();
            let what = what.trim().trim_end_matches(':');
            format!("{what}: {} instead of {}", found.b, found.a)
        });
        why.extend(
            phase
                .into_iter()
                .chain(loads)
                .map(|what| format!("{}: {what} in {}", run.label, first.label)),
        );
    }
    why
}
