//! Texts that take something from the environment.

use std::ops::Range;

/// A text of the file whose places of the environment are filled.
pub(super) struct Text<'t> {
    /// As the file has it, which is what messages show.
    pub(super) written: &'t str,
    /// What it comes to.
    pub(super) value: String,
    pub(super) span: Range<usize>,
}

impl Text<'_> {
    /// `hint`, unless it could quote what the environment holds.
    pub(super) fn hint(&self, hint: String) -> String {
        if self.written == self.value {
            hint
        } else {
            "what the environment holds is not shown; write it here to see what is wrong".to_owned()
        }
    }
}
