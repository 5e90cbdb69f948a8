//! The directory of a run: when it began, and the phase.

use std::path::{Path, PathBuf};

/// A directory in `results` that is not there yet; two runs may begin in one second.
pub(super) fn unused(results: &Path, id: &mut String) -> PathBuf {
    let base = id.clone();
    let mut n = 2;
    while results.join(&*id).exists() {
        *id = format!("{base}-{n}");
        n += 1;
    }
    results.join(&*id)
}

pub(super) fn slug(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect()
}
