//! Files that a scenario names, relative to its own folder.

use std::path::Path;

use super::super::mistake::Mistakes;
use super::super::text::Text;

/// The content of `file`, or a mistake.
pub(super) fn read(
    setting: &str,
    file: &Text<'_>,
    folder: &Path,
    mistakes: &mut Mistakes<'_>,
) -> Option<Vec<u8>> {
    match std::fs::read(folder.join(&file.value)) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            mistakes.add(
                &file.span,
                format!("{setting} {:?} cannot be read: {error}", file.written),
                "files are named relative to the folder of the scenario",
            );
            None
        }
    }
}
