//! The reference challenge service.

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

use challenge_service::cli::{ServeArgs, run};
use challenge_service::{log, stop_signal::stop_signal};
use clap::Parser;

/// Reference challenge service to put under load
#[derive(Parser)]
#[command(
    version,
    after_help = "Examples:\n  \
        challenge-service --allow-mock-user\n  \
        challenge-service --phase phase8 --database postgres://user@localhost/challenge\n  \
        challenge-service --config service.toml --pool 50 --print-config\n  \
        challenge-service --role events --http 127.0.0.1:8010 --admin 127.0.0.1:8012"
)]
struct Cli {
    #[command(flatten)]
    serve: ServeArgs,
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    log::init();
    let outcome = serve(cli.serve).await;
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::from(2)
        }
    }
}

async fn serve(args: ServeArgs) -> Result<(), Box<dyn Error>> {
    let print_config = args.print_config;
    let settings = args.settings()?;
    if print_config {
        std::io::stdout().write_all(settings.to_file().as_bytes())?;
        return Ok(());
    }
    Ok(run(settings, stop_signal()).await?)
}
