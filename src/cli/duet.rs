//! `brunt duet`.

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use jiff::Timestamp;

use super::compare::{ReportFiles, report_sides};
use super::experiment::{ExperimentArgs, dry_run};
use super::judging::JudgingArgs;
use super::load::{LoadArgs, pair};
use super::output::{Product, say};
use super::run::runtime;
use crate::exit::Exit;
use crate::experiment::{Bench, Subject, Wanted, service};
use crate::{interrupt, pairs};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  brunt duet scenarios/m3-short.toml --service phase9 --service phase10
  brunt duet scenarios/m3-short.toml --service phase9 --service 'phase9 --pool 50' --pairs 10
  brunt duet load.toml --a http=http://127.0.0.1:9000 --b http=http://127.0.0.1:9001
  brunt gate results/runs/duet-20261203-120000/a results/runs/duet-20261203-120000/b --paired

Runs A and B in turns, A B B A A B B A …, and judges the differences of the pairs: what moves the machine
from minute to minute moves both runs of a pair, so that no noise floor is needed. The records go to
the folders a and b of a directory under --out, whose report is that of brunt compare. Ctrl-c ends the
runs and reports on the pairs that are done.")]
pub(crate) struct DuetArgs {
    /// Start the reference service anew for every run: its phase, and maybe flags; give it twice, A first
    #[arg(long, value_name = "PHASE", value_parser = service, conflicts_with_all = ["a", "b"])]
    service: Vec<Subject>,
    /// Where A is, if it is not at the addresses of the scenario
    #[arg(long, value_name = "NAME=URL", value_parser = pair)]
    a: Vec<(String, String)>,
    /// Where B is
    #[arg(long, value_name = "NAME=URL", value_parser = pair)]
    b: Vec<(String, String)>,
    /// How many runs of each
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u32).range(2..=100))]
    pairs: u32,
    #[command(flatten)]
    files: ReportFiles,
    #[command(flatten)]
    experiment: ExperimentArgs,
    #[command(flatten)]
    load: LoadArgs,
}

/// What the folders and the labels of both sides are called.
const SIDES: [&str; 2] = ["a", "b"];

pub(crate) fn run(args: DuetArgs) -> anyhow::Result<Exit> {
    let subjects = subjects(&args)?;
    let wanted = args.load.read()?;
    if args.load.options.dry_run {
        return dry_run(&wanted);
    }
    let mut product = Product::claim()?;
    let stop = interrupt::on_signal()?;
    let experiment = args.experiment.of(&args.load, wanted, stop)?;
    let began = Timestamp::now().strftime("%Y%m%d-%H%M%S");
    let folder = args.load.options.out.join(format!("duet-{began}"));
    let made = runtime()?.block_on(async {
        let mut bench = Bench::new(experiment).await?;
        let wanted = order(args.pairs).map(|(pair, side)| {
            let name = SIDES[side];
            Wanted {
                title: format!("pair {pair} of {}: {name}", args.pairs),
                subject: &subjects[side],
                phase: subjects[side].phase_or(name),
                folder: folder.join(name),
                labels: vec![
                    (pairs::SIDE, name.to_owned()),
                    (pairs::PAIR, pair.to_string()),
                ],
            }
        });
        bench.make_all(wanted).await
    })?;
    let ended = made.ended;
    let mut records: [Vec<PathBuf>; 2] = Default::default();
    for (record, (_, side)) in made.records.into_iter().zip(order(args.pairs)) {
        records[side].push(record);
    }
    product.print(&format!("{}\n", folder.display()))?;
    let done = records[0].len().min(records[1].len());
    if done < 2 {
        say("fewer than two pairs are done, of which nothing can be said; their records are kept");
        return Ok(ended);
    }
    for side in &mut records {
        side.truncate(done);
    }
    let files = args.files.or_in(&folder);
    let (summary, exit) = report_sides(&records, &JudgingArgs::of_pairs(), &files)?;
    product.print(&summary)?;
    if let Some(html) = &files.html {
        product.print(&format!("\nreport: {}\n", html.display()))?;
    }
    Ok(if ended == Exit::Done { exit } else { ended })
}

fn subjects(args: &DuetArgs) -> anyhow::Result<[Subject; 2]> {
    match &args.service[..] {
        [a, b] => Ok([a.clone(), b.clone()]),
        [] if args.b.is_empty() => {
            bail!("nothing to hold against each other\nhint: give --service twice, or --b NAME=URL")
        }
        [] => Ok([&args.a, &args.b].map(|addresses| Subject::There(addresses.clone()))),
        [_] => bail!("--service: one of two\nhint: give it twice, A first"),
        _ => bail!("--service: more than two\nhint: two are held against each other"),
    }
}

/// Which side is next, and in which pair: a drift of the machine falls on both alike.
fn order(pairs: u32) -> impl Iterator<Item = (u32, usize)> {
    (1..=pairs).flat_map(|pair| {
        let sides = if pair % 2 == 1 { [0, 1] } else { [1, 0] };
        sides.map(|side| (pair, side))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_take_turns_at_going_first() {
        let order: String = order(4).map(|(_, side)| SIDES[side]).collect();
        assert_eq!(order, "abbaabba");
    }
}
