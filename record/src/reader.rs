//! Reading a record, finished or cut short.

use std::fs;
use std::path::{Path, PathBuf};

use crate::counts::CountsRow;
use crate::digest::sha256_hex;
use crate::error::RecordError;
use crate::error_sample::ErrorSample;
use crate::gauge::{self, GaugeSeries};
use crate::latency::LatencyLog;
use crate::manifest::{Manifest, SCHEMA_VERSION};
use crate::mark::{self, Mark};
use crate::rows::{read_lines, read_rows, read_text};
use crate::stated::Stated;
use crate::statement::StatementRow;
use crate::validate::{self, Problem};
use crate::writer::{
    COUNTS, ERRORS, GAUGES, LATENCY, MANIFEST, MARKS, PARTIAL_MANIFEST, SCENARIO, SESSION_COUNTS,
    SESSION_LATENCY, STATEMENTS,
};

/// A record that was opened; the latency log is read on demand.
pub struct Record {
    /// Its directory.
    pub dir: PathBuf,
    /// What was run; a draft where the record was cut short.
    pub manifest: Manifest,
    /// Rows of `counts.csv`, in the order of the file.
    pub counts: Vec<CountsRow>,
    /// Rows of `sessions.csv`; empty in a record without sessions.
    pub sessions: Vec<CountsRow>,
    /// Samples of failures.
    pub errors: Vec<ErrorSample>,
    /// Does the record have its `run.json`?
    pub finished: bool,
}

impl Record {
    /// Opens the record in `dir`.
    pub fn open(dir: &Path) -> Result<Self, RecordError> {
        let finished = dir.join(MANIFEST).is_file();
        let name = if finished { MANIFEST } else { PARTIAL_MANIFEST };
        let path = dir.join(name);
        if !path.is_file() && Stated::is_in(dir) {
            return Err(RecordError::Stated {
                path: dir.to_owned(),
            });
        }
        if !path.is_file() {
            return Err(RecordError::NotARecord {
                path: dir.to_owned(),
            });
        }
        let manifest = read_manifest(&path)?;
        let rows = |name: &str| {
            let path = dir.join(name);
            read_rows(&path, &read_text(&path, !finished)?)
        };
        let errors = dir.join(ERRORS);
        Ok(Self {
            counts: rows(COUNTS)?,
            sessions: match manifest.plan.sessions[..] {
                [] => Vec::new(),
                _ => rows(SESSION_COUNTS)?,
            },
            errors: read_lines(&errors, &read_text(&errors, !finished)?)?,
            dir: dir.to_owned(),
            manifest,
            finished,
        })
    }

    /// The latency log of the actions.
    pub fn latencies(&self) -> Result<LatencyLog, RecordError> {
        self.log(LATENCY)
    }

    /// The latency log of the sessions; nothing in a record without sessions.
    pub fn session_latencies(&self) -> Result<Option<LatencyLog>, RecordError> {
        let has_sessions = !self.manifest.plan.sessions.is_empty();
        has_sessions.then(|| self.log(SESSION_LATENCY)).transpose()
    }

    /// What sources told of themselves, gauge by gauge; nothing in a record without gauges.
    pub fn gauges(&self) -> Result<Vec<GaugeSeries>, RecordError> {
        self.where_kept(GAUGES, |path| gauge::read(path, !self.finished))
    }

    /// Snapshots of a database's statements; nothing in a record without them.
    pub fn statements(&self) -> Result<Vec<StatementRow>, RecordError> {
        self.where_kept(STATEMENTS, |path| {
            read_rows(path, &read_text(path, !self.finished)?)
        })
    }

    /// What happened when, in the order of time; nothing in records from before it was kept.
    pub fn marks(&self) -> Result<Vec<Mark>, RecordError> {
        self.where_kept(MARKS, |path| mark::read(path, !self.finished))
    }

    /// Reads the file `name`, which not every record has.
    fn where_kept<T>(
        &self,
        name: &str,
        read: impl FnOnce(&Path) -> Result<Vec<T>, RecordError>,
    ) -> Result<Vec<T>, RecordError> {
        let path = self.dir.join(name);
        if path.is_file() {
            read(&path)
        } else {
            Ok(Vec::new())
        }
    }

    fn log(&self, name: &str) -> Result<LatencyLog, RecordError> {
        let path = self.dir.join(name);
        let bytes = fs::read(&path).map_err(RecordError::io(&path))?;
        Ok(LatencyLog::new(&path, bytes, !self.finished))
    }

    /// The scenario, byte for byte.
    pub fn scenario(&self) -> Result<Vec<u8>, RecordError> {
        let path = self.dir.join(SCENARIO);
        fs::read(&path).map_err(RecordError::io(&path))
    }

    /// Everything that is wrong with the record; an empty list means that it can be trusted.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if !self.finished {
            problems.push(Problem::Incomplete);
        }
        for (file, digest) in &self.manifest.files {
            match fs::read(self.dir.join(file)) {
                Ok(bytes) if sha256_hex(&bytes) == *digest => {}
                Ok(_) => problems.push(Problem::Digest { file: file.clone() }),
                Err(_) => problems.push(Problem::Missing { file: file.clone() }),
            }
        }
        let Manifest {
            totals,
            session_totals,
            ..
        } = &self.manifest;
        for (file, totals, rows) in [
            (COUNTS, totals, &self.counts),
            (SESSION_COUNTS, session_totals, &self.sessions),
        ] {
            problems.extend(validate::sums(file, totals, rows, self.finished));
        }
        problems
    }
}

pub(crate) fn read_manifest(path: &Path) -> Result<Manifest, RecordError> {
    let text = fs::read_to_string(path).map_err(RecordError::io(path))?;
    let wrong = |e: serde_json::Error| RecordError::format(path, e.line() as u64, e.to_string());
    // The version first: a later format may not parse as this one at all.
    let value: serde_json::Value = serde_json::from_str(&text).map_err(wrong)?;
    let found = value["schema"].as_u64().unwrap_or(0) as u32;
    if found != SCHEMA_VERSION {
        return Err(RecordError::Schema {
            path: path.to_owned(),
            found,
            supported: SCHEMA_VERSION,
        });
    }
    serde_json::from_str(&text).map_err(wrong)
}
