//! What was allocated between two snapshots of the memory of the same process.

use std::collections::HashMap;

use super::model::{Kind, Profile};
use super::weight::Functions;

/// Kinds that only grow while a process lives begin so.
const GROWING: &str = "alloc_";

/// What `later` has of the kinds that only grow and `earlier` has not; none where it has no such kind,
/// or where either does not say when it was taken.
pub(super) fn between(earlier: &Profile, later: &Profile) -> Option<Profile> {
    let (began_ns, ended_ns) = (earlier.began_ns?, later.began_ns?);
    let took_ns = ended_ns.checked_sub(began_ns).filter(|took| *took > 0)?;
    let growing = |kind: &&Kind| kind.name.starts_with(GROWING);
    let kinds: Vec<Kind> = later.kinds.iter().filter(growing).cloned().collect();
    // The same units: the process is the same.
    if kinds.is_empty() || earlier.kinds != later.kinds || earlier.period != later.period {
        return None;
    }
    let mut functions = Functions::default();
    let mut stacks: HashMap<Vec<usize>, Vec<i64>> = HashMap::new();
    for (profile, sign) in [(later, 1_i64), (earlier, -1)] {
        let numbers = functions.of(profile);
        for sample in profile.samples() {
            let stack = sample.inside_out().map(|function| numbers[function]);
            let sums = stacks
                .entry(stack.collect())
                .or_insert_with(|| vec![0; kinds.len()]);
            let values = profile.kinds.iter().zip(sample.values);
            let grown = values.filter(|(kind, _)| growing(kind));
            for (sum, (_, value)) in sums.iter_mut().zip(grown) {
                *sum = sum.saturating_add(value.saturating_mul(sign));
            }
        }
    }
    let mut stacks: Vec<_> = stacks.into_iter().collect();
    stacks.retain(|(_, values)| values.iter().any(|value| *value != 0));
    stacks.sort();
    let mut profile = Profile {
        default_kind: kinds.len() - 1,
        kinds,
        functions: functions.all.into_iter().cloned().collect(),
        began_ns: Some(began_ns),
        took_ns: Some(took_ns),
        period: later.period,
        period_kind: later.period_kind.clone(),
        ..Profile::default()
    };
    // A place for every function.
    let count = profile.functions.len() as u32;
    profile.locations = (0..count).map(|place| place..place + 1).collect();
    profile.frames = (0..count).collect();
    for (stack, values) in stacks {
        let first = profile.stacks.len() as u32;
        let places = stack.into_iter().map(|function| function as u32);
        profile.stacks.extend(places);
        profile.samples.push(first..profile.stacks.len() as u32);
        profile.values.extend(values);
    }
    Some(profile)
}
