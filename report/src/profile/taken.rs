//! A profile, and what is known of the time in which it was taken.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use regex::Regex;

use super::error::ProfileError;
use super::judge::NoRequests;
use super::model::Profile;
use super::read::{MOST_BYTES, read};

/// A profile, and what is known of the time in which it was taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    /// Its file, as people are shown it.
    pub file: String,
    /// The profile.
    pub profile: Arc<Profile>,
    /// When it began, seconds since the start of the run; absent where nobody knows.
    pub from_s: Option<f64>,
    /// Requests that settled in its time, or why they are not known.
    pub requests: Result<f64, NoRequests>,
    /// Cores that the process may use; absent where nobody knows.
    pub cores: Option<f64>,
    /// CPU time of the process over its window by the system's account, seconds; absent where nobody
    /// read it.
    pub process_cpu_s: Option<f64>,
}

impl Taken {
    /// A profile without a record.
    pub fn bare(file: impl Into<String>, profile: Profile) -> Self {
        Self {
            file: file.into(),
            profile: Arc::new(profile),
            from_s: None,
            requests: Err(NoRequests::NoRecord),
            cores: None,
            process_cpu_s: None,
        }
    }

    /// Only the stacks in which a function matches; shares stay those of the whole.
    #[must_use]
    pub fn focused(&self, on: &Regex) -> Self {
        Self {
            profile: Arc::new(self.profile.focused(on)),
            ..self.clone()
        }
    }
}

/// Reads the profile in the file at `path`, which may be anything.
pub fn read_file(path: &Path) -> Result<Profile, ReadError> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(ProfileError::TooLarge.into());
    }
    Ok(read(&bytes)?)
}

/// A file that cannot be read as a profile.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Not even its bytes.
    #[error(transparent)]
    File(#[from] std::io::Error),
    /// They are no profile.
    #[error(transparent)]
    Profile(#[from] ProfileError),
}
