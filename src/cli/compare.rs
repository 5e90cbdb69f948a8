//! `brunt compare`.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use brunt_report::comparison::Conclusion;
use brunt_report::render::Templates;
use brunt_report::{
    CompareOptions, Comparison, ComparisonOutput, Document, Sequence, compare, document, load_all,
    render, stated,
};
use clap::Args;
use serde::Serialize;

use super::output;
use crate::baseline::record_or_baseline;
use crate::exit::Exit;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  brunt compare results/runs/A results/runs/B
  brunt compare results/runs/A results/runs/B --html report.html --md report.md --json report.json
  brunt compare results/runs/A results/runs/B results/runs/C --html story.html
  brunt compare results/runs/A results/runs/B --html report.html --template our-templates

A is the older run, B the newer one. With more than two, each is held against the one before it, and
the last against the first. The verdict is printed on stdout; exit code 3 says that something could
not be judged (a run is invalid, or two are not comparable).")]
pub(crate) struct CompareArgs {
    /// Record of the older run, or the name of a baseline
    a: PathBuf,
    /// Record of the newer run
    b: PathBuf,
    /// Records of runs after that, in their order
    more: Vec<PathBuf>,
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
    /// Folder of templates that take the place of those that brunt brings; see `brunt init --templates`
    #[arg(long, value_name = "DIR")]
    pub(crate) template: Option<PathBuf>,
    /// Add the verdict as Markdown to the end of a file, such as `$GITHUB_STEP_SUMMARY`
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
}

impl ReportFiles {
    /// Every kind of file: where it was not said where to, as `report.*` in `folder`.
    pub(crate) fn or_in(self, folder: &Path) -> Self {
        let or = |path: Option<PathBuf>, name: &str| path.or_else(|| Some(folder.join(name)));
        Self {
            html: or(self.html, "report.html"),
            md: or(self.md, "report.md"),
            json: or(self.json, "report.json"),
            summary: self.summary,
            template: self.template,
        }
    }

    /// No file yet, and templates of one's own where there are any.
    pub(crate) fn by(template: Option<PathBuf>) -> Self {
        Self {
            template,
            ..Self::default()
        }
    }

    /// The templates to write by. Whoever takes long asks for them at once.
    pub(crate) fn templates(&self) -> anyhow::Result<Templates> {
        Ok(match &self.template {
            Some(folder) => Templates::read(folder)?,
            None => Templates::built_in()?,
        })
    }
}

pub(crate) fn run(args: &CompareArgs) -> anyhow::Result<Exit> {
    let records = [&args.a, &args.b].into_iter().chain(&args.more);
    let records: Vec<PathBuf> = records.map(|path| record_or_baseline(path)).collect();
    let records: Vec<&Path> = records.iter().map(PathBuf::as_path).collect();
    let (summary, exit) = report(&records, args.force, &args.files)?;
    output::print(&summary)?;
    Ok(exit)
}

/// Compares two records, or more in a row, writes the files, and returns the verdict for a terminal.
pub(crate) fn report(
    records: &[&Path],
    force: bool,
    files: &ReportFiles,
) -> anyhow::Result<(String, Exit)> {
    if let Some(comparison) = stated::compare_if_stated(records)? {
        let document = document::stated(&comparison);
        write_files(&document, &comparison, files)?;
        return Ok((render::terminal(&document), Exit::NoVerdict));
    }
    let runs = load_all(records)?;
    let options = options(force);
    if let [a, b] = &runs[..] {
        let comparison = compare(a, b, &options);
        let document = document::build(&comparison);
        let output = ComparisonOutput::with(&comparison, &document);
        write_files(&document, &output.context("the comparison as JSON")?, files)?;
        return Ok((render::terminal(&document), exit(&[comparison])));
    }
    let sequence = Sequence::of(&runs, &options).context("nothing to compare")?;
    let document = document::sequence(&sequence);
    write_files(&document, &sequence, files)?;
    Ok((render::terminal(&document), exit(&sequence.steps)))
}

pub(crate) fn options(force: bool) -> CompareOptions {
    CompareOptions {
        force,
        ..CompareOptions::default()
    }
}

/// Writes a report and the numbers that it states to where they are wanted.
pub(crate) fn write_files(
    document: &Document,
    numbers: &impl Serialize,
    files: &ReportFiles,
) -> anyhow::Result<()> {
    // Before anything is written: a mistake in one leaves no half of a report behind.
    let templates = files.templates()?;
    if let Some(path) = &files.html {
        output::write(path, templates.html(document)?.as_bytes())?;
    }
    if let Some(path) = &files.md {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let charts = format!("{stem}-charts");
        let markdown = templates.markdown(document, &charts)?;
        let folder = path.with_file_name(&charts);
        for (name, bytes) in &markdown.files {
            output::write(&folder.join(name), bytes)?;
        }
        output::write(path, markdown.text.as_bytes())?;
    }
    if let Some(path) = &files.summary {
        output::append(path, templates.summary(document)?.as_bytes())?;
    }
    if let Some(path) = &files.json {
        output::write(path, output::json(numbers)?.as_bytes())?;
    }
    Ok(())
}

fn exit(comparisons: &[Comparison]) -> Exit {
    let judged = |comparison: &Comparison| {
        !matches!(
            comparison.verdict.conclusion,
            Conclusion::Invalid | Conclusion::NotComparable
        )
    };
    if comparisons.iter().all(judged) {
        Exit::Done
    } else {
        Exit::NoVerdict
    }
}
