//! `latency.hlog`: an `HdrHistogram` interval log (format V2, deflated), one histogram per second and tag.
//!
//! Format: <https://github.com/HdrHistogram/HdrHistogram/blob/master/src/main/java/org/HdrHistogram/HistogramLogWriter.java>

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::interval_log::{
    IntervalLogIterator, IntervalLogWriterBuilder, LogEntry, Tag,
};
use hdrhistogram::serialization::{Deserializer, V2DeflateSerializer};

use crate::error::RecordError;
use crate::tag::LatencyTag;

const SECOND: Duration = Duration::from_secs(1);

/// The comment lines at the head of the log; `epoch` is the start of the run.
pub(crate) fn header(epoch: SystemTime) -> Vec<u8> {
    let mut bytes = Vec::new();
    IntervalLogWriterBuilder::new()
        .add_comment("[Histogram log format version 1.3]")
        .add_comment("Values are microseconds; tags are stage/action/outcome/measure.")
        .with_start_time(epoch)
        .with_base_time(epoch)
        .begin_log_with(&mut bytes, &mut V2DeflateSerializer::new())
        .expect("writing to memory cannot fail");
    writeln!(
        bytes,
        r#""StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram""#
    )
    .expect("writing to memory cannot fail");
    bytes
}

/// The lines of one second.
pub(crate) fn lines(second: u64, latencies: &[(LatencyTag, Histogram<u64>)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut serializer = V2DeflateSerializer::new();
    let mut log = IntervalLogWriterBuilder::new()
        .begin_log_with(&mut bytes, &mut serializer)
        .expect("writing to memory cannot fail");
    for (tag, histogram) in latencies {
        let tag = tag.to_string();
        let tag = Tag::new(&tag).expect("slugs hold no comma, blank or line break");
        log.write_histogram(histogram, Duration::from_secs(second), SECOND, Some(tag))
            .expect("fixed bounds serialize");
    }
    bytes
}

/// One histogram of the log.
pub struct LatencyInterval {
    /// Second of the run, from 0.
    pub second: u64,
    /// What it measures.
    pub tag: LatencyTag,
    /// Microseconds.
    pub histogram: Histogram<u64>,
}

/// The bytes of a log, to be read one interval at a time.
pub struct LatencyLog {
    path: PathBuf,
    bytes: Vec<u8>,
}

impl LatencyLog {
    /// Takes the file's content; `tolerate_torn_end` drops a last line without its end.
    pub(crate) fn new(path: &Path, mut bytes: Vec<u8>, tolerate_torn_end: bool) -> Self {
        if tolerate_torn_end {
            let end = bytes.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
            bytes.truncate(end);
        }
        Self {
            path: path.to_owned(),
            bytes,
        }
    }

    /// Calls `visit` with every interval whose tag `wanted` accepts, in the order of the file.
    ///
    /// Intervals that are not wanted are not decoded, which is most of the work.
    pub fn visit(
        &self,
        mut wanted: impl FnMut(&LatencyTag) -> bool,
        mut visit: impl FnMut(LatencyInterval),
    ) -> Result<(), RecordError> {
        let mut deserializer = Deserializer::new();
        for entry in IntervalLogIterator::new(&self.bytes) {
            let entry = entry.map_err(|e| {
                let hdrhistogram::serialization::interval_log::LogIteratorError::ParseError {
                    offset,
                } = e;
                self.wrong(offset, "not a line of an interval log")
            })?;
            let LogEntry::Interval(interval) = entry else {
                continue;
            };
            let offset =
                || interval.encoded_histogram().as_ptr() as usize - self.bytes.as_ptr() as usize;
            let tag = interval.tag().map_or("", |t| t.as_str());
            let tag: LatencyTag = tag.parse().map_err(|e: String| self.wrong(offset(), e))?;
            if !wanted(&tag) {
                continue;
            }
            let histogram = STANDARD
                .decode(interval.encoded_histogram())
                .map_err(|e| e.to_string())
                .and_then(|bytes| {
                    deserializer
                        .deserialize(&mut &bytes[..])
                        .map_err(|e| e.to_string())
                })
                .map_err(|e| self.wrong(offset(), e))?;
            visit(LatencyInterval {
                second: interval.start_timestamp().as_secs(),
                tag,
                histogram,
            });
        }
        Ok(())
    }

    fn wrong(&self, offset: usize, reason: impl Into<String>) -> RecordError {
        let line = self.bytes[..offset].split(|b| *b == b'\n').count();
        RecordError::format(&self.path, line as u64, reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::histogram::new_histogram;
    use crate::tag::{Measure, Outcome};

    fn tag(action: &str) -> LatencyTag {
        LatencyTag {
            stage: "gameplay".into(),
            action: action.into(),
            outcome: Outcome::Ok,
            measure: Measure::Response,
        }
    }

    fn log() -> Vec<u8> {
        let mut bytes = header(SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000));
        for second in 0..3 {
            let mut histogram = new_histogram();
            for value in [90, 1_500, 2_000_000] {
                histogram.record_n(value + second, second + 1).unwrap();
            }
            bytes.extend(lines(
                second,
                &[(tag("claim"), histogram.clone()), (tag("login"), histogram)],
            ));
        }
        bytes
    }

    fn read(log: &LatencyLog) -> Result<Vec<(u64, String, u64, u64)>, RecordError> {
        let mut seen = Vec::new();
        log.visit(
            |tag| tag.action == "claim",
            |i| seen.push((i.second, i.tag.action, i.histogram.len(), i.histogram.max())),
        )?;
        Ok(seen)
    }

    #[test]
    fn intervals_read_back_as_written() {
        let seen = read(&LatencyLog::new(Path::new("l"), log(), false)).unwrap();
        let max = |v| new_histogram().highest_equivalent(v);
        let claim = |second| {
            (
                second,
                "claim".to_owned(),
                3 * (second + 1),
                max(2_000_000 + second),
            )
        };
        assert_eq!(seen, [claim(0), claim(1), claim(2)]);
    }

    #[test]
    fn a_torn_last_line_costs_that_line_only() {
        let mut bytes = log();
        bytes.truncate(bytes.len() - 10);
        assert_eq!(
            read(&LatencyLog::new(Path::new("l"), bytes.clone(), true))
                .unwrap()
                .len(),
            3
        );
        let error = read(&LatencyLog::new(Path::new("l"), bytes, false)).unwrap_err();
        assert!(error.to_string().starts_with("l:11: not a line"), "{error}");
    }

    #[test]
    fn a_damaged_histogram_is_named_with_its_line() {
        let text = String::from_utf8(log())
            .unwrap()
            .replacen("HIST", "XXXX", 3);
        let error = read(&LatencyLog::new(Path::new("l"), text.into_bytes(), false)).unwrap_err();
        assert!(error.to_string().starts_with("l:6: "), "{error}");
    }
}
