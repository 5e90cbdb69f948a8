//! What a request of the reference service costs on PostgreSQL, what profiles add to that, and how its
//! statements are planned: `cargo run --release -p service-bench -- cost`, `overhead` or `plans`.
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
mod operation;
mod overhead;
mod pgbench;
mod plan_log;
mod plans;
mod rows;
mod service;
mod watched;

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
    /// What CPU profiles and heap sampling add to the CPU time of a request
    Overhead(CostArgs),
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
        Command::Cost(args) => cost::compare(&args.actions(), &args.load()).await,
        Command::Overhead(args) => overhead::compare(&args.actions(), &args.load()).await,
        Command::Plans => {
            print!("{}", plans::document().await?);
            Ok(())
        }
    }
}

impl CostArgs {
    fn actions(&self) -> Vec<Action> {
        if self.only.is_empty() {
            Action::ALL.to_vec()
        } else {
            self.only.clone()
        }
    }

    fn load(&self) -> cost::Load {
        cost::Load {
            phase: self.phase.clone(),
            rate_per_s: self.rate,
            window: Duration::from_secs(self.seconds),
            repetitions: self.repetitions,
        }
    }
}
