//! `gauges.csv`: what processes, the host and databases told of themselves during the run.
//!
//! One row for each gauge of each reading, in the order of time. A gauge has a number, and says in its
//! first row what it is:
//!
//! ```text
//! at_us,id,value,source,gauge
//! 214,0,240000,process/service,cpu_user_us_total
//! 214,1,41943040,process/service,memory_bytes
//! 391,2,6000,postgres/database,table_inserts_total{table="progress"}
//! 1000203,0,250000
//! 1000203,1,41943040
//! ```
//!
//! - `at_us` is when the source was read, microseconds since the start of the run; all rows of one
//!   reading have the same. What was read before the run stands at 0.
//! - `source` is the kind of the source and its name in the scenario; `host` has no name.
//! - `gauge` names its unit, and its labels as Prometheus writes them. A gauge whose name without
//!   labels ends in `_total`, `_count`, `_sum` or `_bucket` is a counter: it only grows, and where
//!   it falls its source has begun anew. Every other one is what it was at that instant.
//! - `value` is as the source tells it: a raw count, never a rate.
//! - What a reading does not have is absent. A gauge `waiting{…}` that a reading lacks is 0: nobody
//!   waited for that.
//!
//! **Merging** the records of several generators keeps each generator's own source under the name
//! `process/generator-K`; any other source is taken from the first record that has it, for all of
//! them have read the same one.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::Path;

use crate::error::RecordError;
use crate::rows::{read_text, wrong};

/// One value at one instant.
#[derive(Clone, Debug, PartialEq)]
pub struct GaugeRow {
    /// When its source was read, microseconds since the start of the run.
    pub at_us: u64,
    /// `KIND/NAME`, or `host`.
    pub source: String,
    /// Name with unit and labels.
    pub gauge: String,
    /// As the source tells it.
    pub value: f64,
}

/// All that was read of one gauge.
#[derive(Clone, Debug, PartialEq)]
pub struct GaugeSeries {
    /// `KIND/NAME`, or `host`.
    pub source: String,
    /// Name with unit and labels.
    pub gauge: String,
    /// Microseconds since the start of the run, and the value; in the order of time.
    pub points: Vec<(u64, f64)>,
}

impl GaugeSeries {
    /// Does it only grow?
    pub fn is_counter(&self) -> bool {
        let name = self.gauge.split('{').next().unwrap_or_default();
        ["_total", "_count", "_sum", "_bucket"]
            .iter()
            .any(|suffix| name.ends_with(suffix))
    }
}

const HEADER: [&str; 5] = ["at_us", "id", "value", "source", "gauge"];

/// The numbers of the gauges of one file.
#[derive(Debug, Default)]
pub(crate) struct Numbers(HashMap<(String, String), usize>);

impl Numbers {
    /// The first line.
    pub(crate) fn header() -> Vec<u8> {
        text(|writer| writer.write_record(HEADER))
    }

    /// The lines of `rows`, after those that were written before.
    pub(crate) fn lines(&mut self, rows: &[GaugeRow]) -> Vec<u8> {
        text(|writer| {
            for row in rows {
                // A whole number is written without a point, as its source does.
                let (at, value) = (row.at_us.to_string(), row.value.to_string());
                let name = (row.source.clone(), row.gauge.clone());
                let next = self.0.len();
                match self.0.entry(name) {
                    Entry::Occupied(known) => {
                        writer.write_record([&at, &known.get().to_string(), &value])?;
                    }
                    Entry::Vacant(new) => {
                        new.insert(next);
                        let id = next.to_string();
                        writer.write_record([&at, &id, &value, &row.source, &row.gauge])?;
                    }
                }
            }
            Ok(())
        })
    }
}

fn text(write: impl FnOnce(&mut csv::Writer<Vec<u8>>) -> csv::Result<()>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .flexible(true)
        .from_writer(Vec::new());
    write(&mut writer).expect("rows are written into memory");
    writer.into_inner().expect("memory takes all")
}

/// Reads all rows, gauge by gauge: in the order of the sources' and the gauges' names.
pub(crate) fn read(path: &Path, torn: bool) -> Result<Vec<GaugeSeries>, RecordError> {
    let text = read_text(path, torn)?;
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.as_bytes());
    // In the order of their numbers.
    let mut all: Vec<GaugeSeries> = Vec::new();
    let mut record = csv::StringRecord::new();
    while reader
        .read_record(&mut record)
        .map_err(|e| wrong(path, &e))?
    {
        let line = record.position().map_or(0, csv::Position::line);
        let bad = |what: &str| RecordError::format(path, line, what);
        let [at_us, id, value] = [0, 1, 2].map(|i| record.get(i).unwrap_or_default());
        let at_us: u64 = at_us
            .parse()
            .map_err(|_| bad("at_us is no count of microseconds"))?;
        let id: usize = id.parse().map_err(|_| bad("id is no number of a gauge"))?;
        let value: f64 = value.parse().map_err(|_| bad("value is no number"))?;
        if ![3, 5].contains(&record.len()) {
            return Err(bad(
                "a row has three fields, or five where it names its gauge",
            ));
        }
        if let (Some(source), Some(gauge)) = (record.get(3), record.get(4)) {
            if id != all.len() {
                return Err(bad("a new gauge does not have the next number"));
            }
            all.push(GaugeSeries {
                source: source.to_owned(),
                gauge: gauge.to_owned(),
                points: Vec::new(),
            });
        }
        let series = all.get_mut(id);
        let series = series.ok_or_else(|| bad("a gauge that no row before it has named"))?;
        if series.points.last().is_some_and(|(last, _)| *last > at_us) {
            return Err(bad("older than the row before it of the same gauge"));
        }
        series.points.push((at_us, value));
    }
    all.sort_by(|a, b| (&a.source, &a.gauge).cmp(&(&b.source, &b.gauge)));
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(at_us: u64, source: &str, gauge: &str, value: f64) -> GaugeRow {
        GaugeRow {
            at_us,
            source: source.into(),
            gauge: gauge.into(),
            value,
        }
    }

    fn read_back(text: &[u8], torn: bool) -> Result<Vec<GaugeSeries>, String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("gauges.csv");
        std::fs::write(&path, text).unwrap();
        read(&path, torn).map_err(|e| e.to_string())
    }

    #[test]
    fn rows_read_back_gauge_by_gauge() {
        let rows = [
            row(0, "process/service", "cpu_user_us_total", 10_000.0),
            row(
                0,
                "postgres/db",
                r#"rows_total{table="a,b"}"#,
                9_007_199_254_740_991.0,
            ),
            row(1_000_003, "process/service", "cpu_user_us_total", 250_000.0),
            row(1_000_003, "host", "load_1m", 0.35),
        ];
        let mut numbers = Numbers::default();
        let mut text = Numbers::header();
        text.extend(numbers.lines(&rows[..2]));
        text.extend(numbers.lines(&rows[2..]));
        assert!(text.ends_with(b"1000003,0,250000\n1000003,2,0.35,host,load_1m\n"));
        let series = read_back(&text, false).unwrap();
        let found: Vec<_> = series
            .iter()
            .map(|s| (s.source.as_str(), s.is_counter(), s.points.clone()))
            .collect();
        assert_eq!(
            found,
            [
                ("host", false, vec![(1_000_003, 0.35)]),
                ("postgres/db", true, vec![(0, 9_007_199_254_740_991.0)]),
                (
                    "process/service",
                    true,
                    vec![(0, 10_000.0), (1_000_003, 250_000.0)]
                ),
            ]
        );
        let torn = read_back(&text[..text.len() - 3], true).unwrap();
        assert_eq!(torn.len(), 2);
    }

    #[test]
    fn a_row_that_is_none_is_named_with_its_line() {
        let header = "at_us,id,value,source,gauge\n";
        for (rows, problem) in [
            ("1,0,x,host,load\n", "gauges.csv:2: value is no number"),
            (
                "1,load,1,host,load\n",
                "gauges.csv:2: id is no number of a gauge",
            ),
            (
                "-1,0,1,host,load\n",
                "gauges.csv:2: at_us is no count of microseconds",
            ),
            ("1,0\n", "gauges.csv:2: value is no number"),
            (
                "1,0,1,host\n",
                "gauges.csv:2: a row has three fields, or five where it names its gauge",
            ),
            (
                "1,0,1\n",
                "gauges.csv:2: a gauge that no row before it has named",
            ),
            (
                "1,1,1,host,load\n",
                "gauges.csv:2: a new gauge does not have the next number",
            ),
            (
                "2,0,1,host,load\n1,0,1\n",
                "gauges.csv:3: older than the row before it of the same gauge",
            ),
        ] {
            let text = format!("{header}{rows}");
            let error = read_back(text.as_bytes(), false).unwrap_err();
            assert!(error.ends_with(problem), "{error}");
        }
    }
}
