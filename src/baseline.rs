//! Named baselines: records that later runs are held against, kept beside the code.
//!
//! `results/baselines/NAME` is the record of one run, untrimmed. It moves when somebody says so and
//! at no other time.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use brunt_report::run::load;
use brunt_report::{Run, run};

/// The folder of the baselines.
pub(crate) struct Baselines {
    folder: PathBuf,
}

impl Baselines {
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }
}
