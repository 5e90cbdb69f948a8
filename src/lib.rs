//! The `brunt` command, for itself and for programs that have actions of their own.
//!
//! A scenario says what is sent as a file. What a file cannot say (a signature, a job that is asked for
//! until it is done, a protocol of one's own) is an async function of a Rust program, which
//! [`run_with`] gives the command line of `brunt run`: the same engine, progress, thresholds and
//! record.
//!
//! ```no_run
//! use std::process::ExitCode;
//!
//! use brunt::{Actions, Arrival, Failure};
//! use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
//! use tokio::net::TcpStream;
//!
//! /// `[actions.ping]` with `code = true`; `[addresses]` has `redis = "redis://127.0.0.1:6379"`.
//! async fn ping(arrival: Arrival) -> Result<(), Failure> {
//!     let mut stream = TcpStream::connect(arrival.address("redis")?).await?;
//!     stream.write_all(b"PING\r\n").await?;
//!     let mut answer = [0; 7];
//!     stream.read_exact(&mut answer).await?;
//!     match &answer {
//!         b"+PONG\r\n" => Ok(()),
//!         _ => Err(Failure::new("redis-error", "expected a pong")),
//!     }
//! }
//!
//! fn main() -> ExitCode {
//!     // cargo run --release -- ping.toml --phase "phase 9"
//!     brunt::run_with(&Actions::new().add("ping", ping), std::env::args_os())
//! }
//! ```
//!
//! Without a command line it is [`brunt_loadgen::run_with`].

#![forbid(unsafe_code)]

mod baseline;
mod cli;
mod demo;
mod exit;
mod experiment;
mod import;
mod interrupt;
mod knee;
mod metrics;
mod noise;
mod outline;
mod pairs;
mod progress;
mod series;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

pub use brunt_loadgen::{Actions, Arrival, Bytes, Failure, http};
use cli::{Cli, Verb};
use exit::Exit;

/// The command `brunt` with the arguments of this process: a table of contents, one file a verb in
/// `cli/`.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match cli.verb {
        Verb::Demo(args) => cli::demo::run(&args),
        Verb::Run(args) => cli::run::run(args, &Actions::new()),
        Verb::Init(args) => cli::init::run(&args),
        Verb::Compare(args) => cli::compare::run(&args),
        Verb::Gate(args) => cli::gate::run(&args),
        Verb::Import(args) => cli::import::run(&args),
        Verb::Audit(args) => cli::audit::run(&args),
        Verb::Baseline(args) => cli::baseline::run(&args),
        Verb::Calibrate(args) => cli::calibrate::run(&args),
        Verb::Duet(args) => cli::duet::run(*args),
        Verb::Knee(args) => cli::knee::run(*args),
        Verb::Mark(args) => cli::mark::run(&args),
        Verb::Profile(args) => cli::profile::run(&args),
        Verb::Trend(args) => cli::trend::run(&args),
        Verb::Serve(args) => cli::serve::run(args),
        Verb::Schema(args) => cli::schema::run(&args),
        Verb::Completions(args) => cli::completions::run(&args),
    };
    Exit::of(result).into()
}

/// Runs a scenario some of whose actions are the functions `actions`, as `brunt run` does: with its
/// options, its progress and its exit codes.
///
/// `args` begin with the name of the program, as those of [`std::env::args_os`]. As `brunt run` it ends
/// the process where they cannot be used, and takes over ctrl-c and stdout: it is the last thing that a
/// program does.
pub fn run_with(
    actions: &Actions,
    args: impl IntoIterator<Item = impl Into<OsString> + Clone>,
) -> ExitCode {
    let args = cli::run::RunArgs::of_program(args);
    Exit::of(cli::run::run(args, actions)).into()
}
