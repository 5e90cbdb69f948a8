//! How `brunt run` and `brunt demo` show their progress.

use clap::Args;

use crate::progress::Ui;

#[derive(Clone, Debug, Args)]
pub(crate) struct ProgressArgs {
    /// How progress is shown, on stderr
    #[arg(long, value_enum, default_value_t = Ui::Plain)]
    ui: Ui,
    /// Show no progress: --ui none
    #[arg(long, short, conflicts_with = "ui")]
    quiet: bool,
}

impl ProgressArgs {
    pub(crate) fn ui(&self) -> Ui {
        if self.quiet { Ui::None } else { self.ui }
    }
}
