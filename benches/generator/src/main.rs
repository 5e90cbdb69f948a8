//! brunt's generator beside its peers: `cargo run --release -p generator-bench`.
//!
//! One server, the same cores, every tool in turn, several repetitions. What counts is what the
//! server saw and what the kernel says a tool used, not what a tool says of itself. Machines are
//! shared and drift, so a figure is a ratio within one repetition; the table gives the median and
//! the range of those ratios.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "its output is the product"
)]

mod brunt;
mod figures;
mod peers;
mod process;
mod seen;
mod stock_goose;
mod suite;
mod target;

use std::net::SocketAddr;
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};

#[derive(Debug, Parser)]
#[command(about = "brunt's generator beside its peers, against one server on the same cores")]
struct Args {
    /// What to measure
    #[arg(value_enum, default_values_t = [Suite::Closed, Suite::Open, Suite::Grpc])]
    suites: Vec<Suite>,
    /// How often each tool runs
    #[arg(long, default_value_t = 5)]
    repetitions: usize,
    /// Seconds of a closed-loop run; open-model runs take six times this
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    #[command(subcommand)]
    role: Option<Role>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Suite {
    /// 50 connections as fast as they go: wrk, oha, h2load, hey, stock goose
    Closed,
    /// 1,000/s and 5,000/s in the open model: oha
    Open,
    /// 5,000 gRPC events/s: h2load
    Grpc,
    /// 800/s for 31 minutes: memory over time
    Memory,
}

/// What this program is when it runs itself.
#[derive(Debug, Subcommand)]
enum Role {
    /// The server under load
    #[command(hide = true)]
    Target,
    /// Goose with its own request path
    #[command(hide = true)]
    StockGoose {
        address: SocketAddr,
        users: usize,
        seconds: u64,
    },
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let runtime = tokio::runtime::Runtime::new()?;
    match args.role {
        Some(Role::Target) => runtime.block_on(target::serve()),
        Some(Role::StockGoose {
            address,
            users,
            seconds,
        }) => runtime.block_on(stock_goose::attack(address, users, seconds)),
        None => {
            let settings = suite::Settings {
                repetitions: args.repetitions.max(1),
                closed: Duration::from_secs(args.seconds.max(1)),
                open: Duration::from_secs(6 * args.seconds.max(1)),
            };
            for suite in args.suites {
                match suite {
                    Suite::Closed => suite::closed(&settings)?,
                    Suite::Open => suite::open(&settings)?,
                    Suite::Grpc => suite::grpc(&settings)?,
                    Suite::Memory => suite::memory()?,
                }
            }
            Ok(())
        }
    }
}
