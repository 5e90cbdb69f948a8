//! `[data.NAME]`: rows of a CSV or JSON Lines file beside the scenario.

use std::path::Path;
use std::sync::Arc;

use brunt_record::sha256_hex;
use serde_json::Value;

use super::super::mistake::Mistakes;
use super::super::table::Table;
use super::super::text::Text;
use super::super::{DataSet, LOGIN, RowPick, Rows, Stage};
use super::check_slug;
use super::file::read;
use super::taker::Taker;

const PICKS: [(&str, RowPick); 3] = [
    ("sequential", RowPick::Sequential),
    ("random", RowPick::Random),
    ("unique", RowPick::Unique),
];

pub(super) fn data(
    root: &mut Table<'_, '_>,
    folder: &Path,
    mistakes: &mut Mistakes<'_>,
) -> Vec<DataSet> {
    let Some(value) = root.get("data") else {
        return Vec::new();
    };
    let Some(sets) = Table::from_value("data".to_owned(), value, mistakes) else {
        return Vec::new();
    };
    sets.entries()
        .filter_map(|(name, span, value)| {
            check_slug("data", name, &span, mistakes);
            if LOGIN.trim_end_matches('.') == name {
                mistakes.add(
                    &span,
                    format!("data {name:?}: its places are those of the login"),
                    "choose another name",
                );
            }
            let mut table = Table::from_value(format!("data {name:?}"), value, mistakes)?;
            let hint = "name a .csv or .jsonl file: file = \"players.csv\"";
            table.required("file", hint, mistakes);
            let pick = table.choice("pick", &PICKS, mistakes);
            let file = table.text("file", mistakes);
            table.deny_unknown(mistakes);
            // The mistake is noted; the name must stay known to the templates.
            let rows = rows(&format!("data {name:?}: file"), &file?, folder, mistakes);
            let (rows, sha256) = rows?;
            Some(DataSet {
                name: name.to_owned(),
                pick: pick.unwrap_or(RowPick::Sequential),
                sha256,
                rows: Arc::new(rows),
            })
        })
        .collect()
}

/// The rows of a file, and its digest.
fn rows(
    setting: &str,
    file: &Text<'_>,
    folder: &Path,
    mistakes: &mut Mistakes<'_>,
) -> Option<(Rows, String)> {
    let (span, name) = (&file.span, file.written);
    let form = match Path::new(&file.value).extension().and_then(|e| e.to_str()) {
        Some("csv") => csv_rows,
        Some("jsonl" | "ndjson") => json_rows,
        _ => {
            mistakes.add(
                span,
                format!("{setting} {name:?} is of no known kind"),
                "name a .csv file with a line of column names, or a .jsonl file",
            );
            return None;
        }
    };
    let bytes = read(setting, file, folder, mistakes)?;
    match form(&bytes) {
        Ok(rows) if rows.values.is_empty() => {
            mistakes.add(
                span,
                format!("{setting} {name:?} holds no row"),
                "write one row a line, in a .csv file below the names of the columns",
            );
            None
        }
        Ok(rows) => Some((rows, sha256_hex(&bytes))),
        Err(BrokenRow { what, hint }) => {
            mistakes.add(span, format!("{setting} {name:?}: {what}"), hint);
            None
        }
    }
}

/// Why a file of rows cannot be read, without what stands in it.
struct BrokenRow {
    what: String,
    hint: &'static str,
}

impl BrokenRow {
    fn new(what: String, hint: &'static str) -> Self {
        Self { what, hint }
    }
}

const UTF_8: &str = "save the file as UTF-8";
const SAME_COLUMNS: &str = "give every line the names that the first one has";

/// Rows under a line of column names (RFC 4180).
fn csv_rows(bytes: &[u8]) -> Result<Rows, BrokenRow> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::Headers)
        .from_reader(bytes);
    let text = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<_>>();
    let columns = text(reader.headers().map_err(|e| csv_problem(&e))?);
    let values: Result<_, _> = reader
        .records()
        .map(|record| record.map(|record| text(&record)))
        .collect();
    Ok(Rows {
        columns,
        values: values.map_err(|e| csv_problem(&e))?,
    })
}

/// Where a CSV file is broken.
fn csv_problem(error: &csv::Error) -> BrokenRow {
    let line = error.position().map_or(1, csv::Position::line);
    match error.kind() {
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => BrokenRow::new(
            format!("line {line} has {len} columns, the first line {expected_len}"),
            "give every line as many columns; a text with a comma stands in quotes",
        ),
        csv::ErrorKind::Utf8 { .. } => BrokenRow::new(format!("line {line} is not UTF-8"), UTF_8),
        _ => BrokenRow::new(
            format!("line {line} cannot be read"),
            "write rows of comma-separated texts",
        ),
    }
}

/// One JSON object a line, all with the same keys.
fn json_rows(bytes: &[u8]) -> Result<Rows, BrokenRow> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| BrokenRow::new("it is not UTF-8".to_owned(), UTF_8))?;
    let mut columns: Vec<String> = Vec::new();
    let mut values = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        let Ok(Value::Object(row)) = serde_json::from_str(line) else {
            return Err(BrokenRow::new(
                format!("line {number} is no JSON object"),
                "write one object a line, such as {\"id\": 1}",
            ));
        };
        if values.is_empty() {
            columns = row.keys().cloned().collect();
        }
        if let Some(other) = row.keys().find(|key| !columns.contains(key)) {
            let what = format!("line {number} has {other:?}, the first has not");
            return Err(BrokenRow::new(what, SAME_COLUMNS));
        }
        let row: Result<Vec<String>, BrokenRow> = columns
            .iter()
            .map(|column| match row.get(column) {
                Some(Value::String(text)) => Ok(text.clone()),
                Some(value @ (Value::Number(_) | Value::Bool(_))) => Ok(value.to_string()),
                Some(_) => Err(BrokenRow::new(
                    format!("line {number}: {column:?} is no text, number or true or false"),
                    "write one of these: a place is filled with a text",
                )),
                None => Err(BrokenRow::new(
                    format!("line {number} has no {column:?}, the first has"),
                    SAME_COLUMNS,
                )),
            })
            .collect();
        values.push(row?);
    }
    Ok(Rows { columns, values })
}

/// The places that the sets fill: `players.id`.
pub(super) fn places(sets: &[DataSet]) -> Vec<String> {
    sets.iter()
        .flat_map(|set| {
            let column = |column: &String| format!("{}.{column}", set.name);
            set.rows.columns.iter().map(column)
        })
        .collect()
}

/// Has every set that gives each row once enough of them?
pub(super) fn check_unique(
    sets: &[DataSet],
    takers: &[Taker<'_>],
    stages: &[Stage],
    seed: u64,
    mistakes: &mut Mistakes<'_>,
) {
    for (index, taker) in takers.iter().enumerate() {
        for set in sets.iter().filter(|set| set.pick == RowPick::Unique) {
            if !taker.actions.iter().any(|a| a.takes_from(&set.name)) {
                continue;
            }
            let Taker { kind, name, .. } = taker;
            let Some(arrivals) = crate::plan::arrivals_of(stages, index, seed) else {
                mistakes.add(
                    taker.span,
                    format!(
                        "{kind} {name:?} takes each row of {:?} once, and a stream of users sends it: \
                         how often is not known",
                        set.name
                    ),
                    "send it at a rate, or set the pick to \"sequential\"",
                );
                continue;
            };
            let rows = set.rows.values.len() as u64;
            if arrivals > rows {
                mistakes.add(
                    taker.span,
                    format!(
                        "{kind} {name:?} takes each row of {:?} once, has {arrivals} arrivals and {rows} rows",
                        set.name
                    ),
                    format!("give it {arrivals} rows, or set its pick to \"sequential\""),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Read = fn(&[u8]) -> Result<Rows, BrokenRow>;

    fn check(read: Read, text: &str, want: Result<&[&[&str]], &str>) {
        let found = read(text.as_bytes()).map_err(|broken| broken.what);
        let found = found.map(|rows| {
            let mut all = vec![rows.columns];
            all.extend(rows.values);
            all
        });
        let want = want
            .map(|rows| {
                let row = |row: &&[&str]| row.iter().map(|&v| v.to_owned()).collect::<Vec<_>>();
                rows.iter().map(row).collect::<Vec<_>>()
            })
            .map_err(str::to_owned);
        assert_eq!(found, want, "{text}");
    }

    #[test]
    fn files_are_read_or_named_with_their_line() {
        check(
            csv_rows,
            "id, name\n1,\"a, b\"\n2,c\n",
            Ok(&[&["id", "name"], &["1", "a, b"], &["2", "c"]]),
        );
        check(
            csv_rows,
            "id,name\n1,a\nsecret\n",
            Err("line 3 has 1 columns, the first line 2"),
        );
        check(
            json_rows,
            "{\"id\": 1, \"name\": \"a\"}\n\n{\"name\": \"b\", \"id\": true}\n",
            Ok(&[&["id", "name"], &["1", "a"], &["true", "b"]]),
        );
        check(
            json_rows,
            "{\"id\": 1}\n[2]\n",
            Err("line 2 is no JSON object"),
        );
        check(
            json_rows,
            "{\"id\": 1}\n{}\n",
            Err("line 2 has no \"id\", the first has"),
        );
        check(
            json_rows,
            "{\"id\": 1}\n{\"id\": 1, \"x\": 2}\n",
            Err("line 2 has \"x\", the first has not"),
        );
        check(
            json_rows,
            "{\"id\": [1]}\n",
            Err("line 1: \"id\" is no text, number or true or false"),
        );
    }
}
