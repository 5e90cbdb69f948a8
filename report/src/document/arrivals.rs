//! What became of every arrival: ok + failed + unsent = offered.

use super::block::{Block, Section};
use super::names::Names;
use super::pointers;
use crate::comparison::{Comparison, Side};
use crate::language;
use crate::run::ActionCounts;

/// A sentence for every judged stage of both runs.
pub(super) fn say(section: &mut Section, comparison: &Comparison, names: &Names) {
    let mut told = Vec::new();
    for (i, stage) in comparison.stages.iter().enumerate() {
        for side in Side::BOTH {
            let success = stage.success.sides.get(side);
            let unfailing = success
                .no_failure_observed
                .then(|| format!(" {}.", language::no_failure(success.offered)));
            let counts = *stage.counts.get(side);
            let sentence = format!(
                "{} in {}:{} {}.",
                names.short(side),
                stage.stage,
                unfailing.unwrap_or_default(),
                counts.map_or_else(|| language::NOT_MEASURED.to_owned(), |counts| sum(&counts))
            );
            let pointers = vec![pointers::offered(i, side), pointers::settled(i, side)];
            section.claim(&*sentence, pointers);
            told.push(sentence);
        }
    }
    if !told.is_empty() {
        section.paragraph("What became of every arrival, those of the warm-up included:");
        section.blocks.push(Block::List(told));
    }
}

/// `44,457 ok + 1,543 failed + 0 unsent = 46,000 offered`; of a run that was cut short some may not have
/// settled.
fn sum(counts: &ActionCounts) -> String {
    let count = language::count;
    let settled = counts.sent() + counts.unsent;
    let open = counts.offered.saturating_sub(settled);
    let open = match open {
        0 => String::new(),
        open => format!(" + {} not settled", count(open)),
    };
    format!(
        "{} ok + {} failed + {} unsent{open} = {} offered",
        count(counts.ok),
        count(counts.failed),
        count(counts.unsent),
        count(counts.offered)
    )
}
