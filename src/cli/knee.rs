//! `brunt knee`.

use std::time::Duration;

use brunt_loadgen::scenario::{parse_duration, parse_rate};
use brunt_report::knee::{Conclusion, Ending, Knee, Search};
use brunt_report::{KneeOutput, document, render};
use clap::Args;
use jiff::Timestamp;

use super::compare::{ReportFiles, write_files};
use super::load::{LoadArgs, Wanted};
use super::output::{self, Product};
use super::run::runtime;
use crate::exit::Exit;
use crate::interrupt;
use crate::knee::{Choice, Live, SearchPlan, Target, find};
use crate::outline::outline;

/// A search has few steps, and all of them are to be seen.
const LINES: usize = 60;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  brunt knee scenarios/smoke.toml
  brunt knee scenarios/m3-short.toml --stage gameplay --stream api --phase phase9
  brunt knee scenarios/m3-short.toml --stage init --alone
  brunt knee load.toml --from 100/s --max-rate 5000/s --precision 10%
  brunt knee load.toml --target p99=50ms --step-duration 60s --html knee.html

A step offers a multiple of the planned rates and is a run with a record of its own. The rate is
doubled until a step misses a target or is overloaded (or halved until neither is so), then
what lies between is bisected, and both ends must show the same again. Records and report
(report.html, report.md, report.json) go to a directory under --out.

Exit codes: 0 the knee was found, 2 could not be carried out, 3 no verdict (the generator was the
limit, no rate failed, none passed, or the end is not confirmed), 130 interrupted. Whatever ends
the search, the report on what was measured is written.")]
pub(crate) struct KneeArgs {
    /// Stage whose rates are searched; by default the judged stage that lasts longest. The stages
    /// before it prepare the service
    #[arg(long)]
    stage: Option<String>,
    /// Without the stages before it, where the stage needs nothing of what they prepare
    #[arg(long)]
    alone: bool,
    /// Stream whose rate is searched, the others keep theirs; by default all streams of the stage
    #[arg(long)]
    stream: Vec<String>,
    /// A limit for every action of the stage, or for one: p99=50ms, browse/p95=200ms
    #[arg(long, value_name = "[ACTION/]QUANTILE=LIMIT", value_parser = |text: &str| Target::parse(text))]
    target: Vec<Target>,
    /// Rate of the searched streams together with which to begin; by default that of the plan
    #[arg(long, value_name = "RATE", value_parser = |text: &str| parse_rate(text))]
    from: Option<f64>,
    /// Never offer more than this
    #[arg(long, value_name = "RATE", value_parser = |text: &str| parse_rate(text))]
    max_rate: Option<f64>,
    /// How far apart the ends of the interval may be, 1% to 100%
    #[arg(long, value_name = "SHARE", default_value = "5%", value_parser = precision)]
    precision: f64,
    /// How long a step is judged; longer where its targets need more arrivals
    #[arg(long, value_name = "DURATION", default_value = "20s", value_parser = duration)]
    step_duration: Duration,
    /// How much comes before that in every step, at the same rate and not judged
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = |text: &str| parse_duration(text))]
    warmup: Duration,
    /// How long nothing is sent between two steps
    #[arg(long, value_name = "DURATION", default_value = "2s", value_parser = |text: &str| parse_duration(text))]
    pause: Duration,
    /// Most steps, repeats included
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u32).range(2..=50))]
    max_steps: u32,
    #[command(flatten)]
    files: ReportFiles,
    #[command(flatten)]
    load: LoadArgs,
}

pub(crate) fn run(args: KneeArgs) -> anyhow::Result<Exit> {
    let load = &args.load;
    let Wanted {
        scenario,
        text,
        overrides,
    } = load.read()?;
    let plan = SearchPlan::new(scenario, &choice(&args))?;
    if load.options.dry_run {
        return dry_run(&plan);
    }
    let targets = args
        .target
        .iter()
        .map(|target| format!("--target {target}"));
    let changed = overrides.as_written().into_iter().chain(targets).collect();
    let series = load.series(text, changed, args.pause, interrupt::on_signal()?)?;
    let mut product = Product::claim()?;
    let began = Timestamp::now().strftime("%Y%m%d-%H%M%S");
    let folder = load.options.out.join(format!("knee-{began}"));
    let mut live = Live {
        plan: &plan,
        series,
        phase: &load.options.phase,
        folder: folder.clone(),
        first_ordinal: 0,
        provenance: None,
    };
    let searched = runtime()?.block_on(async {
        let Some(preparation) = live.prepare().await? else {
            return anyhow::Ok(None);
        };
        Ok(Some((preparation, find(&plan.settings, &mut live).await)))
    })?;
    let Some((preparation, (steps, ended))) = searched else {
        return Ok(Exit::Interrupted);
    };
    if steps.is_empty() {
        return ended.map(|_| Exit::Interrupted);
    }
    let ending = *ended.as_ref().unwrap_or(&Ending::Interrupted);
    let search = Search {
        stage: plan.searched().stage,
        streams: plan.searched().streams,
        fixed: plan.fixed(),
        planned_per_s: plan.planned_per_s(),
        settings: plan.settings,
        warmup_s: plan.warmup.as_secs_f64(),
        preparation,
    };
    let knee = Knee::new(search, ending, steps, live.provenance);
    let files = args.files.or_in(&folder);
    let document = document::knee(&knee);
    let numbers = || output::json(&KneeOutput::with(&knee, &document)?);
    write_files(&document, numbers, &files)?;
    product.print(&render::terminal_in(
        &document::knee_for_terminal(&knee),
        LINES,
    ))?;
    if let Some(html) = &files.html {
        product.print(&format!("\nreport: {}\n", html.display()))?;
    }
    ended?;
    Ok(exit(&knee))
}

fn dry_run(plan: &SearchPlan) -> anyhow::Result<Exit> {
    let order = match brunt_report::knee::next(&plan.settings, &[]) {
        brunt_report::knee::Next::Step(order) => order,
        brunt_report::knee::Next::Done(_) => return Ok(Exit::NoVerdict),
    };
    let (scenario, overrides) = plan.step(&order, 0);
    brunt_loadgen::check(&scenario)?;
    output::print(&outline(&scenario, &overrides))?;
    Ok(Exit::Done)
}

fn exit(knee: &Knee) -> Exit {
    match (knee.ending, knee.conclusion) {
        (Ending::Interrupted, _) => Exit::Interrupted,
        (_, Conclusion::Found) => Exit::Done,
        _ => Exit::NoVerdict,
    }
}

fn choice(args: &KneeArgs) -> Choice {
    Choice {
        stage: args.stage.clone(),
        alone: args.alone,
        streams: args.stream.clone(),
        targets: args.target.clone(),
        from_per_s: args.from,
        max_per_s: args.max_rate,
        precision: args.precision,
        max_steps: args.max_steps,
        judged: args.step_duration,
        warmup: args.warmup,
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    match parse_duration(text)? {
        Duration::ZERO => Err("write a duration above 0, such as 20s".to_owned()),
        duration => Ok(duration),
    }
}

fn precision(text: &str) -> Result<f64, String> {
    let hint = "write a share of 1% to 100%, such as 5%";
    let number = text.trim().strip_suffix('%').ok_or(hint)?;
    let share: f64 = number.trim().parse().map_err(|_| hint)?;
    if (1.0..=100.0).contains(&share) {
        Ok(share / 100.0)
    } else {
        Err(hint.to_owned())
    }
}
