//! The profile format of pprof, as far as CPU profiles need it.
//!
//! Field numbers are those of `profile.proto`,
//! see <https://github.com/google/pprof/blob/main/proto/profile.proto>.

use std::collections::HashMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use prost::Message;

use super::source_path::shorten;

/// A profile.
#[derive(Clone, PartialEq, Message)]
pub struct Profile {
    /// What the values of a sample are.
    #[prost(message, repeated, tag = "1")]
    pub sample_type: Vec<ValueType>,
    /// Stacks and how often each was seen.
    #[prost(message, repeated, tag = "2")]
    pub sample: Vec<Sample>,
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
    /// How long it took.
    #[prost(int64, tag = "10")]
    pub duration_nanos: i64,
    /// What makes a sample.
    #[prost(message, optional, tag = "11")]
    pub period_type: Option<ValueType>,
    /// How much of that lies between samples.
    #[prost(int64, tag = "12")]
    pub period: i64,
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

/// A place in the program.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Location {
    /// Not 0.
    #[prost(uint64, tag = "1")]
    pub id: u64,
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

/// When and how often samples were taken.
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    /// When sampling began.
    pub start: SystemTime,
    /// How long it went on.
    pub duration: Duration,
    /// Samples per second of CPU time.
    pub frequency: i32,
}

/// Turns what the profiler saw into a profile with the sample types of Go:
/// `samples/count` and `cpu/nanoseconds`.
pub fn encode(
    stacks: impl IntoIterator<Item = (pprof::Frames, isize)>,
    timing: &Timing,
) -> Profile {
    let mut tables = Tables::default();
    tables.text("");
    let mut value_type = |r#type, unit| ValueType {
        r#type: tables.text(r#type),
        unit: tables.text(unit),
    };
    let (samples, cpu) = (
        value_type("samples", "count"),
        value_type("cpu", "nanoseconds"),
    );
    let period = 1_000_000_000 / i64::from(timing.frequency).max(1);
    let sample = stacks
        .into_iter()
        .map(|(stack, count)| {
            let count = count as i64;
            let label = Label {
                key: tables.text("thread"),
                str: tables.text(&stack.thread_name_or_id()),
            };
            Sample {
                location_id: stack.frames.iter().map(|f| tables.location(f)).collect(),
                value: vec![count, count * period],
                label: vec![label],
            }
        })
        .collect();
    let start = timing.start.duration_since(UNIX_EPOCH);
    Profile {
        sample_type: vec![samples, cpu],
        sample,
        location: tables.locations,
        function: tables.functions,
        string_table: tables.texts,
        time_nanos: start.map_or(0, |since| since.as_nanos() as i64),
        duration_nanos: timing.duration.as_nanos() as i64,
        period_type: Some(cpu),
        period,
    }
}

/// Everything that a profile names once and refers to by number.
#[derive(Default)]
struct Tables {
    texts: Vec<String>,
    text_ids: HashMap<String, i64>,
    functions: Vec<Function>,
    function_ids: HashMap<(i64, i64), u64>,
    locations: Vec<Location>,
    location_ids: HashMap<Vec<(u64, i64)>, u64>,
}

impl Tables {
    fn text(&mut self, text: &str) -> i64 {
        if let Some(id) = self.text_ids.get(text) {
            return *id;
        }
        let id = i64::try_from(self.texts.len()).unwrap_or(0);
        self.texts.push(text.to_owned());
        self.text_ids.insert(text.to_owned(), id);
        id
    }

    fn function(&mut self, symbol: &pprof::Symbol) -> u64 {
        let system_name = self.text(&symbol.sys_name());
        let filename = self.text(shorten(&symbol.filename()));
        if let Some(id) = self.function_ids.get(&(system_name, filename)) {
            return *id;
        }
        let id = self.functions.len() as u64 + 1;
        let name = self.text(&symbol.name());
        self.functions.push(Function {
            id,
            name,
            system_name,
            filename,
        });
        self.function_ids.insert((system_name, filename), id);
        id
    }

    fn location(&mut self, frame: &[pprof::Symbol]) -> u64 {
        let lines: Vec<_> = frame
            .iter()
            .map(|symbol| (self.function(symbol), i64::from(symbol.lineno())))
            .collect();
        if let Some(id) = self.location_ids.get(&lines) {
            return *id;
        }
        let id = self.locations.len() as u64 + 1;
        self.locations.push(Location {
            id,
            line: lines
                .iter()
                .map(|&(function_id, line)| Line { function_id, line })
                .collect(),
        });
        self.location_ids.insert(lines, id);
        id
    }
}
