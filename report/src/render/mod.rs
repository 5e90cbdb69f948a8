//! Spelling a [`Document`](crate::document::Document): finished strings in, text out.

mod html;
mod markdown;
mod note;
mod terminal;

pub use html::html;
pub use markdown::{MarkdownOutput, markdown, summary};
pub use terminal::{terminal, terminal_in};
