//! The profiles of a record, each with its window and the requests in it.

use std::collections::BTreeMap;
use std::ops::{Add, Range};
use std::path::{Component, Path};
use std::sync::Arc;

use brunt_record::{Capture, CountsRow, Manifest, ProfileName, Record};

use super::between::between;
use super::claim;
use super::judge::{self, NoRequests};
use super::model::Profile;
use super::report::Subject;
use super::taken::{Taken, read_file};
use crate::run::Evidence;

/// Most profiles that are read of a record.
pub const MOST_PROFILES: usize = 100;
/// Gauges of the CPU time of a process, microseconds.
const CPU: [&str; 2] = ["cpu_user_us_total", "cpu_system_us_total"];
/// What was allocated between two snapshots of memory is a kind by itself.
const ALLOCATIONS: &str = "allocations";
/// A profile that says that it began so far from when it was asked for was taken by another clock.
const SAME_CLOCK_S: f64 = 2.0;

/// The profiles of a record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Captured {
    /// What was taken of the same process, in the same way and stage, in the order of time.
    pub taken: BTreeMap<Subject, Vec<Taken>>,
    /// Those that cannot be used: file and reason.
    pub damaged: Vec<(String, String)>,
}

impl Captured {
    /// CPU time that the process called `component` took to build those of its profiles that were
    /// complete within `meanwhile`, seconds since the start of the run; absent where none says so.
    pub(crate) fn building_cpu_s(&self, component: &str, meanwhile: &Range<f64>) -> Option<f64> {
        let of_component = self
            .taken
            .iter()
            .filter(|(of, _)| of.component == component);
        let windows = of_component.flat_map(|(_, windows)| windows);
        let complete = |taken: &&Taken| {
            let took_s = taken.profile.took_ns.unwrap_or(0) as f64 / 1e9;
            taken
                .from_s
                .is_some_and(|from_s| meanwhile.contains(&(from_s + took_s)))
        };
        let said = windows
            .filter(complete)
            .filter_map(|taken| claim::of(&taken.profile.comments).building_cpu_s);
        said.reduce(f64::add)
    }
}

/// Reads the profiles of `record`. One that cannot be read is noted, and no harm to the others.
pub fn captured(record: &Record, evidence: &Evidence) -> Captured {
    let mut captured = Captured::default();
    let files = record.manifest.captures.iter();
    let files = files.filter_map(|capture| Some((capture, capture.file.as_deref()?)));
    for (i, (capture, file)) in files.enumerate() {
        if i == MOST_PROFILES {
            let reason = format!("no more than {MOST_PROFILES} profiles of a record are read");
            captured.damaged.push((file.to_owned(), reason));
            break;
        }
        match profile_in(&record.dir, file) {
            Ok(profile) => {
                let taken = taken(record, evidence, capture, file, profile);
                let same = captured.taken.entry(subject(capture)).or_default();
                same.push(taken);
            }
            // Those of tasks may be of a form of their own.
            Err(_) if capture.kind == "tasks" => {}
            Err(reason) => captured.damaged.push((file.to_owned(), reason)),
        }
    }
    for windows in captured.taken.values_mut() {
        windows.sort_by(|a, b| {
            a.from_s
                .partial_cmp(&b.from_s)
                .unwrap_or(a.file.cmp(&b.file))
        });
    }
    let allocated: Vec<_> = captured
        .taken
        .iter()
        .filter_map(|(subject, taken)| allocated(record, subject, taken))
        .collect();
    captured.taken.extend(allocated);
    captured
}

/// What was allocated between the snapshots of one stage.
fn allocated(record: &Record, of: &Subject, taken: &[Taken]) -> Option<(Subject, Vec<Taken>)> {
    let pairs = taken.iter().zip(taken.get(1..)?);
    let between: Vec<Taken> = pairs
        .filter_map(|(earlier, later)| {
            let profile = between(&earlier.profile, &later.profile)?;
            let requests = requests(record, earlier.from_s, &profile);
            Some(Taken {
                file: format!("{} to {}", earlier.file, later.file),
                profile: Arc::new(profile),
                requests,
                ..earlier.clone()
            })
        })
        .collect();
    let subject = Subject {
        kind: ALLOCATIONS.to_owned(),
        ..of.clone()
    };
    (!between.is_empty()).then_some((subject, between))
}

fn subject(capture: &Capture) -> Subject {
    Subject {
        component: capture.component.clone(),
        kind: capture.kind.clone(),
        stage: capture.stage.clone(),
    }
}

fn profile_in(dir: &Path, file: &str) -> Result<Profile, String> {
    let inside = Path::new(file)
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    if !inside {
        return Err("it lies outside of the record".to_owned());
    }
    read_file(&dir.join(file)).map_err(|error| error.to_string())
}

fn taken(
    record: &Record,
    evidence: &Evidence,
    capture: &Capture,
    file: &str,
    profile: Profile,
) -> Taken {
    let from_s = began_s(&record.manifest, capture, file, &profile);
    let requests = requests(record, from_s, &profile);
    let host = &record.manifest.host;
    Taken {
        file: file.to_owned(),
        process_cpu_s: process_cpu_s(evidence, &capture.component, from_s, profile.took_ns),
        profile: Arc::new(profile),
        from_s,
        requests,
        cores: host
            .cores
            .filter(|_| host.shared_with_target)
            .map(f64::from),
    }
}

/// What the process used by its gauges, which have the name of the component.
fn process_cpu_s(
    evidence: &Evidence,
    component: &str,
    from_s: Option<f64>,
    took_ns: Option<i64>,
) -> Option<f64> {
    let source = format!("process/{component}");
    let begins = (from_s? * 1e6) as u64;
    let ends = begins + took_ns?.unsigned_abs() / 1000;
    let used_us = evidence.grown(&source, &CPU, begins, ends)?;
    Some(used_us / 1e6)
}

/// Requests that settled in the window of a profile that began at `from_s`.
fn requests(record: &Record, from_s: Option<f64>, profile: &Profile) -> Result<f64, NoRequests> {
    let took_s = profile.took_ns.ok_or(NoRequests::Snapshot)? as f64 / 1e9;
    let from_s = from_s.ok_or(NoRequests::NotPlaced)?;
    let until_s = from_s + took_s;
    let recorded = record.counts.last().map_or(0, |row| row.second + 1);
    let settled = settled(&record.counts, from_s, until_s);
    judge::requests(settled, until_s, recorded as f64)
}

/// When a profile began, seconds since the start of the run: by its own account where that agrees
/// with when it was asked for, else then. Older records have only the second, of which it is the middle.
fn began_s(manifest: &Manifest, capture: &Capture, file: &str, profile: &Profile) -> Option<f64> {
    let asked = if let Some(us) = capture.started_us {
        us as f64 / 1e6
    } else {
        let name = file.rsplit('/').next()?;
        name.parse::<ProfileName>().ok()?.second as f64 + 0.5
    };
    let started_ns = manifest.started_at.as_nanosecond();
    let own = profile
        .began_ns
        .map(|began_ns| (i128::from(began_ns) - started_ns) as f64 / 1e9);
    Some(
        own.filter(|own| (own - asked).abs() <= SAME_CLOCK_S)
            .unwrap_or(asked),
    )
}

/// Requests that settled between two instants; of a second that is only partly between them, the
/// same part.
fn settled(rows: &[CountsRow], from_s: f64, until_s: f64) -> f64 {
    rows.iter()
        .map(|row| {
            let (begins, ends) = (row.second as f64, row.second as f64 + 1.0);
            let inside = ends.min(until_s) - begins.max(from_s);
            (row.ok + row.failed) as f64 * inside.max(0.0)
        })
        .sum()
}
