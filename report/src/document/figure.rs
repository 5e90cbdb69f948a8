//! A chart in a document, with the data that it was drawn from.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::table::Table;
use crate::chart::Drawing;

/// A chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Unique in the document, a plain word; given when the document is complete.
    pub id: String,
    /// What it shows, in a few words.
    pub title: String,
    /// What is to be seen, for those who do not see it.
    pub description: String,
    /// The chart.
    pub drawing: Drawing,
    /// What it was drawn from.
    pub data: Table,
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let svg = self
            .drawing
            .inline(&self.id, &self.title, &self.description);
        let mut fields = serializer.serialize_struct("Figure", 6)?;
        fields.serialize_field("id", &self.id)?;
        fields.serialize_field("title", &self.title)?;
        fields.serialize_field("description", &self.description)?;
        fields.serialize_field("wide", &self.drawing.is_wide())?;
        fields.serialize_field("svg", &svg)?;
        fields.serialize_field("data", &self.data)?;
        fields.end()
    }
}
