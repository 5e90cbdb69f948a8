//! `brunt serve`: the reference service and its reward mock.

use challenge_service::cli::ServeArgs as ChallengeArgs;
use challenge_service::rewards::MockArgs;
use challenge_service::stop_signal::stop_signal;
use clap::{Args, Subcommand};
use tokio::io::AsyncReadExt as _;

use super::output::Product;
use super::run::runtime;
use crate::exit::Exit;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  brunt serve rewards
  brunt serve challenges --phase phase9 --database sqlite:challenge.db --allow-mock-user
  brunt serve challenges --phase phase9 --pool 100 --print-config
  brunt serve challenges --role api --database postgres://user@127.0.0.1/challenges --allow-mock-user")]
pub(crate) struct ServeArgs {
    #[command(subcommand)]
    what: What,
    /// Stop when stdin ends, as a child process should when its parent goes
    #[arg(long, hide = true)]
    stop_with_stdin: bool,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The challenge service: REST and gRPC for players, gRPC for events
    Challenges(Box<ChallengeArgs>),
    /// The mock of the reward platform that claims call
    Rewards(MockArgs),
}

pub(crate) fn run(args: ServeArgs) -> anyhow::Result<Exit> {
    challenge_service::log::init();
    let stop_with_stdin = args.stop_with_stdin;
    let shutdown = async move {
        if stop_with_stdin {
            tokio::select! {
                () = stop_signal() => {}
                () = stdin_ends() => {}
            }
        } else {
            stop_signal().await;
        }
    };
    let runtime = runtime()?;
    match args.what {
        What::Challenges(args) => {
            let print_config = args.print_config;
            let settings = args.settings()?;
            if print_config {
                Product::claim()?.print(&settings.to_file())?;
                return Ok(Exit::Done);
            }
            runtime.block_on(challenge_service::cli::run(settings, shutdown))?;
        }
        What::Rewards(args) => runtime.block_on(challenge_service::rewards::run(args, shutdown))?,
    }
    // The thread that reads stdin cannot be cancelled.
    runtime.shutdown_background();
    Ok(Exit::Done)
}

async fn stdin_ends() {
    let mut byte = [0];
    while tokio::io::stdin()
        .read(&mut byte)
        .await
        .is_ok_and(|n| n > 0)
    {}
}
