//! `brunt compare`.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use brunt_report::comparison::Conclusion;
use brunt_report::render::Templates;
use brunt_report::{
    Against, Comparison, ComparisonOutput, Document, Run, Sequence, SequenceOutput, StatedOutput,
    compare_sets, document, load_all, render, stated,
};
use clap::{Args, ValueEnum};

use super::judging::JudgingArgs;
use super::output;
use super::sides::{RecordArgs, load_sides};
use crate::exit::Exit;
use crate::pairs;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  brunt compare results/runs/A results/runs/B
  brunt compare results/runs/A results/runs/B --html report.html --md report.md --json report.json
  brunt compare results/runs/A results/runs/B results/runs/C --html story.html
  brunt compare --each-against first results/runs/A results/runs/B results/runs/C --html switches.html
  brunt compare --baseline A1 --baseline A2 --baseline A3 B1 B2 B3 --html report.html
  brunt compare results/runs/A results/runs/B --html report.html --template our-templates

The first is the older run, the second the newer one. With more than two, each is held against the one
before it, and the last against the first; or, to see what single changes do, each against the first.
The verdict is printed on stdout; exit code 3 says that something could
not be judged (a run is invalid, or two are not comparable).")]
pub(crate) struct CompareArgs {
    #[command(flatten)]
    records: RecordArgs,
    #[command(flatten)]
    order: OrderArgs,
    #[command(flatten)]
    files: ReportFiles,
    #[command(flatten)]
    judging: JudgingArgs,
}

/// How more than two runs are held against each other.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(crate) struct OrderArgs {
    /// Of more than two runs: which one each is held against
    #[arg(long, value_enum, value_name = "RUN", default_value_t)]
    each_against: EachAgainst,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum EachAgainst {
    /// The one before it: phases, one after the other
    #[default]
    Previous,
    /// The first: changes that are tried alone
    First,
}

impl OrderArgs {
    fn against(self) -> Against {
        match self.each_against {
            EachAgainst::Previous => Against::Previous,
            EachAgainst::First => Against::First,
        }
    }
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
    let sides = args.records.sides()?;
    let (summary, exit) = match <[_; 2]>::try_from(sides) {
        Ok(sides) => report_sides(&sides, &args.judging, &args.files)?,
        Err(sides) => {
            let records = sides.concat();
            let records: Vec<&Path> = records.iter().map(PathBuf::as_path).collect();
            report(&records, args.order, &args.judging, &args.files)?
        }
    };
    output::print(&summary)?;
    Ok(exit)
}

/// Compares two records, or more in a row, writes the files, and returns the verdict for a terminal.
pub(crate) fn report(
    records: &[&Path],
    order: OrderArgs,
    judging: &JudgingArgs,
    files: &ReportFiles,
) -> anyhow::Result<(String, Exit)> {
    if let [a, b] = records {
        let sides = [a, b].map(|record| vec![record.to_path_buf()]);
        return report_sides(&sides, judging, files);
    }
    if let Some(reported) = report_stated(records, files)? {
        return Ok(reported);
    }
    let runs = load_all(records)?;
    let options = judging.options(&runs.iter().collect::<Vec<_>>())?;
    let sequence = Sequence::of(&runs, order.against(), &options)
        .context("one record alone\nhint: give a second one to hold against it")?;
    let document = document::sequence(&sequence);
    let numbers = || output::json(&SequenceOutput::with(&sequence, &document)?);
    write_files(&document, numbers, files)?;
    Ok((render::terminal(&document), exit(&sequence.steps)))
}

/// The same of two sides, each of one run or several.
pub(crate) fn report_sides(
    sides: &[Vec<PathBuf>; 2],
    judging: &JudgingArgs,
    files: &ReportFiles,
) -> anyhow::Result<(String, Exit)> {
    let records: Vec<&Path> = sides.iter().flatten().map(PathBuf::as_path).collect();
    if let Some(reported) = report_stated(&records, files)? {
        return Ok(reported);
    }
    let [a, b] = load_sides(sides)?;
    let comparison = hold(&a, &b, judging)?;
    let document = document::build(&comparison);
    let numbers = || output::json(&ComparisonOutput::with(&comparison, &document)?);
    write_files(&document, numbers, files)?;
    Ok((render::terminal(&document), exit(&[comparison])))
}

/// The same of what documents state of runs; none where these are records of runs.
fn report_stated(records: &[&Path], files: &ReportFiles) -> anyhow::Result<Option<(String, Exit)>> {
    let Some(comparison) = stated::compare_if_stated(records)? else {
        return Ok(None);
    };
    let document = document::stated(&comparison);
    let numbers = || output::json(&StatedOutput::with(&comparison, &document)?);
    write_files(&document, numbers, files)?;
    Ok(Some((render::terminal(&document), Exit::NoVerdict)))
}

/// Holds the runs of B against those of A.
pub(crate) fn hold(a: &[Run], b: &[Run], judging: &JudgingArgs) -> anyhow::Result<Comparison> {
    if judging.paired {
        pairs::check(a, b)?;
    }
    let runs: Vec<&Run> = a.iter().chain(b).collect();
    let options = judging.options(&runs)?;
    compare_sets(a, b, &options).context("nothing to compare")
}

/// Writes a report, and the numbers that it states as JSON, to where they are wanted.
pub(crate) fn write_files(
    document: &Document,
    numbers: impl FnOnce() -> anyhow::Result<String>,
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
        output::write(path, numbers()?.as_bytes())?;
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
