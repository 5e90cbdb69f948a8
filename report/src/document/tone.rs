//! How something reads at a glance. Decided from a verdict, never from a figure.

use serde::Serialize;

/// A tone; renderers show it by colour and by a sign, and the text says it in words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tone {
    /// Neither good nor bad.
    #[default]
    Plain,
    /// Better, met, valid.
    Good,
    /// Worse, missed, invalid.
    Bad,
    /// Cannot be told, or to be read with care.
    Care,
    /// Absent, or of lesser weight.
    Faint,
}
