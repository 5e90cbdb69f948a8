//! What a request of the reference service costs on PostgreSQL, and how its statements are planned:
//! `cargo run --release -p service-bench -- cost`, or `plans`.
//!
//! A throwaway server with fsync on. For every action first the bare statement by pgbench, then the
//! service under brunt's generator, at the same rate and on the same rows, in turns. What counts is
//! the CPU time that the kernel says the service and all processes of PostgreSQL used, of a window in
//! the middle of each run. A figure is a ratio within one repetition.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "its output is the product"
)]

mod action;
mod build;
mod cost;
mod cpu;
mod database;
#[path = "../../generator/src/figures.rs"]
#[allow(dead_code, reason = "the other benchmark uses the rest")]
mod figures;
mod fsync;
mod generator;
mod pgbench;
mod plan_log;
mod plans;
mod service;

use std::time::Duration;

use action::Action;
use clap::{Args, Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(about = "What the reference service asks of PostgreSQL, and what that costs")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// CPU time of a request beside that of the bare statement
    Cost(CostArgs),
    /// Statements and plans, by operation and phase, as Markdown
    Plans,
}

#[derive(Debug, Args)]
struct CostArgs {
    /// Optimisations that are on: a preset, or a phase file
    #[arg(long, value_name = "NAME", default_value = "phase12")]
    phase: String,
    /// Requests, or bare statements, per second
    #[arg(long, default_value_t = 600)]
    rate: u32,
    /// Seconds of each run whose CPU time counts
    #[arg(long, default_value_t = 15)]
    seconds: u64,
    /// Runs of everything
    #[arg(long, default_value_t = 5)]
    repetitions: usize,
    /// Only these actions; all of them by default
    #[arg(long, value_enum)]
    only: Vec<Action>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Cost(args) => {
            let actions = if args.only.is_empty() {
                Action::ALL.to_vec()
            } else {
                args.only
            };
            let load = cost::Load {
                phase: args.phase,
                rate_per_s: args.rate,
                window: Duration::from_secs(args.seconds),
                repetitions: args.repetitions,
            };
            cost::compare(&actions, &load).await
        }
        Command::Plans => {
            print!("{}", plans::document().await?);
            Ok(())
        }
    }
}
