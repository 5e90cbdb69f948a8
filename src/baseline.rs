//! Named baselines: records that later runs are held against, kept beside the code.
//!
//! `NAME` in the folder of baselines is the record of one run, untrimmed, or a folder with those of
//! several runs of the same thing. It moves when somebody says so and at no other time.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use brunt_record::{Record, Stated};
use brunt_report::{load_all, why_no_baseline};

/// Where they are, seen from the directory that brunt is called in.
pub(crate) const FOLDER: &str = "results/baselines";

/// Its name, and its records: one at least.
pub(crate) struct Baseline {
    pub(crate) name: String,
    pub(crate) first: Record,
    pub(crate) more: Vec<Record>,
}

/// All of them in `folder`, by name.
pub(crate) fn all(folder: &Path) -> anyhow::Result<Vec<Baseline>> {
    let mut found = Vec::new();
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(found),
        Err(error) => return Err(error).with_context(|| folder.display().to_string()),
    };
    for entry in entries {
        let path = entry.with_context(|| folder.display().to_string())?.path();
        let name = path.file_name().map(|name| name.to_string_lossy());
        if let (true, Some(name)) = (path.is_dir(), name)
            && !name.starts_with('.')
        {
            let records = records_in(&path)?;
            let mut records = records.iter().map(|path| Record::open(path));
            if let Some(first) = records.next() {
                found.push(Baseline {
                    name: name.into_owned(),
                    first: first?,
                    more: records.collect::<Result<_, _>>()?,
                });
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// Makes copies of `records` the baseline `name`; one that is there only moves where `replace`.
pub(crate) fn set(
    folder: &Path,
    name: &str,
    records: &[PathBuf],
    replace: bool,
) -> anyhow::Result<()> {
    let slug = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    if name.is_empty() || name.starts_with('.') || !name.chars().all(slug) {
        bail!("{name:?} is no name of a baseline\nhint: write a-z, 0-9, \"-\" and \".\"");
    }
    let paths: Vec<&Path> = records.iter().map(PathBuf::as_path).collect();
    let refused = why_no_baseline(&load_all(&paths)?);
    if !refused.is_empty() {
        bail!(
            "no baseline:\n  {}\nhint: give runs of one phase and one scenario that can be judged",
            refused.join("\n  ")
        );
    }
    let target = folder.join(name);
    if target.exists() && !replace {
        bail!(
            "{} is a baseline already\nhint: --replace moves it on purpose",
            target.display()
        );
    }
    // Beside its place first, so that a copy that fails leaves the old one.
    let draft = folder.join(format!(".{name}.new"));
    let copied = remove(&draft)
        .and_then(|()| match records {
            [record] => copy(record, &draft),
            _ => (1..).zip(records).try_for_each(|(number, record)| {
                copy(record, &draft.join(format!("run-{number:02}")))
            }),
        })
        .and_then(|()| remove(&target))
        .and_then(|()| fs::rename(&draft, &target));
    copied.with_context(|| target.display().to_string())
}

/// The records of each of `paths`, in order.
pub(crate) fn records_in_all(paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let each: anyhow::Result<Vec<_>> = paths.iter().map(|path| records_in(path)).collect();
    Ok(each?.concat())
}

/// The record in `path`, the baseline of that name, or all records of the folder `path`, by name.
pub(crate) fn records_in(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let path = record_or_baseline(path);
    let is_record = |path: &Path| {
        let recorded = ["run.json", "counts.csv"];
        recorded.iter().any(|file| path.join(file).exists()) || Stated::is_in(path)
    };
    if is_record(&path) || !path.is_dir() {
        return Ok(vec![path]);
    }
    let place = || path.display().to_string();
    let mut records = Vec::new();
    for entry in fs::read_dir(&path).with_context(place)? {
        let inside = entry.with_context(place)?.path();
        if is_record(&inside) {
            records.push(inside);
        }
    }
    records.sort();
    if records.is_empty() {
        bail!(
            "{}: neither a record nor a folder of records",
            path.display()
        );
    }
    Ok(records)
}

/// The record in `path`, or the baseline of that name where there is no such directory.
pub(crate) fn record_or_baseline(path: &Path) -> PathBuf {
    let baseline = Path::new(FOLDER).join(path);
    let is_a_name = path.components().count() == 1;
    if is_a_name && !path.exists() && baseline.is_dir() {
        baseline
    } else {
        path.to_owned()
    }
}

fn remove(path: &Path) -> std::io::Result<()> {
    if path.exists() {
        fs::remove_dir_all(path)?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, copied) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy(&source, &copied)?;
        } else {
            fs::copy(&source, &copied)?;
        }
    }
    Ok(())
}
