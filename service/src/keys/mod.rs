//! Keys that have values: in tables, from which all else about them follows, and in layers, each over
//! the ones before.

mod file;
mod layers;
mod linger;
mod mistake;
mod table;
mod value;

pub(crate) use file::entries;
pub(crate) use layers::{Entry, Layers};
pub use linger::Linger;
pub use mistake::{Mistake, Place, SettingsError};
pub use table::{Key, VARIABLE_PREFIX};
pub(crate) use table::{choice_in_toml, choices, keys};
pub(crate) use value::quoted;
pub use value::{Bound, Form, SecretUrl, Value};
