//! The reference challenge service.

use std::process::ExitCode;

use challenge_service::cli::{ServeArgs, run};
use challenge_service::stop_signal::stop_signal;
use challenge_service::telemetry::{self, LogArgs};
use clap::Parser;

/// Reference challenge service to put under load
#[derive(Parser)]
#[command(
    version,
    after_help = "Examples:\n  \
        challenge-service --allow-mock-user\n  \
        challenge-service --phase phase8 --database postgres://user@localhost/challenge\n  \
        challenge-service --role events --http 127.0.0.1:8010 --admin 127.0.0.1:8012"
)]
struct Cli {
    #[command(flatten)]
    serve: ServeArgs,

    #[command(flatten)]
    log: LogArgs,
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    telemetry::init(&cli.log);
    match run(cli.serve, stop_signal()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::from(2)
        }
    }
}
