//! A reward platform that grants everything, after a while.

use std::process::ExitCode;

use challenge_service::rewards::{MockArgs, run};
use challenge_service::settings::LogFormat;
use challenge_service::stop_signal::stop_signal;
use challenge_service::telemetry;
use clap::Parser;

/// Stands in for the reward platform
#[derive(Parser)]
#[command(
    version,
    after_help = "Examples:\n  \
        reward-mock\n  \
        reward-mock --latency lognormal:80ms:400ms --failure-rate 1% --hang-rate 0.1%"
)]
struct Cli {
    #[command(flatten)]
    mock: MockArgs,

    /// How lines of the log are written
    #[arg(
        long,
        value_enum,
        default_value = "text",
        env = "REWARD_MOCK_LOG_FORMAT"
    )]
    log_format: LogFormat,
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    telemetry::log(cli.log_format);
    match run(cli.mock, stop_signal()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::from(2)
        }
    }
}
