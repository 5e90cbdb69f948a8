//! Profiles of the processes under load, in the format of pprof: Go's, Rust's or another's.
//!
//! ```text
//! bytes -read()-> Profile, with its window a Taken; Taken* (x Taken*) -of()-> ProfileReport
//! ```
//!
//! What is a move and what noise is decided in `judge.rs`.

mod between;
mod captured;
mod claim;
mod error;
mod judge;
mod layout;
mod model;
mod moves;
mod name;
mod names;
mod prune;
mod read;
mod report;
mod sampling;
mod select;
mod side;
mod taken;
mod top;
mod tree;
mod unit;
mod weight;
mod whole;
mod wire;

pub use captured::{Captured, MOST_PROFILES, captured};
pub use error::ProfileError;
pub use judge::{
    ACCOUNTED_WITHIN, ALPHA, Basis, CAPPED_ABOVE, FEWEST_OBSERVATIONS, FEWEST_WINDOWS, LEAST_SHARE,
    MoveVerdict, NoRequests,
};
pub use layout::{FlameBar, FlameLayout, FlameWidth};
pub use model::{Function, Kind, Profile, Sample};
pub use moves::{Caller, Move, Part};
pub use read::{MOST_BYTES, MOST_KINDS, MOST_PARTS, read};
pub use report::{BaseUnit, FunctionRow, ProfileReport, SCHEMA_VERSION, Subject};
pub use select::{Selection, SelectionError};
pub use side::{ProfileSide, ProfileWindow};
pub use taken::{ReadError, Taken, read_file};
pub use top::{Row, Top};
pub use tree::{CallNode, CallTree};
pub use unit::{Measure, Scale, percentage};
pub use whole::Whole;
