//! Tables of finished strings.

use serde::Serialize;

use super::tone::Tone;

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Table {
    /// What it shows, in a few words.
    pub caption: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows; the first cell of each names it.
    pub rows: Vec<Vec<Cell>>,
    /// Is it only for those who look for it? It then starts closed.
    pub folded: bool,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its heading.
    pub title: String,
    /// What its cells hold.
    pub kind: ColumnKind,
}

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColumnKind {
    /// Words.
    Words,
    /// Figures, which line up at the right.
    Figure,
    /// A verdict.
    Verdict,
}

/// A cell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// What it says.
    pub text: String,
    /// How that reads.
    pub tone: Tone,
    /// A second, smaller line.
    pub note: Option<String>,
    /// Is the text to be read letter by letter: a digest, a path, a message?
    pub code: bool,
    /// The section that it refers to, by its id.
    pub section: Option<String>,
}

impl Table {
    /// An empty table.
    pub fn new(caption: impl Into<String>, columns: Vec<Column>) -> Self {
        Self {
            caption: caption.into(),
            columns,
            ..Self::default()
        }
    }

    /// The same table turned round: a row for each column of figures, named under `title`, and a column
    /// for each row, headed by its first `named_by` cells.
    #[must_use]
    pub fn turned(self, title: &str, named_by: usize) -> Self {
        let head = |row: &Vec<Cell>| {
            let names = row[..named_by].iter().map(|cell| {
                let note = cell.note.iter().map(|note| format!(" ({note})"));
                std::iter::once(cell.text.clone())
                    .chain(note)
                    .collect::<String>()
            });
            Column::figure(names.collect::<Vec<_>>().join(", "))
        };
        let columns = std::iter::once(Column::words(title))
            .chain(self.rows.iter().map(head))
            .collect();
        let of_column = |(i, column): (usize, &Column)| {
            let cells = self.rows.iter().map(|row| row[named_by + i].clone());
            std::iter::once(Cell::text(&column.title))
                .chain(cells)
                .collect()
        };
        let figures = self.columns[named_by..].iter().enumerate();
        Self {
            rows: figures.map(of_column).collect(),
            columns,
            ..self
        }
    }

    /// The same table, closed at first.
    #[must_use]
    pub fn folded(mut self) -> Self {
        self.folded = true;
        self
    }
}

impl Column {
    /// Of words.
    pub fn words(title: impl Into<String>) -> Self {
        Self::of(title, ColumnKind::Words)
    }

    /// Of figures.
    pub fn figure(title: impl Into<String>) -> Self {
        Self::of(title, ColumnKind::Figure)
    }

    /// Of verdicts.
    pub fn verdict(title: impl Into<String>) -> Self {
        Self::of(title, ColumnKind::Verdict)
    }

    fn of(title: impl Into<String>, kind: ColumnKind) -> Self {
        Self {
            title: title.into(),
            kind,
        }
    }
}

impl Cell {
    /// Plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    /// Text with a tone.
    pub fn toned(text: impl Into<String>, tone: Tone) -> Self {
        Self {
            tone,
            ..Self::text(text)
        }
    }

    /// Something absent: `not measured`, or a dash's place.
    pub fn faint(text: impl Into<String>) -> Self {
        Self::toned(text, Tone::Faint)
    }

    /// Text to be read letter by letter.
    pub fn code(text: impl Into<String>) -> Self {
        Self {
            code: true,
            ..Self::text(text)
        }
    }

    /// The same cell with a second line.
    #[must_use]
    pub fn with_note(mut self, note: Option<String>) -> Self {
        self.note = note;
        self
    }

    /// The same cell, referring to a section.
    #[must_use]
    pub fn to_section(mut self, id: impl Into<String>) -> Self {
        self.section = Some(id.into());
        self
    }
}
