//! The `brunt` command: a table of contents, one file a verb in `cli/`.

mod cli;
mod demo;
mod exit;
mod interrupt;
mod knee;
mod metrics;
mod outline;
mod progress;

use clap::Parser as _;

use cli::{Cli, Verb};
use exit::Exit;

fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    let result = match cli.verb {
        Verb::Demo(args) => cli::demo::run(&args),
        Verb::Run(args) => cli::run::run(args),
        Verb::Init(args) => cli::init::run(&args),
        Verb::Compare(args) => cli::compare::run(&args),
        Verb::Gate(args) => cli::gate::run(&args),
        Verb::Knee(args) => cli::knee::run(*args),
        Verb::Serve(args) => cli::serve::run(args),
        Verb::Schema(args) => cli::schema::run(&args),
        Verb::Completions(args) => cli::completions::run(&args),
    };
    Exit::of(result).into()
}
