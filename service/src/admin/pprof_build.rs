//! Puts a profile together: texts, functions and places have a number each, and stand in it once.

use std::collections::HashMap;
use std::io::Write as _;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use flate2::Compression;
use flate2::write::GzEncoder;
use prost::Message as _;
use rustix::time::{ClockId, clock_gettime};

use super::binaries::{Binary, binaries};
use super::left_out::{Frame, LeftOut};
use super::pprof_format::{Function, Label, Line, Location, Mapping, Profile, Sample, ValueType};
use super::symbols::{self, Symbol};

/// A profile in the making.
#[derive(Debug)]
pub(super) struct Builder {
    profile: Profile,
    binaries: Vec<Binary>,
    texts: HashMap<String, i64>,
    functions: HashMap<(i64, i64), u64>,
    /// By the address after the instruction.
    places: HashMap<usize, u64>,
    named: HashMap<String, u64>,
    /// By the place, and how many of the functions inlined there are left out.
    shortened: HashMap<(u64, usize), u64>,
    /// CPU time of this thread when it began to build.
    began: Duration,
}

impl Builder {
    /// Of this process as it is now.
    pub(super) fn new() -> Self {
        let mut builder = Self {
            profile: Profile::default(),
            binaries: binaries(),
            texts: HashMap::new(),
            functions: HashMap::new(),
            places: HashMap::new(),
            named: HashMap::new(),
            shortened: HashMap::new(),
            began: thread_cpu(),
        };
        builder.text("");
        for (i, binary) in builder.binaries.clone().into_iter().enumerate() {
            let filename = builder.text(&binary.name);
            builder.profile.mapping.push(Mapping {
                id: i as u64 + 1,
                memory_start: binary.addresses.start as u64,
                memory_limit: binary.addresses.end as u64,
                file_offset: binary.offset,
                filename,
                // Whatever is known is in it: nobody has to look further.
                has_functions: true,
                has_filenames: true,
                has_line_numbers: true,
                has_inline_frames: true,
            });
        }
        builder
    }

    /// Adds a quantity that samples have a value of.
    pub(super) fn kind(&mut self, r#type: &str, unit: &str) {
        let kind = self.value_type(r#type, unit);
        self.profile.sample_type.push(kind);
    }

    /// Says how much of what lies between two observations.
    pub(super) fn period(&mut self, r#type: &str, unit: &str, period: i64) {
        let kind = self.value_type(r#type, unit);
        self.profile.period_type = Some(kind);
        self.profile.period = period;
    }

    /// Says when it was taken, and for how long if it is not of one moment.
    pub(super) fn time(&mut self, started: SystemTime, took: Option<Duration>) {
        let since = started.duration_since(UNIX_EPOCH).unwrap_or_default();
        self.profile.time_nanos = since.as_nanos() as i64;
        self.profile.duration_nanos = took.unwrap_or_default().as_nanos() as i64;
    }

    /// Adds `NAME=VALUE`.
    pub(super) fn comment(&mut self, name: &str, value: impl std::fmt::Display) {
        let text = self.text(&format!("{name}={value}"));
        self.profile.comment.push(text);
    }

    /// Adds a stack with a value for every kind.
    pub(super) fn sample(
        &mut self,
        location_id: Vec<u64>,
        value: Vec<i64>,
        label: Option<(&str, &str)>,
    ) {
        let label = label.map(|(key, value)| Label {
            key: self.text(key),
            str: self.text(value),
        });
        self.profile.sample.push(Sample {
            location_id,
            value,
            label: label.into_iter().collect(),
        });
    }

    /// A stack from the instruction at which a thread was interrupted outwards.
    pub(super) fn interrupted(&mut self, stack: &[usize]) -> Vec<u64> {
        let mut addresses = stack.to_vec();
        if let Some(instruction) = addresses.first_mut() {
            *instruction += 1;
        }
        self.calls(&addresses)
    }

    /// A stack of addresses to which calls return, the innermost first.
    ///
    /// It ends before the first that is none: whoever follows frame pointers into a library without
    /// them may find anything there.
    pub(super) fn calls(&mut self, stack: &[usize]) -> Vec<u64> {
        let anything = self.binaries.is_empty();
        let is_code = |address: &&usize| anything || self.binary(**address).is_some();
        let length = stack.iter().take_while(is_code).count();
        let code = stack[..length].iter();
        let locations: Vec<_> = code.map(|address| self.location(*address)).collect();
        if locations.is_empty() {
            vec![self.unknown()]
        } else {
            locations
        }
    }

    /// The same without what is left out.
    pub(super) fn calls_of(&mut self, stack: &[usize], left_out: LeftOut) -> Vec<u64> {
        let mut places = self.calls(stack);
        let Some((first, inlined)) = left_out.begin(&places, |id| self.frames(id)) else {
            return vec![self.unknown()];
        };
        places.drain(..first);
        places[0] = self.shortened(places[0], inlined);
        places
    }

    /// The functions of a place: inlined ones first, the function that holds them last.
    fn frames(&self, place: u64) -> impl DoubleEndedIterator<Item = Frame<'_>> {
        let text = |id: i64| &*self.profile.string_table[id as usize];
        let lines = &self.profile.location[place as usize - 1].line;
        lines.iter().map(move |line| {
            let function = &self.profile.function[line.function_id as usize - 1];
            Frame {
                name: text(function.name),
                system_name: text(function.system_name),
                file: text(function.filename),
            }
        })
    }

    /// A place without the first so many of the functions inlined there.
    fn shortened(&mut self, place: u64, inlined: usize) -> u64 {
        if inlined == 0 {
            return place;
        }
        if let Some(id) = self.shortened.get(&(place, inlined)) {
            return *id;
        }
        let whole = &self.profile.location[place as usize - 1];
        let (mapping, address) = (whole.mapping_id, whole.address);
        let lines = whole.line[inlined..].to_vec();
        let id = self.push_location(mapping, address, lines);
        self.shortened.insert((place, inlined), id);
        id
    }

    fn unknown(&mut self) -> u64 {
        self.named("[unknown]")
    }

    /// A place that has a name and no address.
    pub(super) fn named(&mut self, name: &str) -> u64 {
        if let Some(id) = self.named.get(name) {
            return *id;
        }
        let function_id = self.function(&Symbol {
            name: name.to_owned(),
            system_name: name.to_owned(),
            file: String::new(),
            line: 0,
        });
        let id = self.push_location(
            0,
            0,
            vec![Line {
                function_id,
                line: 0,
            }],
        );
        self.named.insert(name.to_owned(), id);
        id
    }

    /// The profile as it is sent: protobuf, gzip. It says what looking its names up has cost the process,
    /// which is no cost of its requests.
    pub(super) fn finish(mut self) -> std::io::Result<Vec<u8>> {
        symbols::forget();
        let took = thread_cpu().saturating_sub(self.began);
        self.comment("building_cpu_nanoseconds", took.as_nanos());
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&self.profile.encode_to_vec())?;
        encoder.finish()
    }

    fn location(&mut self, address: usize) -> u64 {
        if let Some(id) = self.places.get(&address) {
            return *id;
        }
        let mapping = self.binary(address);
        let mut symbols = symbols::before(address);
        if symbols.is_empty() {
            // Better than an address, which is another one in every process.
            let binary = mapping.and_then(|id| self.binaries.get(id as usize - 1));
            let name = binary.map_or("[unknown]".to_owned(), |binary| {
                format!("[{}]", binary.name)
            });
            symbols.push(Symbol {
                system_name: name.clone(),
                name,
                file: String::new(),
                line: 0,
            });
        }
        let lines = symbols
            .iter()
            .map(|symbol| Line {
                function_id: self.function(symbol),
                line: symbol.line,
            })
            .collect();
        let id = self.push_location(mapping.unwrap_or(0), address as u64 - 1, lines);
        self.places.insert(address, id);
        id
    }

    fn push_location(&mut self, mapping_id: u64, address: u64, line: Vec<Line>) -> u64 {
        let id = self.profile.location.len() as u64 + 1;
        self.profile.location.push(Location {
            id,
            mapping_id,
            address,
            line,
        });
        id
    }

    /// Id of the binary that holds the instruction before `address`.
    fn binary(&self, address: usize) -> Option<u64> {
        let before = address.checked_sub(1)?;
        let after = self
            .binaries
            .partition_point(|binary| binary.addresses.start <= before);
        let binary = self.binaries.get(after.checked_sub(1)?)?;
        binary.addresses.contains(&before).then_some(after as u64)
    }

    fn function(&mut self, symbol: &Symbol) -> u64 {
        let system_name = self.text(&symbol.system_name);
        let filename = self.text(&symbol.file);
        if let Some(id) = self.functions.get(&(system_name, filename)) {
            return *id;
        }
        let id = self.profile.function.len() as u64 + 1;
        let name = self.text(&symbol.name);
        self.profile.function.push(Function {
            id,
            name,
            system_name,
            filename,
        });
        self.functions.insert((system_name, filename), id);
        id
    }

    fn value_type(&mut self, r#type: &str, unit: &str) -> ValueType {
        ValueType {
            r#type: self.text(r#type),
            unit: self.text(unit),
        }
    }

    fn text(&mut self, text: &str) -> i64 {
        if let Some(id) = self.texts.get(text) {
            return *id;
        }
        let id = (self.profile.string_table.len() as u64).cast_signed();
        self.profile.string_table.push(text.to_owned());
        self.texts.insert(text.to_owned(), id);
        id
    }
}

/// What this thread has used.
fn thread_cpu() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}
