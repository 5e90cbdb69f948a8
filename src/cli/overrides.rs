//! Changes to a scenario that `brunt run` and `brunt demo` take.

use brunt_loadgen::Overrides;
use clap::Args;

/// What a run changes of its scenario; the record keeps it.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct OverrideArgs {
    /// Another rate for the streams of this name: api=600/s, or gameplay/api=600/s
    #[arg(long, value_name = "STREAM=RATE")]
    rate: Vec<String>,
    /// Every rate and the number of users times this
    #[arg(long, value_name = "FACTOR")]
    scale: Option<f64>,
    /// Another duration: gameplay=60s, or 10s for every stage
    #[arg(long, value_name = "[STAGE=]DURATION")]
    duration: Vec<String>,
    /// Another number of users
    #[arg(long, value_name = "N")]
    users: Option<u64>,
}

impl From<&OverrideArgs> for Overrides {
    fn from(args: &OverrideArgs) -> Self {
        Self {
            rates: args.rate.clone(),
            scale: args.scale,
            durations: args.duration.clone(),
            users: args.users,
        }
    }
}
