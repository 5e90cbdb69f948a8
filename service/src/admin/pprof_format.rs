//! The profile format of pprof, as far as the profiles of the service need it.
//!
//! Field numbers are those of `profile.proto`,
//! see <https://github.com/google/pprof/blob/main/proto/profile.proto>.

use prost::Message;

/// A profile.
#[derive(Clone, PartialEq, Message)]
pub struct Profile {
    /// What the values of a sample are.
    #[prost(message, repeated, tag = "1")]
    pub sample_type: Vec<ValueType>,
    /// Stacks and how often each was seen.
    #[prost(message, repeated, tag = "2")]
    pub sample: Vec<Sample>,
    /// The executable parts of the process.
    #[prost(message, repeated, tag = "3")]
    pub mapping: Vec<Mapping>,
    /// Places in the program.
    #[prost(message, repeated, tag = "4")]
    pub location: Vec<Location>,
    /// Functions of the program.
    #[prost(message, repeated, tag = "5")]
    pub function: Vec<Function>,
    /// All texts; the first is empty. Others refer to them by position.
    #[prost(string, repeated, tag = "6")]
    pub string_table: Vec<String>,
    /// When the profile began, nanoseconds since 1970.
    #[prost(int64, tag = "9")]
    pub time_nanos: i64,
    /// How long it took; 0 if it shows one moment.
    #[prost(int64, tag = "10")]
    pub duration_nanos: i64,
    /// What makes a sample.
    #[prost(message, optional, tag = "11")]
    pub period_type: Option<ValueType>,
    /// How much of that lies between samples.
    #[prost(int64, tag = "12")]
    pub period: i64,
    /// Texts: what else there is to say.
    #[prost(int64, repeated, tag = "13")]
    pub comment: Vec<i64>,
}

/// A quantity and its unit.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub struct ValueType {
    /// Text: what is measured.
    #[prost(int64, tag = "1")]
    pub r#type: i64,
    /// Text: in what unit.
    #[prost(int64, tag = "2")]
    pub unit: i64,
}

/// One stack.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Sample {
    /// Ids of locations, the innermost first.
    #[prost(uint64, repeated, tag = "1")]
    pub location_id: Vec<u64>,
    /// One value for each of the profile's types.
    #[prost(int64, repeated, tag = "2")]
    pub value: Vec<i64>,
    /// What else is known.
    #[prost(message, repeated, tag = "3")]
    pub label: Vec<Label>,
}

/// Something known about a sample.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub struct Label {
    /// Text: what is known.
    #[prost(int64, tag = "1")]
    pub key: i64,
    /// Text: its value.
    #[prost(int64, tag = "2")]
    pub str: i64,
}

/// A part of the process that can be executed.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
#[allow(clippy::struct_excessive_bools, reason = "the format has them")]
pub struct Mapping {
    /// Not 0.
    #[prost(uint64, tag = "1")]
    pub id: u64,
    /// Its first address.
    #[prost(uint64, tag = "2")]
    pub memory_start: u64,
    /// The first address after it.
    #[prost(uint64, tag = "3")]
    pub memory_limit: u64,
    /// Where it begins in its file.
    #[prost(uint64, tag = "4")]
    pub file_offset: u64,
    /// Text: name of the file.
    #[prost(int64, tag = "5")]
    pub filename: i64,
    /// Do its places have functions?
    #[prost(bool, tag = "7")]
    pub has_functions: bool,
    /// And those source files?
    #[prost(bool, tag = "8")]
    pub has_filenames: bool,
    /// And line numbers?
    #[prost(bool, tag = "9")]
    pub has_line_numbers: bool,
    /// And those that were inlined?
    #[prost(bool, tag = "10")]
    pub has_inline_frames: bool,
}

/// A place in the program.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Location {
    /// Not 0.
    #[prost(uint64, tag = "1")]
    pub id: u64,
    /// Id of the mapping that holds it; 0 if there is none.
    #[prost(uint64, tag = "2")]
    pub mapping_id: u64,
    /// Its address; 0 if it has none.
    #[prost(uint64, tag = "3")]
    pub address: u64,
    /// Inlined functions first, the function that holds them last.
    #[prost(message, repeated, tag = "4")]
    pub line: Vec<Line>,
}

/// A line of a function.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub struct Line {
    /// Id of the function.
    #[prost(uint64, tag = "1")]
    pub function_id: u64,
    /// Line number; 0 if it is not known.
    #[prost(int64, tag = "2")]
    pub line: i64,
}

/// A function.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub struct Function {
    /// Not 0.
    #[prost(uint64, tag = "1")]
    pub id: u64,
    /// Text: as people write it.
    #[prost(int64, tag = "2")]
    pub name: i64,
    /// Text: as the linker writes it.
    #[prost(int64, tag = "3")]
    pub system_name: i64,
    /// Text: the source file.
    #[prost(int64, tag = "4")]
    pub filename: i64,
}
