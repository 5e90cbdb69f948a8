//! What people wrote beside the records. Nothing of it is computed.

use super::block::{Block, Section};
use super::names::Names;
use crate::comparison::{Comparison, Side};

/// The notes of both runs; none where neither has any.
pub(super) fn section(comparison: &Comparison, names: &Names) -> Option<Section> {
    let noted = |side: &Side| comparison.notes.get(*side).is_some();
    if !Side::BOTH.iter().any(noted) {
        return None;
    }
    let mut section = Section::new("notes", "Notes");
    section.paragraph(
        "Written by hand in `notes.md` beside a record. Nothing here is computed or checked.",
    );
    for side in Side::BOTH {
        if let Some(text) = comparison.notes.get(side) {
            let mut part = Section::new("note", format!("Note on {}", names.short(side)));
            part.blocks.push(Block::Note(text.clone()));
            section.sections.push(part);
        }
    }
    Some(section)
}
