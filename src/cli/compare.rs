//! `brunt compare`.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use brunt_report::comparison::Conclusion;
use brunt_report::{CompareOptions, Comparison, Document, compare, document, load_pair, render};
use clap::Args;

use super::output;
use crate::exit::Exit;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  brunt compare results/runs/A results/runs/B
  brunt compare results/runs/A results/runs/B --html report.html --md report.md --json report.json

A is the older run, B the newer one. The verdict is printed on stdout; exit code 3 says that nothing
could be judged (a run is invalid, or the two are not comparable).")]
pub(crate) struct CompareArgs {
    /// Record of the older run
    a: PathBuf,
    /// Record of the newer run
    b: PathBuf,
    #[command(flatten)]
    files: ReportFiles,
    /// Judge although plan, mix, rates or data differ; the report says so
    #[arg(long)]
    force: bool,
}

/// Where a report goes.
#[derive(Debug, Default, Args)]
pub(crate) struct ReportFiles {
    /// Write the report as one HTML file
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// Write the report as Markdown, its charts into a directory beside it
    #[arg(long, value_name = "FILE")]
    pub(crate) md: Option<PathBuf>,
    /// Write every computed number as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
}

impl ReportFiles {
    /// Every kind of file: where it was not said where to, as `report.*` in `folder`.
    pub(crate) fn or_in(self, folder: &Path) -> Self {
        let or = |path: Option<PathBuf>, name: &str| path.or_else(|| Some(folder.join(name)));
        Self {
            html: or(self.html, "report.html"),
            md: or(self.md, "report.md"),
            json: or(self.json, "report.json"),
        }
    }
}

pub(crate) fn run(args: &CompareArgs) -> anyhow::Result<Exit> {
    let comparison = comparison(&args.a, &args.b, args.force)?;
    let summary = write_report(&comparison, &args.files)?;
    output::print(&summary)?;
    Ok(exit(&comparison))
}

pub(crate) fn comparison(a: &Path, b: &Path, force: bool) -> anyhow::Result<Comparison> {
    let (a, b) = load_pair(a, b)?;
    let options = CompareOptions {
        force,
        ..CompareOptions::default()
    };
    Ok(compare(&a, &b, &options))
}

/// Writes the files, and returns the verdict for a terminal.
pub(crate) fn write_report(comparison: &Comparison, files: &ReportFiles) -> anyhow::Result<String> {
    let document = document::build(comparison);
    let json = serde_json::to_vec_pretty(comparison).context("the comparison as JSON")?;
    write_files(&document, json, files)?;
    Ok(render::terminal(&document))
}

/// Writes a report and its numbers to where they are wanted.
pub(crate) fn write_files(
    document: &Document,
    mut json: Vec<u8>,
    files: &ReportFiles,
) -> anyhow::Result<()> {
    if let Some(path) = &files.html {
        output::write(path, render::html(document)?.as_bytes())?;
    }
    if let Some(path) = &files.md {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let charts = format!("{stem}-charts");
        let markdown = render::markdown(document, &charts);
        let folder = path.with_file_name(&charts);
        for (name, bytes) in &markdown.files {
            output::write(&folder.join(name), bytes)?;
        }
        output::write(path, markdown.text.as_bytes())?;
    }
    if let Some(path) = &files.json {
        json.push(b'\n');
        output::write(path, &json)?;
    }
    Ok(())
}

pub(crate) fn exit(comparison: &Comparison) -> Exit {
    match comparison.verdict.conclusion {
        Conclusion::Invalid | Conclusion::NotComparable => Exit::NoVerdict,
        _ => Exit::Done,
    }
}
