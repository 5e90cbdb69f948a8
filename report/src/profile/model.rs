//! One profile, whichever program took it.

use std::ops::Range;

use regex::Regex;

use super::error::ProfileError;

/// A profile: stacks, and what was measured on each.
///
/// Functions are told apart by their names, as `go tool pprof -top` does; names are
/// [normalised](super::name).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// What the values of a sample are.
    pub kinds: Vec<Kind>,
    /// Which of them is meant where none is named.
    pub default_kind: usize,
    /// Every function that a location names.
    pub functions: Vec<Function>,
    /// When it began, nanoseconds since 1970; absent where the profiler did not say.
    pub began_ns: Option<i64>,
    /// How long it took, nanoseconds; absent for a snapshot, of memory for example.
    pub took_ns: Option<i64>,
    /// How much lies between two samples; absent where the profiler did not say.
    pub period: Option<i64>,
    /// What [`period`](Self::period) counts.
    pub period_kind: Option<Kind>,
    /// What the profiler had to say.
    pub comments: Vec<String>,
    pub(super) locations: Vec<Range<u32>>,
    /// Frames of the locations: what was inlined first, the function that holds it last.
    pub(super) frames: Vec<u32>,
    pub(super) samples: Vec<Range<u32>>,
    /// Locations of the samples, the innermost first.
    pub(super) stacks: Vec<u32>,
    /// A value of every kind for every sample.
    pub(super) values: Vec<i64>,
    /// By kind: what the samples had that a [focus](Self::focused) left out.
    pub(super) out_of_focus: Vec<i64>,
}

/// What is measured, and in what unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kind {
    /// For example `cpu` or `inuse_space`.
    pub name: String,
    /// For example `nanoseconds` or `bytes`.
    pub unit: String,
}

/// A function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Function {
    /// As people write it.
    pub name: String,
    /// Its source file as far as the source is known by it; empty where nobody knows.
    pub file: String,
}

/// One stack and what was measured on it.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    profile: &'a Profile,
    stack: &'a [u32],
    /// One value for each kind.
    pub values: &'a [i64],
}

impl Profile {
    /// Its samples.
    pub fn samples(&self) -> impl Iterator<Item = Sample<'_>> {
        let kinds = self.kinds.len();
        self.samples.iter().enumerate().map(move |(i, range)| {
            let stack = &self.stacks[range.start as usize..range.end as usize];
            let values = &self.values[i * kinds..(i + 1) * kinds];
            Sample {
                profile: self,
                stack,
                values,
            }
        })
    }

    /// The position of the kind that is called `asked`, or of the default one.
    ///
    /// `inuse_` may be left out or be too much: older heap profiles call it `space`.
    pub fn kind(&self, asked: Option<&str>) -> Result<usize, ProfileError> {
        let Some(asked) = asked else {
            return Ok(self.default_kind);
        };
        let plain = asked.strip_prefix("inuse_").unwrap_or(asked);
        let named = |name: &str| name == asked || name == plain;
        let found = self.kinds.iter().position(|kind| named(&kind.name));
        found.ok_or_else(|| ProfileError::NoSuchKind {
            asked: asked.to_owned(),
            has: self.kinds.iter().map(|kind| kind.name.clone()).collect(),
        })
    }

    /// The sum of one kind over all samples, each without its sign.
    pub fn total(&self, kind: usize) -> i64 {
        let sizes = self.samples().map(|sample| sample.values[kind]);
        let out_of_focus = self.out_of_focus.get(kind).copied().unwrap_or(0);
        sizes.fold(out_of_focus, |sum: i64, value| {
            sum.saturating_add(value.saturating_abs())
        })
    }

    /// Only the samples in whose stack a function matches; totals stay those of the whole.
    #[must_use]
    pub fn focused(&self, on: &Regex) -> Self {
        let names = self.functions.iter();
        let matches: Vec<bool> = names.map(|f| on.is_match(&f.name)).collect();
        let mut focused = Self {
            samples: Vec::new(),
            values: Vec::new(),
            out_of_focus: (0..self.kinds.len()).map(|kind| self.total(kind)).collect(),
            ..self.clone()
        };
        for (sample, stack) in self.samples().zip(&self.samples) {
            if sample.inside_out().any(|function| matches[function]) {
                focused.samples.push(stack.clone());
                focused.values.extend(sample.values);
                for (left, value) in focused.out_of_focus.iter_mut().zip(sample.values) {
                    *left = left.saturating_sub(value.saturating_abs());
                }
            }
        }
        focused
    }

    pub(super) fn frames_of(&self, location: u32) -> &[u32] {
        let range = &self.locations[location as usize];
        &self.frames[range.start as usize..range.end as usize]
    }
}

impl<'a> Sample<'a> {
    /// Its functions by position, the innermost first, inlined ones too.
    pub fn inside_out(&self) -> impl DoubleEndedIterator<Item = usize> + 'a {
        let profile = self.profile;
        let frames = move |location: &u32| profile.frames_of(*location).iter();
        self.stack.iter().flat_map(frames).map(|f| *f as usize)
    }
}
