//! Why a profile cannot be read, and why two cannot be compared.

use super::read::{MOST_BYTES, MOST_KINDS, MOST_PARTS};
use crate::language;

/// A profile that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// There is nothing in it.
    #[error("the profile is empty")]
    Empty,
    /// More bytes than are read, as they are or after decompression: a gzip bomb, or no profile.
    #[error("the profile has more than {}", language::bytes(MOST_BYTES))]
    TooLarge,
    /// The gzip stream is damaged or cut short.
    #[error("the profile cannot be decompressed: {0}")]
    Gzip(std::io::Error),
    /// Its bytes are no protocol buffer, or not that of a profile.
    #[error("this is no pprof protobuf, or a damaged one: {what}")]
    Malformed {
        /// What is wrong, in a few words.
        what: &'static str,
    },
    /// Its parts contradict each other.
    #[error("the profile contradicts itself: {what}")]
    Inconsistent {
        /// How.
        what: String,
    },
    /// More sample types than any profiler has.
    #[error("the profile has more than {MOST_KINDS} sample types")]
    TooManyKinds,
    /// Its names, files and comments are longer together.
    #[error(
        "the texts of the profile come to more than {}",
        language::bytes(MOST_BYTES)
    )]
    TooLong,
    /// It has more of something than any real one.
    #[error("the profile has more than {} {what}", language::count(MOST_PARTS as u64))]
    TooMany {
        /// Of what.
        what: &'static str,
    },
    /// It has no values of the sort that was asked for.
    #[error("the profile has no sample type {asked:?}\nhint: it has {}", has.join(", "))]
    NoSuchKind {
        /// The sample type that was asked for.
        asked: String,
        /// Those that there are.
        has: Vec<String>,
    },
    /// Its values cannot be held against those of the other profile.
    #[error("{new} cannot be compared with {base}: another unit")]
    Units {
        /// Sample type and unit of the newer profile.
        new: String,
        /// Those of the older one.
        base: String,
    },
}

impl ProfileError {
    pub(super) fn inconsistent(what: impl Into<String>) -> Self {
        Self::Inconsistent { what: what.into() }
    }
}
