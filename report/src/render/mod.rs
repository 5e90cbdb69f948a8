//! Spelling a [`Document`](crate::document::Document): finished strings in, text out.

mod html;
mod markdown;
mod note;
mod templates;
mod terminal;

pub use html::html;
pub use markdown::{MarkdownOutput, markdown, summary};
pub use templates::{BUILT_IN, CONTEXT_VERSION, Templates};
pub use terminal::{terminal, terminal_in};
