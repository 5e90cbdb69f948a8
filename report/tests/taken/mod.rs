//! Profiles as profilers write them, from a few stacks; always the same bytes.

#![allow(dead_code, unreachable_pub, reason = "every test takes what it needs")]
#![allow(clippy::unwrap_used, missing_docs)]

mod format;

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use format::{Function, Label, Line, Location, Mapping, Message as _, Sample, ValueType};

pub use format::Profile as Written;

/// A profile to be written; change the fields, then take its [`bytes`](Self::bytes).
#[derive(Clone, Debug)]
pub struct Taken {
    /// Names and units of what is measured.
    pub kinds: Vec<(&'static str, &'static str)>,
    /// `main;serve;parse+trim`, the outermost first; what is inlined follows a plus. With a value of
    /// every kind.
    pub stacks: Vec<(String, Vec<i64>)>,
    /// Nanoseconds since 1970; 0 where it does not say.
    pub began_ns: i64,
    pub took_ns: i64,
    pub period: i64,
    pub comments: Vec<String>,
    pub drop_frames: &'static str,
    pub keep_frames: &'static str,
    pub default_kind: &'static str,
}

const PERIOD_NS: i64 = 10_000_000;

impl Taken {
    /// CPU time at 100 Hz over 30 s, from 10 s after the start of a synthetic record.
    pub fn cpu() -> Self {
        Self {
            kinds: vec![("samples", "count"), ("cpu", "nanoseconds")],
            stacks: vec![],
            began_ns: 1_767_268_810_000_000_000,
            took_ns: 30_000_000_000,
            period: PERIOD_NS,
            comments: vec![],
            drop_frames: "",
            keep_frames: "",
            default_kind: "",
        }
    }

    /// Memory as Go samples it, one in 512 KiB.
    pub fn heap() -> Self {
        Self {
            kinds: vec![
                ("alloc_objects", "count"),
                ("alloc_space", "bytes"),
                ("inuse_objects", "count"),
                ("inuse_space", "bytes"),
            ],
            took_ns: 0,
            period: 512 * 1024,
            default_kind: "inuse_space",
            ..Self::cpu()
        }
    }

    /// The same with `samples` of a stack, of CPU time.
    #[must_use]
    pub fn with(mut self, stack: &str, samples: i64) -> Self {
        let values = vec![samples, samples * self.period];
        self.stacks.push((stack.to_owned(), values));
        self
    }

    /// The same with values of every kind for a stack.
    #[must_use]
    pub fn with_values(mut self, stack: &str, values: &[i64]) -> Self {
        self.stacks.push((stack.to_owned(), values.to_vec()));
        self
    }

    /// The protobuf.
    pub fn raw(&self) -> Vec<u8> {
        self.written().encode_to_vec()
    }

    /// The protobuf, compressed.
    pub fn bytes(&self) -> Vec<u8> {
        gzip(&self.raw())
    }

    /// Its messages, to be spoilt.
    pub fn written(&self) -> Written {
        let mut profile = Written {
            string_table: vec![String::new()],
            ..Written::default()
        };
        for (name, unit) in &self.kinds {
            let (r#type, unit) = (profile.text(name), profile.text(unit));
            profile.sample_type.push(ValueType { r#type, unit });
        }
        let binary = profile.text("/usr/bin/service");
        profile.mapping.push(Mapping {
            id: 1,
            file: binary,
        });
        let thread = profile.text("thread");
        let worker = profile.text("worker");
        for (stack, value) in &self.stacks {
            let inside_out = stack.split(';').rev();
            let sample = Sample {
                location_id: inside_out.map(|at| profile.location(at)).collect(),
                value: value.clone(),
                label: vec![Label {
                    key: thread,
                    str: worker,
                }],
            };
            profile.sample.push(sample);
        }
        profile.drop_frames = profile.text(self.drop_frames);
        profile.keep_frames = profile.text(self.keep_frames);
        profile.time_nanos = self.began_ns;
        profile.duration_nanos = self.took_ns;
        profile.period_type = profile.sample_type.last().copied();
        profile.period = self.period;
        profile.comment = self.comments.iter().map(|c| profile.text(c)).collect();
        profile.default_sample_type = profile.text(self.default_kind);
        profile
    }
}

impl Written {
    fn text(&mut self, text: &str) -> i64 {
        let known = self.string_table.iter().position(|known| known == text);
        let position = known.unwrap_or_else(|| {
            self.string_table.push(text.to_owned());
            self.string_table.len() - 1
        });
        i64::try_from(position).unwrap()
    }

    fn function(&mut self, name: &str) -> u64 {
        let (name, filename) = (self.text(name), self.text("/home/ann/shop/src/main.rs"));
        let known = self.function.iter().position(|f| f.name == name);
        let position = known.unwrap_or_else(|| {
            self.function.push(Function {
                id: self.function.len() as u64 + 1,
                name,
                system_name: name,
                filename,
            });
            self.function.len() - 1
        });
        position as u64 + 1
    }

    /// A place by its functions, the outermost first; one that is empty has no symbols.
    fn location(&mut self, at: &str) -> u64 {
        let functions = at.split('+').rev().filter(|name| !name.is_empty());
        let line: Vec<Line> = functions
            .map(|name| Line {
                function_id: self.function(name),
                line: 7,
            })
            .collect();
        let known = self.location.iter().position(|known| known.line == line);
        let position = known.unwrap_or_else(|| {
            self.location.push(Location {
                id: self.location.len() as u64 + 1,
                mapping_id: 1,
                line,
            });
            self.location.len() - 1
        });
        position as u64 + 1
    }
}

/// A profile like `of` with `stacks` stacks of `depth` functions each, which branch at every call.
pub fn many(stacks: u64, depth: u64, of: &Taken) -> Vec<u8> {
    const FUNCTIONS: u64 = 5_000;
    let mut profile = of.written();
    for i in 0..FUNCTIONS {
        let name = format!("service::module_{}::function_{i}", i % 97);
        let id = profile.function(&name);
        profile.location.push(Location {
            id,
            mapping_id: 1,
            line: vec![Line {
                function_id: id,
                line: 7,
            }],
        });
    }
    for i in 0..stacks {
        let function = |at: u64| (i.wrapping_mul(0x9E37_79B9) >> (at + 12).min(63)) % FUNCTIONS + 1;
        let samples = (1 + i % 7).cast_signed();
        profile.sample.push(Sample {
            location_id: (0..depth).map(function).collect(),
            value: vec![samples, samples * of.period],
            label: vec![],
        });
    }
    gzip(&profile.encode_to_vec())
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
