//! Profiles of the processes under load, in the format of pprof: Go's, Rust's or another's.

mod error;
mod model;
mod name;
mod prune;
mod read;
mod top;
mod unit;
mod wire;

pub use error::ProfileError;
pub use model::{Function, Kind, Profile, Sample};
pub use read::{MOST_BYTES, MOST_FRAMES, MOST_KINDS, read};
pub use top::{Row, Top};
pub use unit::{Measure, Scale, percentage};
