//! Files that a scenario names, relative to its own folder.

use std::ops::Range;
use std::path::Path;

use super::super::mistake::Mistakes;

/// The content of the file `name`, or a mistake.
pub(super) fn read(
    setting: &str,
    name: &str,
    span: &Range<usize>,
    folder: &Path,
    mistakes: &mut Mistakes<'_>,
) -> Option<Vec<u8>> {
    match std::fs::read(folder.join(name)) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            mistakes.add_with_hint(
                span,
                format!("{setting} {name:?} cannot be read: {error}"),
                "files are named relative to the folder of the scenario",
            );
            None
        }
    }
}
