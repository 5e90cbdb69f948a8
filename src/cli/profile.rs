//! `brunt profile`.

use std::cell::LazyCell;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use brunt_record::Record;
use brunt_report::ProfileOutput;
use brunt_report::document;
use brunt_report::profile::{ProfileReport, Selection, Subject, Taken, captured, read_file};
use brunt_report::render;
use brunt_report::run::Evidence;
use clap::Args;
use regex::Regex;

use super::output;
use crate::baseline::record_or_baseline;
use crate::exit::Exit;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  brunt profile results/runs/B                            where the CPU time of its requests goes
  brunt profile results/runs/B --against results/runs/A --html moved.html
  brunt profile new.pb.gz --against old.pb.gz --top 50    as go tool pprof -diff_base has it
  brunt profile heap.pb.gz --sample alloc_space --focus 'json' --svg json.svg

A file is a pprof protobuf, of Go, Rust or another program, compressed or not. Of a record the CPU
profiles are taken, unless another kind is asked for, and several of a stage together. The table has
the functions that `go tool pprof -top` prints, with the same digits.")]
pub(crate) struct ProfileArgs {
    /// A record, the name of a baseline, or a pprof file
    #[arg(value_name = "RUN|FILE")]
    of: PathBuf,
    /// A record, baseline or file to hold it against: the older one
    #[arg(long, value_name = "RUN|FILE")]
    against: Option<PathBuf>,
    /// How many functions to print
    #[arg(long, value_name = "N", default_value_t = 25)]
    top: usize,
    /// Only the stacks in which a function matches this expression; shares stay those of the whole
    #[arg(long, value_name = "RE")]
    focus: Option<Regex>,
    /// What of the profile, for example `alloc_space`; its own default if not given
    #[arg(long, value_name = "TYPE")]
    sample: Option<String>,
    /// Which process of a record
    #[arg(long, value_name = "NAME")]
    component: Option<String>,
    /// Which kind of profile of a record: cpu, heap, allocations (between two of the heap), tasks or
    /// contention
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Which stage of a record
    #[arg(long, value_name = "STAGE")]
    stage: Option<String>,
    /// Write the flame graph, with --against that of the difference
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Write everything as one HTML file
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write every computed number as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Profiles of one side, and what they are called.
struct Opened {
    name: String,
    subject: Option<Subject>,
    taken: Vec<Taken>,
}

pub(crate) fn run(args: &ProfileArgs) -> anyhow::Result<Exit> {
    let report = report(args)?;
    if let Some(path) = &args.svg {
        let figure = document::flame_graph(&report).context("there is nothing to draw")?;
        let svg = figure
            .drawing
            .standalone(&figure.title, &figure.description);
        output::write(path, svg.as_bytes())?;
    }
    // Its flame graphs take their time to draw.
    let told = LazyCell::new(|| document::profile(&report, args.top));
    if let Some(path) = &args.html {
        output::write(path, render::html(&told)?.as_bytes())?;
    }
    if let Some(path) = &args.json {
        let numbers = output::json(&ProfileOutput::with(&report, &told)?)?;
        output::write(path, numbers.as_bytes())?;
    }
    output::print(&document::profile_for_terminal(&report, args.top))?;
    Ok(Exit::Done)
}

fn report(args: &ProfileArgs) -> anyhow::Result<ProfileReport> {
    let mut new = open(&args.of, args)?;
    let base = args.against.as_ref().map(|path| open(path, args));
    let mut base = base.transpose()?;
    if let (Some(base), Some(path)) = (&mut base, &args.against)
        && base.name == new.name
    {
        (base.name, new.name) = (path.display().to_string(), args.of.display().to_string());
    }
    let base = base.as_ref().map(|base| (&*base.name, &*base.taken));
    let kind = args.sample.as_deref();
    let report = ProfileReport::of(new.subject, (&new.name, &new.taken), base, kind);
    report.with_context(|| args.of.display().to_string())
}

fn open(path: &Path, args: &ProfileArgs) -> anyhow::Result<Opened> {
    let path = record_or_baseline(path);
    let mut opened = if path.is_dir() {
        of_record(&path, args)
    } else {
        of_file(&path)
    }
    .with_context(|| path.display().to_string())?;
    if let Some(on) = &args.focus {
        for taken in &mut opened.taken {
            *taken = taken.focused(on);
        }
    }
    Ok(opened)
}

fn of_file(path: &Path) -> anyhow::Result<Opened> {
    let file = path.file_name().unwrap_or(path.as_os_str());
    let file = file.to_string_lossy();
    let taken = match in_its_record(path, &file) {
        Some(taken) => taken,
        None => Taken::bare(path.display().to_string(), read_file(path)?),
    };
    Ok(Opened {
        taken: vec![taken],
        name: file.into_owned(),
        subject: None,
    })
}

/// The profile `DIR/profiles/FILE` where `DIR` is a record, with its requests.
fn in_its_record(path: &Path, file: &str) -> Option<Taken> {
    let folder = path.parent()?;
    let record = Record::open(folder.parent()?).ok()?;
    let captured = captured(&record, &Evidence::of(&record).ok()?);
    let mut taken = captured.taken.into_values().flatten();
    let file = format!("{}/{file}", folder.file_name()?.to_string_lossy());
    taken.find(|taken| taken.file == file)
}

fn of_record(path: &Path, args: &ProfileArgs) -> anyhow::Result<Opened> {
    let record = Record::open(path)?;
    let captured = captured(&record, &Evidence::of(&record)?);
    let (subject, taken) = captured.select(&Selection {
        component: args.component.clone(),
        kind: args.kind.clone(),
        stage: args.stage.clone(),
    })?;
    Ok(Opened {
        name: record.manifest.phase,
        subject: Some(subject.clone()),
        taken: taken.to_vec(),
    })
}
