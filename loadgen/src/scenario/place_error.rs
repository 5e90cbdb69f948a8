//! What is wrong with a place `${…}` of a text.

/// A place cannot be read, or nothing fills it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}\nhint: {hint}")]
pub struct PlaceError {
    /// What is wrong, without what the environment holds.
    pub what: String,
    /// What to do about it.
    pub hint: String,
}

impl PlaceError {
    /// `text`, which begins with a place, does not end it.
    pub(super) fn open(text: &str) -> Self {
        Self {
            what: format!("{text:?} has no closing brace"),
            hint: "end the place: ${NAME}".to_owned(),
        }
    }
}
