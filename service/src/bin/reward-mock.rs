//! A reward platform that grants everything, after a while.

use std::process::ExitCode;

use challenge_service::rewards::{MockArgs, run};
use challenge_service::{log, stop_signal::stop_signal};
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
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    log::init();
    match run(cli.mock, stop_signal()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::from(2)
        }
    }
}
