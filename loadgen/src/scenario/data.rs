//! Data sets: rows of texts that requests take their values from.

use std::fmt;
use std::sync::Arc;

/// One data set.
#[derive(Clone, Debug, PartialEq)]
pub struct DataSet {
    /// Slug; `${name.column}` is filled from it.
    pub name: String,
    /// Which row an arrival takes.
    pub pick: RowPick,
    /// SHA-256 of the file.
    pub sha256: String,
    /// What the file holds.
    pub rows: Arc<Rows>,
}

/// The content of a file. It may hold tokens, so that only its size is ever shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Rows {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// A text for every column of every row.
    pub values: Vec<Vec<String>>,
}

/// Which row an arrival takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowPick {
    /// The n-th arrival of an action takes row n; after the last row comes the first.
    Sequential,
    /// A seeded draw from all rows.
    Random,
    /// The n-th arrival of an action takes row n: each row once.
    Unique,
}

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows of {:?}", self.values.len(), self.columns)
    }
}
