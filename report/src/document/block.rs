//! What a section is made of.

use serde::Serialize;

use super::figure::Figure;
use super::table::Table;
use super::tone::Tone;

/// A piece of a section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "block", content = "content", rename_all = "kebab-case")]
pub enum Block {
    /// A sentence or a few.
    Paragraph(String),
    /// What must not be overlooked.
    Callout(Callout),
    /// A few figures to take in at a glance.
    Cards(Vec<Card>),
    /// A table.
    Table(Table),
    /// Charts that belong side by side.
    Figures(Vec<Figure>),
    /// Items in no order of weight.
    List(Vec<String>),
    /// Markdown that somebody wrote.
    Note(String),
    /// Something to type or to read letter by letter.
    Code(String),
}

/// What must not be overlooked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Callout {
    /// How it reads.
    pub tone: Tone,
    /// Its headline.
    pub title: String,
    /// Its sentences.
    pub lines: Vec<String>,
}

/// One figure to take in at a glance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Card {
    /// What it is.
    pub label: String,
    /// The figure.
    pub value: String,
    /// What stands behind it.
    pub note: String,
    /// How it reads.
    pub tone: Tone,
}

/// A section.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Section {
    /// Unique in the document: a slug.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// What it holds.
    pub blocks: Vec<Block>,
    /// Its parts.
    pub sections: Vec<Section>,
    /// What it says of the runs, for the ledger.
    #[serde(skip)]
    pub claims: Vec<Said>,
}

/// A sentence, and where the values are that it was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The sentence, or a few that belong together.
    pub sentence: String,
    /// Into the JSON form of what the document was built from (RFC 6901).
    pub pointers: Vec<String>,
}

impl Said {
    pub(super) fn new(sentence: impl Into<String>, pointers: Vec<String>) -> Self {
        Self {
            sentence: sentence.into(),
            pointers,
        }
    }

    /// The same where what it was made from stands at `place` of something larger.
    pub(super) fn at(mut self, place: &str) -> Self {
        for pointer in &mut self.pointers {
            pointer.insert_str(0, place);
        }
        self
    }
}

impl Card {
    /// All that it says.
    pub fn sentence(&self) -> String {
        match &*self.note {
            "" => format!("{}: {}.", self.label, self.value),
            note => format!("{}: {}, {note}.", self.label, self.value),
        }
    }
}

impl Section {
    /// An empty section.
    pub fn new(id: impl Into<String>, title: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            title: title.into(),
            ..Self::default()
        }
    }

    /// Adds a paragraph.
    pub(super) fn paragraph(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Paragraph(text.into()));
    }

    /// Adds a paragraph that says something of the runs.
    pub(super) fn say(&mut self, sentence: impl Into<String>, pointers: Vec<String>) {
        let sentence = sentence.into();
        self.claim(&*sentence, pointers);
        self.paragraph(sentence);
    }

    /// Adds a callout whose headline and lines say something of the runs.
    pub(super) fn call_out(&mut self, tone: Tone, title: Said, lines: Vec<Said>) {
        self.blocks.push(Block::Callout(Callout {
            tone,
            title: title.sentence.clone(),
            lines: lines.iter().map(|line| line.sentence.clone()).collect(),
        }));
        self.claims.push(title);
        self.claims.extend(lines);
    }

    /// Adds figures to take in at a glance, each with where its values are.
    pub(super) fn cards(&mut self, cards: Vec<(Card, Vec<String>)>) {
        for (card, pointers) in &cards {
            self.claim(card.sentence(), pointers.clone());
        }
        let cards = cards.into_iter().map(|(card, _)| card);
        self.blocks.push(Block::Cards(cards.collect()));
    }

    /// Notes what stands elsewhere in the section.
    pub(super) fn claim(&mut self, sentence: impl Into<String>, pointers: Vec<String>) {
        self.claims.push(Said::new(sentence, pointers));
    }

    /// Adds a table, unless it has no rows.
    pub(super) fn table(&mut self, table: Table) {
        if !table.rows.is_empty() {
            self.blocks.push(Block::Table(table));
        }
    }
}
