//! The records that a command holds against each other, and the runs of each side.

use std::path::{Path, PathBuf};

use brunt_report::{Run, load_all};
use clap::Args;

use crate::baseline::{records_in, records_in_all};

#[derive(Clone, Debug, Default, Args)]
pub(crate) struct RecordArgs {
    /// Record of the older run, then of the newer one; a folder of records is several runs of the same
    /// thing, and the name of a baseline is its record
    #[arg(required = true, value_name = "RECORD")]
    records: Vec<PathBuf>,
    /// Record of the baseline; give it several times for several runs, and all of RECORD are then runs
    /// of what is held against them
    #[arg(long, value_name = "RECORD")]
    baseline: Vec<PathBuf>,
}

impl RecordArgs {
    /// The records of every side, in order: with `--baseline` there are two.
    pub(crate) fn sides(&self) -> anyhow::Result<Vec<Vec<PathBuf>>> {
        if self.baseline.is_empty() {
            return self.records.iter().map(|path| records_in(path)).collect();
        }
        Ok(vec![
            records_in_all(&self.baseline)?,
            records_in_all(&self.records)?,
        ])
    }

    /// The records of the older and the newer side.
    pub(crate) fn two_sides(&self) -> anyhow::Result<[Vec<PathBuf>; 2]> {
        <[_; 2]>::try_from(self.sides()?).map_err(|sides| {
            anyhow::anyhow!(
                "{} given, and two sides are held against each other\nhint: for several runs a side write --baseline A1 --baseline A2 B1 B2",
                brunt_report::language::plural(sides.len() as u64, "side")
            )
        })
    }
}

/// Loads the runs of both sides.
pub(crate) fn load_sides(sides: &[Vec<PathBuf>; 2]) -> anyhow::Result<[Vec<Run>; 2]> {
    let paths: Vec<&Path> = sides.iter().flatten().map(PathBuf::as_path).collect();
    let mut a = load_all(&paths)?;
    let b = a.split_off(sides[0].len());
    Ok([a, b])
}
