//! Tables of a record: CSV that is appended to row by row.

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
