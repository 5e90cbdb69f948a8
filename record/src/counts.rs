//! `counts.csv`: what became of the arrivals, per second, stage and action; `sessions.csv`: the same,
//! per second, stage and session.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::de::{Deserializer, Error as _};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

/// Failed requests by kind, for example `http-503=4 timeout=2`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FailureCounts(pub BTreeMap<String, u64>);

impl FailureCounts {
    /// Failures of every kind together.
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// Adds the counts of `other`.
    pub fn add(&mut self, other: &Self) {
        for (kind, count) in &other.0 {
            *self.0.entry(kind.clone()).or_default() += count;
        }
    }
}

impl fmt::Display for FailureCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (kind, count)) in self.0.iter().enumerate() {
            let gap = if i == 0 { "" } else { " " };
            write!(f, "{gap}{kind}={count}")?;
        }
        Ok(())
    }
}

impl FromStr for FailureCounts {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.split_whitespace()
            .map(|pair| {
                pair.split_once('=')
                    .and_then(|(kind, count)| Some((kind.to_owned(), count.parse().ok()?)))
                    .ok_or_else(|| format!("{pair:?} is not KIND=COUNT"))
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl Serialize for FailureCounts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FailureCounts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}

/// One row: a second of one action, or of one kind of session, in one stage. Rows of zeros are left out.
///
/// An arrival is offered in the second in which it was due; it becomes ok, failed or unsent in the
/// second in which it settled, which may lie after the end of its stage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountsRow {
    /// Second of the run, from 0.
    pub second: u64,
    /// Slug of the stage.
    pub stage: String,
    /// Slug of the action, or of the session.
    pub action: String,
    /// Arrivals that were due.
    pub offered: u64,
    /// Requests whose turn it was: every one of them becomes ok or failed. Those that could not be put
    /// together are among them; they failed unsent, in no time. Of sessions, those that began.
    pub sent: u64,
    /// Requests that succeeded.
    pub ok: u64,
    /// Requests that failed.
    pub failed: u64,
    /// Arrivals that were given up without sending.
    pub unsent: u64,
    /// Arrivals not settled at the end of this second: cumulative offered − ok − failed − unsent.
    pub open: u64,
    /// Requests in flight, or sessions under way, integrated over this second, in
    /// request-microseconds.
    pub in_flight_us: u64,
    /// The failed ones by kind.
    pub failures: FailureCounts,
}

impl CountsRow {
    /// Arrivals that settled in this second.
    pub fn settled(&self) -> u64 {
        self.ok + self.failed + self.unsent
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::rows::{read_rows, read_text, write_rows};

    fn row(second: u64, kinds: &[(&str, u64)]) -> CountsRow {
        CountsRow {
            second,
            stage: "init".into(),
            action: "initialize-new".into(),
            offered: 600,
            failures: FailureCounts(kinds.iter().map(|(k, n)| ((*k).into(), *n)).collect()),
            ..CountsRow::default()
        }
    }

    #[test]
    fn rows_read_back_as_written() {
        let rows = [row(0, &[]), row(1, &[("http-503", 4), ("timeout", 2)])];
        let mut bytes = Vec::new();
        write_rows(&mut bytes, &rows[..1], true).unwrap();
        write_rows(&mut bytes, &rows[1..], false).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("counts.csv");
        for (bytes, torn, rows) in [
            (&bytes[..], false, &rows[..]),
            (&bytes[..bytes.len() - 5], true, &rows[..1]),
        ] {
            std::fs::write(&path, bytes).unwrap();
            let text = read_text(&path, torn).unwrap();
            assert_eq!(read_rows::<CountsRow>(&path, &text).unwrap(), rows);
        }
    }

    #[test]
    fn a_bad_cell_is_named_with_its_line() {
        let mut bytes = Vec::new();
        write_rows(&mut bytes, &[row(0, &[])], true).unwrap();
        let text = String::from_utf8(bytes).unwrap().replace("600", "six");
        let error = read_rows::<CountsRow>(Path::new("counts.csv"), &text).unwrap_err();
        assert!(error.to_string().starts_with("counts.csv:2:"), "{error}");
    }
}
