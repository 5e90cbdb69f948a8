//! `gauges.csv`: what processes, the host and databases told of themselves during the run.
//!
//! One row for each gauge of each reading, in the order of time:
//!
//! ```text
//! at_us,source,gauge,value
//! 1000214,process/service,cpu_user_us_total,240000
//! 1000214,process/service,memory_bytes,41943040
//! 1000391,postgres/database,table_inserts_total{table="progress"},6000
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

use std::collections::BTreeMap;
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

pub(crate) const HEADER: [&str; 4] = ["at_us", "source", "gauge", "value"];

/// The lines of `rows`, which begin with the header where `header` says so.
pub(crate) fn lines(rows: &[GaugeRow], header: bool) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write = |record: [&str; 4]| {
        writer
            .write_record(record)
            .expect("rows are written into memory");
    };
    if header {
        write(HEADER);
    }
    for row in rows {
        // A whole number is written without a point, as its source does.
        let (at, value) = (row.at_us.to_string(), row.value.to_string());
        write([&at, &row.source, &row.gauge, &value]);
    }
    writer.into_inner().expect("memory takes all")
}

/// Reads all rows, gauge by gauge: in the order of the sources' and the gauges' names.
pub(crate) fn read(path: &Path, torn: bool) -> Result<Vec<GaugeSeries>, RecordError> {
    let text = read_text(path, torn)?;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut series: BTreeMap<(String, String), Vec<(u64, f64)>> = BTreeMap::new();
    let mut record = csv::StringRecord::new();
    while reader
        .read_record(&mut record)
        .map_err(|e| wrong(path, &e))?
    {
        let line = record.position().map_or(0, csv::Position::line);
        let bad = |what: &str| RecordError::format(path, line, what);
        let [at_us, source, gauge, value] = [0, 1, 2, 3].map(|i| record.get(i).unwrap_or_default());
        let at_us: u64 = at_us
            .parse()
            .map_err(|_| bad("at_us is no count of microseconds"))?;
        let value: f64 = value.parse().map_err(|_| bad("value is no number"))?;
        let points = series
            .entry((source.to_owned(), gauge.to_owned()))
            .or_default();
        if points.last().is_some_and(|(last, _)| *last > at_us) {
            return Err(bad("older than the row before it of the same gauge"));
        }
        points.push((at_us, value));
    }
    let series = series.into_iter();
    Ok(series
        .map(|((source, gauge), points)| GaugeSeries {
            source,
            gauge,
            points,
        })
        .collect())
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
        let mut text = lines(&rows[..2], true);
        text.extend(lines(&rows[2..], false));
        assert!(String::from_utf8_lossy(&text).contains("1000003,host,load_1m,0.35\n"));
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
        for (text, problem) in [
            (
                "at_us,source,gauge,value\n1,host,load,x\n",
                "gauges.csv:2: value is no number",
            ),
            (
                "at_us,source,gauge,value\n-1,host,load,1\n",
                "gauges.csv:2: at_us is no count of microseconds",
            ),
            (
                "at_us,source,gauge,value\n2,host,load,1\n1,host,load,1\n",
                "gauges.csv:3: older than the row before it of the same gauge",
            ),
        ] {
            let error = read_back(text.as_bytes(), false).unwrap_err();
            assert!(error.ends_with(problem), "{error}");
        }
        assert!(read_back(b"at_us,source,gauge,value\n1,host\n", false).is_err());
    }
}
