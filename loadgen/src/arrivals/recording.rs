//! Recorded arrivals, read from a file once and kept small: a gap of a few hundred microseconds
//! takes two bytes (LEB128), so that a million arrivals take two megabytes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use brunt_record::sha256_hex;

const SECOND_US: u64 = 1_000_000;

/// Instants of arrivals since the start of the recording, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// Where it was read from; absent for one that was made of a text.
    source: Option<PathBuf>,
    file: String,
    sha256: String,
    gaps: Arc<[u8]>,
}

/// Why a file is no recording: its line, from 1, and what is wrong there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordingMistake {
    /// Line of the file; absent where it is about the whole of it.
    pub line: Option<u64>,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub hint: &'static str,
}

impl Recording {
    /// The recording in the file at `path`, which messages and records know as `name`.
    pub fn read(path: &Path, name: &Path) -> Result<Self, RecordingMistake> {
        let text = std::fs::read_to_string(path).map_err(|error| RecordingMistake {
            line: None,
            what: error.to_string(),
            hint: "name a file of arrivals, relative to the scenario",
        })?;
        Ok(Self {
            source: Some(path.to_owned()),
            ..Self::parse(name, &text)?
        })
    }

    /// The recording in the file at `path`, whose content is `text`.
    ///
    /// Either one instant a line, in seconds, or in microseconds below a first line `us`; or
    /// `counts.csv` of a record, the offered arrivals of each second spread evenly over it.
    pub fn parse(path: &Path, text: &str) -> Result<Self, RecordingMistake> {
        let mut gaps = Gaps::default();
        if text.starts_with("second,") {
            offered(text, &mut gaps)?;
        } else {
            instants(text, &mut gaps)?;
        }
        if gaps.bytes.is_empty() {
            return Err(RecordingMistake {
                line: None,
                what: "holds no arrival".to_owned(),
                hint: "write one instant a line, in seconds since the start",
            });
        }
        let file = path.file_name().unwrap_or(path.as_os_str());
        Ok(Self {
            source: None,
            file: file.to_string_lossy().into_owned(),
            sha256: sha256_hex(text.as_bytes()),
            gaps: gaps.bytes.into(),
        })
    }

    /// Name of the file, without its folder.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The file as it was when it was read; the bytes are not kept, for they are many.
    pub fn bytes(&self) -> std::io::Result<Vec<u8>> {
        let path = self.source.as_deref().unwrap_or(Path::new(&self.file));
        let bytes = std::fs::read(path)?;
        if sha256_hex(&bytes) == self.sha256 {
            Ok(bytes)
        } else {
            let what = format!("{} has changed since it was read", path.display());
            Err(std::io::Error::other(what))
        }
    }

    /// SHA-256 of the file.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// All instants, in microseconds since the start of the recording.
    pub fn instants_us(&self) -> Instants<'_> {
        Instants {
            gaps: &self.gaps,
            now_us: 0,
        }
    }
}

/// Reads the instants of a recording in their order.
#[derive(Clone, Debug)]
pub struct Instants<'a> {
    gaps: &'a [u8],
    now_us: u64,
}

impl Iterator for Instants<'_> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let last = self.gaps.iter().position(|byte| byte & 0x80 == 0)?;
        let (gap, rest) = self.gaps.split_at(last + 1);
        let low_first = gap.iter().rev();
        let gap = low_first.fold(0, |sum, byte| (sum << 7) | u64::from(byte & 0x7f));
        self.gaps = rest;
        self.now_us += gap;
        Some(self.now_us)
    }
}

#[derive(Default)]
struct Gaps {
    bytes: Vec<u8>,
    last_us: u64,
}

impl Gaps {
    /// Appends an instant; false where it lies before the last one.
    #[must_use]
    fn push(&mut self, at_us: u64) -> bool {
        let Some(mut gap) = at_us.checked_sub(self.last_us) else {
            return false;
        };
        self.last_us = at_us;
        while gap >= 0x80 {
            self.bytes.push((gap & 0x7f) as u8 | 0x80);
            gap >>= 7;
        }
        self.bytes.push(gap as u8);
        true
    }
}

fn instants(text: &str, gaps: &mut Gaps) -> Result<(), RecordingMistake> {
    let mut unit_us = 1e6;
    let mut first = true;
    for (line, text) in (1..).zip(text.lines()) {
        let text = text.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        // What stands in the file is not quoted: it may be another file than was meant.
        let mistake = |what: &str, hint| RecordingMistake {
            line: Some(line),
            what: what.to_owned(),
            hint,
        };
        if std::mem::take(&mut first) && matches!(text, "s" | "us") {
            unit_us = if text == "us" { 1.0 } else { 1e6 };
            continue;
        }
        let instant = text.parse::<f64>().ok();
        let Some(instant) = instant.filter(|at| (0.0..1e9).contains(&(at * unit_us / 1e6))) else {
            return Err(mistake(
                "is no instant",
                "write seconds since the start, such as 12.345, or microseconds below a first line \"us\"",
            ));
        };
        if !gaps.push((instant * unit_us).round() as u64) {
            return Err(mistake(
                "is before the line above it",
                "sort the file: sort -g",
            ));
        }
    }
    Ok(())
}

fn offered(text: &str, gaps: &mut Gaps) -> Result<(), RecordingMistake> {
    let mut lines = (1..).zip(text.lines());
    let column = lines
        .next()
        .and_then(|(_, header)| header.split(',').position(|name| name == "offered"));
    let mistake = |line: u64, what: &str| RecordingMistake {
        line: Some(line),
        what: what.to_owned(),
        hint: "give counts.csv of a record as it was written",
    };
    let column = column.ok_or_else(|| mistake(1, "has no column \"offered\""))?;
    // Second and its arrivals, over all stages and actions.
    let mut second: (u64, u64) = (0, 0);
    let mut spread = |(second, arrivals): (u64, u64)| {
        for n in 0..arrivals {
            let in_order = gaps.push(second * SECOND_US + n * SECOND_US / arrivals);
            debug_assert!(in_order, "seconds are in order");
        }
    };
    for (line, row) in lines {
        let cell = |at: usize| row.split(',').nth(at)?.trim().parse::<u64>().ok();
        let bounded = |limit: u64| move |n: &u64| *n < limit;
        let (Some(at), Some(arrivals)) = (
            cell(0).filter(bounded(1_000_000_000)),
            cell(column).filter(bounded(SECOND_US)),
        ) else {
            return Err(mistake(line, "has no whole numbers for second and offered"));
        };
        if at < second.0 {
            return Err(mistake(line, "has a second before the one above it"));
        }
        if at == second.0 {
            second.1 += arrivals;
        } else {
            spread(std::mem::replace(&mut second, (at, arrivals)));
        }
    }
    spread(second);
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: Result<&[u64], (Option<u64>, &str)>) {
        let read = Recording::parse(Path::new("logs/arrivals.csv"), text)
            .map(|recording| recording.instants_us().collect::<Vec<_>>())
            .map_err(|mistake| (mistake.line, mistake.what));
        let expected = expected
            .map(<[u64]>::to_vec)
            .map_err(|(line, what)| (line, what.to_owned()));
        assert_eq!(read, expected, "{text:?}");
    }

    #[test]
    fn instants_and_counts_are_read() {
        check("0\n0.5\n# a comment\n\n2\n", Ok(&[0, 500_000, 2_000_000]));
        check("s\n1.25\n", Ok(&[1_250_000]));
        check("us\n0\n70\n70\n40000\n", Ok(&[0, 70, 70, 40_000]));
        check(
            "second,stage,action,offered,sent\n0,a,x,1,1\n0,a,y,1,1\n2,a,x,4,4\n",
            Ok(&[0, 500_000, 2_000_000, 2_250_000, 2_500_000, 2_750_000]),
        );
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        check("", Err((None, "holds no arrival")));
        check("1\nsoon\n", Err((Some(2), "is no instant")));
        check("-1\n", Err((Some(1), "is no instant")));
        check("2\n1\n", Err((Some(2), "is before the line above it")));
        check(
            "second,stage,action\n0,a,x\n",
            Err((Some(1), "has no column \"offered\"")),
        );
        check(
            "second,offered\n0,many\n",
            Err((Some(2), "has no whole numbers for second and offered")),
        );
        check(
            "second,offered\n3,1\n1,1\n0,1\n",
            Err((Some(3), "has a second before the one above it")),
        );
    }

    proptest! {
        #[test]
        fn no_instant_is_lost(gaps in proptest::collection::vec(0_u64..3_000_000, 1..200)) {
            let sum = |now: &mut u64, gap: &u64| { *now += gap; Some(*now) };
            let instants: Vec<u64> = gaps.iter().scan(0, sum).collect();
            let lines: Vec<String> = instants.iter().map(u64::to_string).collect();
            let text = format!("us\n{}\n", lines.join("\n"));
            let recording = Recording::parse(Path::new("a"), &text).unwrap();
            prop_assert_eq!(recording.instants_us().collect::<Vec<_>>(), instants);
        }
    }
}
