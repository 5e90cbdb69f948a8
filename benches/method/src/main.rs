//! Are the intervals of reports right, and how often does a gate err?
//! `cargo run --release -p method-bench -- all DIR`, or one of its parts.
//!
//! `simulate` draws runs whose truth is known and hands them to the code that every comparison goes
//! through. `record` makes real runs of the reference service, of the same thing and of things that are
//! slower by a known share; `records` judges them against each other. Both print Markdown, and put it
//! into a document where they are told to (`--into docs/method.md`).

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "its output is the product"
)]

mod document;
mod intervals;
mod power;
mod random;
mod real;
mod record;
mod simulated;
mod table;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(about = "Proof of the statistics of comparisons and gates")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Coverage, false alarms and power over simulated pairs of runs
    Simulate(SimulateArgs),
    /// Make real runs, in turns: of the same service, and of slower ones
    Record(record::RecordArgs),
    /// The same figures over the records that `record` made
    Records(RecordsArgs),
    /// All three, one after the other
    All(AllArgs),
}

#[derive(Debug, Args)]
struct SimulateArgs {
    /// Pairs of every kind
    #[arg(long, default_value_t = 10_000)]
    pairs: usize,
    /// A document whose part "simulate" is replaced by the figures
    #[arg(long, value_name = "FILE")]
    into: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct RecordsArgs {
    /// The folder of `record`
    folder: PathBuf,
    /// A document whose part "records" is replaced by the figures
    #[arg(long, value_name = "FILE")]
    into: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct AllArgs {
    #[command(flatten)]
    record: record::RecordArgs,
    /// Pairs of every kind that are simulated
    #[arg(long, default_value_t = 10_000)]
    pairs: usize,
    /// A document whose parts "simulate" and "records" are replaced by the figures
    #[arg(long, value_name = "FILE")]
    into: Option<PathBuf>,
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Simulate(args) => {
            let text = simulate(args.pairs);
            document::show(&text, "simulate", args.into.as_deref())
        }
        Command::Record(args) => record::record(&args),
        Command::Records(args) => {
            let text = real::judged(&args.folder)?;
            document::show(&text, "records", args.into.as_deref())
        }
        Command::All(args) => {
            document::show(&simulate(args.pairs), "simulate", args.into.as_deref())?;
            record::record(&args.record)?;
            let text = real::judged(args.record.folder())?;
            document::show(&text, "records", args.into.as_deref())
        }
    }
}

fn simulate(pairs: usize) -> String {
    let sets: Vec<simulated::Set> = simulated::MEMORIES
        .into_iter()
        .map(|memory| {
            eprintln!("{pairs} pairs whose requests remember {memory} before them");
            simulated::Set::draw(memory, pairs)
        })
        .collect();
    [intervals::section(&sets), power::section(&sets)].join("\n")
}
