//! Noise floors on disk: where they are kept, and which one is for the runs at hand.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use brunt_report::calibration::{Calibration, Fingerprint, FloorUse, SCHEMA_VERSION};
use brunt_report::{CompareOptions, Run};
use jiff::Timestamp;

use crate::cli::output::say;

/// Where they are, seen from the directory that brunt is called in.
pub(crate) const FOLDER: &str = "results/noise";

/// The file of a calibration in [`FOLDER`]: one for each scenario, and what was changed of it.
pub(crate) fn file(fingerprint: &Fingerprint) -> PathBuf {
    let slug = |text: &str| -> String {
        let kept = |c: char| {
            if c.is_ascii_alphanumeric() || c == '.' {
                c
            } else {
                '-'
            }
        };
        text.chars().map(kept).collect()
    };
    let database = fingerprint.database.iter().map(|name| slug(name));
    let changes = fingerprint.overrides.iter();
    let changes = changes.map(|change| slug(change.trim_start_matches('-')));
    let name: Vec<String> = std::iter::once(slug(&fingerprint.scenario))
        .chain(database)
        .chain(changes)
        .collect();
    Path::new(FOLDER).join(format!("{}.json", name.join("_")))
}

/// Has `options` stand on the floor in the file `named`, or on the newest in [`FOLDER`] that is for
/// `runs`; what keeps it from being used is told by the report.
pub(crate) fn apply(
    options: &mut CompareOptions,
    named: Option<&Path>,
    runs: &[&Run],
    now: Timestamp,
) -> anyhow::Result<()> {
    let found = match named {
        Some(path) => vec![(path.to_owned(), read(path)?)],
        None => all(Path::new(FOLDER))?,
    };
    let judged = found.into_iter().map(|(path, calibration)| {
        let manifests = runs.iter().map(|run| &run.manifest);
        let refusals = calibration.refusals(now, manifests);
        (path, calibration, refusals)
    });
    // Of those that may be used the newest; else the one that is least foreign.
    let best = judged.min_by_key(|(_, calibration, refusals)| {
        (refusals.len(), std::cmp::Reverse(calibration.made_at))
    });
    let Some((path, calibration, refusals)) = best else {
        return Ok(());
    };
    let file = path.display().to_string();
    if refusals.is_empty() {
        options.calibration = calibration.by_statistic();
        options.floor = FloorUse::Calibrated {
            file,
            runs: calibration.records.len() as u32,
            made_at: calibration.made_at,
            expires_at: calibration.expires_at,
        };
        return Ok(());
    }
    let mut scenarios = runs.iter().map(|run| &run.manifest.scenario.name);
    let of_these = scenarios.any(|name| *name == calibration.fingerprint.scenario);
    // Nobody asks why the floor of another scenario was not used, unless they named it.
    if named.is_some() || of_these {
        options.floor = FloorUse::Refused {
            file,
            why: refusals,
        };
    }
    Ok(())
}

/// Reads one file.
pub(crate) fn read(path: &Path) -> anyhow::Result<Calibration> {
    let place = || path.display().to_string();
    let text = fs::read_to_string(path).with_context(place)?;
    let calibration: Calibration = serde_json::from_str(&text).with_context(|| {
        format!(
            "{}: no noise floor\nhint: brunt calibrate writes one",
            path.display()
        )
    })?;
    if calibration.schema != SCHEMA_VERSION {
        bail!(
            "{}: of version {}, this brunt reads {SCHEMA_VERSION}\nhint: calibrate again",
            path.display(),
            calibration.schema
        );
    }
    Ok(calibration)
}

/// Every floor in `folder`; files that are none are passed over, and told.
fn all(folder: &Path) -> anyhow::Result<Vec<(PathBuf, Calibration)>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).with_context(|| folder.display().to_string()),
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.with_context(|| folder.display().to_string())?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            paths.push(path);
        }
    }
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        match read(&path) {
            Ok(calibration) => found.push((path, calibration)),
            // What somebody left there is no reason to judge nothing at all.
            Err(error) => {
                let told = format!("{error:#}");
                say(&format!(
                    "passed over {}",
                    told.lines().next().unwrap_or_default()
                ));
            }
        }
    }
    Ok(found)
}
