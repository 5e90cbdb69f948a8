//! What every command that holds records against each other takes.

use std::path::PathBuf;

use brunt_report::calibration::FloorUse;
use brunt_report::{CompareOptions, Run};
use clap::Args;
use jiff::Timestamp;

use crate::noise;

#[derive(Clone, Debug, Default, Args)]
pub(crate) struct JudgingArgs {
    /// Judge although plan, mix, rates or data differ; the report says so
    #[arg(long)]
    force: bool,
    /// Noise floor by brunt calibrate; by default the newest of results/noise that is of such runs
    #[arg(long, value_name = "FILE")]
    noise: Option<PathBuf>,
    /// The runs were made in pairs: the first of A beside the first of B, and so on; their labels by
    /// brunt duet must say so too
    #[arg(long, conflicts_with = "noise")]
    pub(crate) paired: bool,
}

impl JudgingArgs {
    /// Of runs that were made in pairs.
    pub(crate) fn of_pairs() -> Self {
        Self {
            paired: true,
            ..Self::default()
        }
    }

    /// How to compare `runs`.
    pub(crate) fn options(&self, runs: &[&Run]) -> anyhow::Result<CompareOptions> {
        let mut options = CompareOptions {
            force: self.force,
            paired: self.paired,
            ..CompareOptions::default()
        };
        if self.paired {
            options.floor = FloorUse::Paired {
                pairs: runs.len() as u32 / 2,
            };
        } else {
            noise::apply(&mut options, self.noise.as_deref(), runs, Timestamp::now())?;
        }
        Ok(options)
    }
}
