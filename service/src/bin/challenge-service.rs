//! The reference challenge service.

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

use challenge_service::allocator::Allocator;
use challenge_service::cli::{ServeArgs, run};
use challenge_service::runtime;
use challenge_service::settings::LogFormat;
use challenge_service::stop_signal::stop_signal;
use challenge_service::telemetry;
use clap::Parser;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

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

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            telemetry::log(LogFormat::Text);
            tracing::error!("the runtime: {error}");
            return ExitCode::from(2);
        }
    };
    match runtime.block_on(serve(cli.serve)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::from(2)
        }
    }
}

async fn serve(args: ServeArgs) -> Result<(), Box<dyn Error>> {
    let print_config = args.print_config;
    let settings = args.settings().inspect_err(|_| {
        // They say how the log is written; that they are wrong is said in any case.
        telemetry::log(LogFormat::Text);
    })?;
    if print_config {
        std::io::stdout().write_all(settings.to_file().as_bytes())?;
        return Ok(());
    }
    let telemetry = telemetry::start(&settings).inspect_err(|_| telemetry::log(LogFormat::Text))?;
    let outcome = run(settings, stop_signal()).await;
    telemetry.finish().await;
    Ok(outcome?)
}
