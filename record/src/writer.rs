//! Writing a record, second by second.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use hdrhistogram::Histogram;

use crate::counts::CountsRow;
use crate::digest::sha256_hex;
use crate::error::RecordError;
use crate::error_sample::ErrorSample;
use crate::latency;
use crate::manifest::Manifest;
use crate::profile_name::ProfileName;
use crate::rows::write_rows;
use crate::tag::LatencyTag;

pub(crate) const MANIFEST: &str = "run.json";
pub(crate) const PARTIAL_MANIFEST: &str = "run.partial.json";
pub(crate) const SCENARIO: &str = "scenario.toml";
pub(crate) const LATENCY: &str = "latency.hlog";
pub(crate) const COUNTS: &str = "counts.csv";
pub(crate) const SESSION_LATENCY: &str = "sessions.hlog";
pub(crate) const SESSION_COUNTS: &str = "sessions.csv";
pub(crate) const ERRORS: &str = "errors.ndjson";
pub(crate) const GAUGES: &str = "gauges.csv";
pub(crate) const STATEMENTS: &str = "statements.csv";
pub(crate) const MARKS: &str = "marks.ndjson";
pub(crate) const PROFILES: &str = "profiles";
pub(crate) const INCLUDES: &str = "includes";
pub(crate) const REPLAYS: &str = "replays";

/// Everything that one second of a run adds to its record.
#[derive(Default)]
pub struct Second {
    /// Second of the run, from 0.
    pub second: u64,
    /// Histograms that are not empty, in microseconds.
    pub latencies: Vec<(LatencyTag, Histogram<u64>)>,
    /// Rows that are not all zero.
    pub counts: Vec<CountsRow>,
    /// The histograms of sessions; empty in a record without sessions.
    pub session_latencies: Vec<(LatencyTag, Histogram<u64>)>,
    /// The rows of sessions, whose requests stand in `counts`.
    pub sessions: Vec<CountsRow>,
    /// Samples of failures.
    pub errors: Vec<ErrorSample>,
}

/// A record that is being written.
///
/// Every [`append`](Self::append) reaches the files before it returns, so that a killed process
/// leaves all seconds but the current one.
pub struct RecordWriter {
    dir: PathBuf,
    actions: Files,
    /// Absent where the plan has no sessions.
    sessions: Option<Files>,
    errors: File,
    marks: File,
    /// Locked for as long as the record is written: whoever cannot lock it knows that the run goes on.
    _draft: File,
}

/// Where the counts and latencies of the actions, or of the sessions, go.
struct Files {
    latency: (&'static str, File),
    counts: (&'static str, File),
    /// Is the first row still to come?
    header: bool,
}

impl Files {
    fn append(
        &mut self,
        dir: &Path,
        second: u64,
        latencies: &[(LatencyTag, Histogram<u64>)],
        rows: &[CountsRow],
    ) -> Result<(), RecordError> {
        let (name, file) = &mut self.latency;
        append(dir, name, file, &latency::lines(second, latencies))?;
        let mut lines = Vec::new();
        write_rows(&mut lines, rows, self.header).expect("rows serialize into memory");
        self.header &= rows.is_empty();
        let (name, file) = &mut self.counts;
        append(dir, name, file, &lines)
    }
}

impl RecordWriter {
    /// Creates the directory `dir` and the files in it; `draft` is the manifest as far as known.
    pub fn create(dir: &Path, draft: &Manifest, scenario: &[u8]) -> Result<Self, RecordError> {
        Self::reserve(dir)?;
        Self::begin(dir, draft, scenario)
    }

    /// Creates the directory `dir`, which must not be there, so that copies of files can be stored in it
    /// before the run has an instant at which it starts.
    pub fn reserve(dir: &Path) -> Result<(), RecordError> {
        if let Some(parent) = dir.parent() {
            fs::create_dir_all(parent).map_err(RecordError::io(parent))?;
        }
        fs::create_dir(dir).map_err(|source| {
            if source.kind() == std::io::ErrorKind::AlreadyExists {
                RecordError::Exists {
                    path: dir.to_owned(),
                }
            } else {
                RecordError::io(dir)(source)
            }
        })
    }

    /// Creates the files in the directory that [`reserve`](Self::reserve) has made.
    pub fn begin(dir: &Path, draft: &Manifest, scenario: &[u8]) -> Result<Self, RecordError> {
        let partial = create(dir, PARTIAL_MANIFEST, &to_json(draft))?;
        // Not every file system has locks; without one the run takes no marks from outside.
        let _ = partial.lock();
        create(dir, SCENARIO, scenario)?;
        let epoch = SystemTime::UNIX_EPOCH
            + Duration::from_micros(draft.started_at.as_microsecond().unsigned_abs());
        let files = |log: &'static str, counts: &'static str| -> Result<Files, RecordError> {
            Ok(Files {
                latency: (log, create(dir, log, &latency::header(epoch))?),
                counts: (counts, create(dir, counts, b"")?),
                header: true,
            })
        };
        let has_sessions = !draft.plan.sessions.is_empty();
        Ok(Self {
            actions: files(LATENCY, COUNTS)?,
            sessions: has_sessions
                .then(|| files(SESSION_LATENCY, SESSION_COUNTS))
                .transpose()?,
            errors: create(dir, ERRORS, b"")?,
            marks: create(dir, MARKS, b"")?,
            _draft: partial,
            dir: dir.to_owned(),
        })
    }

    /// The directory of the record.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Appends one second.
    pub fn append(&mut self, second: &Second) -> Result<(), RecordError> {
        let (dir, number) = (&self.dir, second.second);
        self.actions
            .append(dir, number, &second.latencies, &second.counts)?;
        if let Some(sessions) = &mut self.sessions {
            sessions.append(dir, number, &second.session_latencies, &second.sessions)?;
        }

        let mut samples = Vec::new();
        for sample in &second.errors {
            serde_json::to_writer(&mut samples, sample).expect("samples serialize into memory");
            samples.push(b'\n');
        }
        append(&self.dir, ERRORS, &mut self.errors, &samples)
    }

    /// Stores a profile and returns its path inside the record.
    pub fn add_profile(
        dir: &Path,
        name: &ProfileName,
        bytes: &[u8],
    ) -> Result<String, RecordError> {
        let folder = dir.join(PROFILES);
        fs::create_dir_all(&folder).map_err(RecordError::io(&folder))?;
        let path = folder.join(name.to_string());
        fs::write(&path, bytes).map_err(RecordError::io(&path))?;
        Ok(format!("{PROFILES}/{name}"))
    }

    /// Path inside the record of the included file with this index and name.
    pub fn include_path(index: usize, name: &str) -> String {
        numbered(INCLUDES, index, name)
    }

    /// Stores a file that the scenario includes, at its [`include_path`](Self::include_path).
    pub fn add_include(
        dir: &Path,
        index: usize,
        name: &str,
        bytes: &[u8],
    ) -> Result<(), RecordError> {
        keep(dir, INCLUDES, &Self::include_path(index, name), bytes)
    }

    /// Stores a file of arrivals that a stream replays; its digest is that which the stream's
    /// process names.
    pub fn add_replay(
        dir: &Path,
        index: usize,
        name: &str,
        bytes: &[u8],
    ) -> Result<(), RecordError> {
        keep(dir, REPLAYS, &numbered(REPLAYS, index, name), bytes)
    }

    /// Writes the manifest, with the digests of the other files, by rename.
    pub fn finish(self, mut manifest: Manifest) -> Result<PathBuf, RecordError> {
        let counted = std::iter::once(&self.actions).chain(&self.sessions);
        let files = counted.flat_map(|files| [&files.latency.1, &files.counts.1]);
        // Nobody may add a mark after its digest was taken.
        let _ = self.marks.lock();
        for file in files.chain([&self.errors, &self.marks]) {
            file.sync_all().map_err(RecordError::io(&self.dir))?;
        }
        manifest.files = digests(&self.dir)?;
        let draft = self.dir.join("run.json.tmp");
        let path = self.dir.join(MANIFEST);
        let mut file = File::create(&draft).map_err(RecordError::io(&draft))?;
        file.write_all(&to_json(&manifest))
            .and_then(|()| file.sync_all())
            .map_err(RecordError::io(&draft))?;
        fs::rename(&draft, &path).map_err(RecordError::io(&path))?;
        let partial = self.dir.join(PARTIAL_MANIFEST);
        fs::remove_file(&partial).map_err(RecordError::io(&partial))?;
        Ok(self.dir)
    }
}

/// Two files of one name lie in different folders beside the scenario, and in one in the record.
fn numbered(folder: &str, index: usize, name: &str) -> String {
    let name = Path::new(name).file_name().unwrap_or_default();
    format!("{folder}/{}-{}", index + 1, name.to_string_lossy())
}

fn keep(dir: &Path, folder: &str, file: &str, bytes: &[u8]) -> Result<(), RecordError> {
    let folder = dir.join(folder);
    fs::create_dir_all(&folder).map_err(RecordError::io(&folder))?;
    let path = dir.join(file);
    fs::write(&path, bytes).map_err(RecordError::io(&path))
}

/// Creates the file `name` of the record in `dir`, which begins with `bytes`.
pub(crate) fn create(dir: &Path, name: &str, bytes: &[u8]) -> Result<File, RecordError> {
    let path = dir.join(name);
    let mut file = File::create_new(&path).map_err(RecordError::io(&path))?;
    file.write_all(bytes).map_err(RecordError::io(&path))?;
    Ok(file)
}

/// Adds `bytes` to `file`, which is `name` in the record in `dir`.
pub(crate) fn append(
    dir: &Path,
    name: &str,
    file: &mut File,
    bytes: &[u8],
) -> Result<(), RecordError> {
    file.write_all(bytes)
        .map_err(RecordError::io(&dir.join(name)))
}

fn to_json(manifest: &Manifest) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(manifest).expect("a manifest serializes");
    bytes.push(b'\n');
    bytes
}

/// Digests of every file of the record but the manifest itself.
fn digests(dir: &Path) -> Result<BTreeMap<String, String>, RecordError> {
    let mut files = BTreeMap::new();
    for (folder, prefix) in [
        (dir.to_owned(), String::new()),
        (dir.join(PROFILES), format!("{PROFILES}/")),
        (dir.join(INCLUDES), format!("{INCLUDES}/")),
        (dir.join(REPLAYS), format!("{REPLAYS}/")),
    ] {
        if !folder.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&folder).map_err(RecordError::io(&folder))? {
            let path = entry.map_err(RecordError::io(&folder))?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if path.is_dir() || name.starts_with("run.") {
                continue;
            }
            let bytes = fs::read(&path).map_err(RecordError::io(&path))?;
            files.insert(format!("{prefix}{name}"), sha256_hex(&bytes));
        }
    }
    Ok(files)
}
