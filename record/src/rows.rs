//! What a record holds row by row and appends to: tables in CSV, and JSON with a value a line.

use std::io::Write;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::RecordError;

/// Writes rows, the header first where `header` says so.
pub(crate) fn write_rows<'a, T: Serialize + 'a>(
    out: impl Write,
    rows: impl IntoIterator<Item = &'a T>,
    header: bool,
) -> csv::Result<()> {
    let mut writer = csv::WriterBuilder::new()
        .has_headers(header)
        .from_writer(out);
    for row in rows {
        writer.serialize(row)?;
    }
    writer.flush()?;
    Ok(())
}

/// Reads all rows of `text`, which stands in the file `path`.
pub(crate) fn read_rows<T: DeserializeOwned>(
    path: &Path,
    text: &str,
) -> Result<Vec<T>, RecordError> {
    csv::Reader::from_reader(text.as_bytes())
        .into_deserialize()
        .map(|row| row.map_err(|e| wrong(path, &e)))
        .collect()
}

/// Reads all values of `text`, one a line, which stands in the file `path`.
pub(crate) fn read_lines<T: DeserializeOwned>(
    path: &Path,
    text: &str,
) -> Result<Vec<T>, RecordError> {
    let lines = text.lines().zip(1..);
    lines
        .map(|(line, number)| {
            serde_json::from_str(line).map_err(|e| RecordError::format(path, number, e.to_string()))
        })
        .collect()
}

/// An error of the table in `path`, with its line.
pub(crate) fn wrong(path: &Path, error: &csv::Error) -> RecordError {
    let line = error.position().map_or(0, csv::Position::line);
    RecordError::format(path, line, error.to_string())
}

/// The text of a file; `tolerate_torn_end` drops a last line that was cut off while it was written.
pub(crate) fn read_text(path: &Path, tolerate_torn_end: bool) -> Result<String, RecordError> {
    let mut text = std::fs::read_to_string(path).map_err(RecordError::io(path))?;
    if tolerate_torn_end {
        text.truncate(text.rfind('\n').map_or(0, |end| end + 1));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_no_value_is_named() {
        let path = Path::new("marks.ndjson");
        for (text, want) in [
            ("", Ok(vec![])),
            ("1\n2\n", Ok(vec![1, 2])),
            ("1\n2", Ok(vec![1, 2])),
            ("1\nx\n3\n", Err("marks.ndjson:2: ")),
        ] {
            match (read_lines::<u8>(path, text), want) {
                (Ok(found), Ok(want)) => assert_eq!(found, want, "{text:?}"),
                (Err(error), Err(want)) => {
                    assert!(error.to_string().starts_with(want), "{error}");
                }
                (found, want) => panic!("{text:?}: {found:?}, not {want:?}"),
            }
        }
    }
}
