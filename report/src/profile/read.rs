//! The bytes of a pprof protobuf, gzip or not, as a [`Profile`].
//!
//! Fields are those of `profile.proto`, and what makes a profile invalid is what Go's reader finds
//! invalid, see <https://github.com/google/pprof/blob/main/proto/profile.proto>. Whoever sent it is
//! not trusted: memory stays within a small multiple of [`MOST_BYTES`], work within [`MOST_PARTS`] and what
//! the texts take that are held.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Read as _;
use std::ops::Range;

use flate2::read::MultiGzDecoder;

use super::error::ProfileError;
use super::model::{Kind, Profile};
use super::names::{Held, Names};
use super::prune;
use super::wire::{Fields, Value};

/// Most bytes of a profile, compressed or not: a 30 s profile of a busy service has one million.
pub const MOST_BYTES: u64 = 64 << 20;
/// Most sample types; heap profiles have four.
pub const MOST_KINDS: usize = 32;
/// Most of anything else: samples, texts, frames of all stacks together.
pub const MOST_PARTS: usize = 4_000_000;

/// Reads a profile.
pub fn read(bytes: &[u8]) -> Result<Profile, ProfileError> {
    let bytes = match bytes {
        [] => return Err(ProfileError::Empty),
        [0x1F, 0x8B, ..] => Cow::Owned(inflate(bytes)?),
        _ => Cow::Borrowed(bytes),
    };
    if bytes.len() as u64 > MOST_BYTES {
        return Err(ProfileError::TooLarge);
    }
    Tables::of(&bytes)?.profile(&bytes)
}

fn inflate(bytes: &[u8]) -> Result<Vec<u8>, ProfileError> {
    let mut inflated = Vec::new();
    MultiGzDecoder::new(bytes)
        .take(MOST_BYTES + 1)
        .read_to_end(&mut inflated)
        .map_err(ProfileError::Gzip)?;
    if inflated.is_empty() {
        return Err(ProfileError::Empty);
    }
    Ok(inflated)
}

/// A place in [`Tables::texts`].
pub(super) type Text = i64;

/// Everything but the samples, which refer to it and may come before it.
#[derive(Default)]
pub(super) struct Tables<'a> {
    kinds: Vec<(Text, Text)>,
    /// Names of binaries.
    mappings: HashMap<u64, Text>,
    /// Id, binary, and where its functions are in `lines`.
    locations: Vec<(u64, u64, Range<u32>)>,
    lines: Vec<u64>,
    /// Id, name, linker's name, source file.
    functions: Vec<(u64, Text, Text, Text)>,
    texts: Vec<&'a [u8]>,
    drop_frames: Text,
    keep_frames: Text,
    began_ns: i64,
    took_ns: i64,
    period_kind: Option<(Text, Text)>,
    period: i64,
    comments: Vec<Text>,
    default_kind: Text,
}

impl<'a> Tables<'a> {
    fn of(bytes: &'a [u8]) -> Result<Self, ProfileError> {
        let mut tables = Self::default();
        for field in Fields::of(bytes) {
            let (number, value) = field?;
            match number {
                1 if tables.kinds.len() == MOST_KINDS => return Err(ProfileError::TooManyKinds),
                1 => tables.kinds.push(value_type(value)?),
                3 => tables.mapping(value)?,
                4 => tables.location(value)?,
                5 => tables.function(value)?,
                6 => tables.texts.push(value.bytes()?),
                7 => tables.drop_frames = value.signed()?,
                8 => tables.keep_frames = value.signed()?,
                9 if tables.began_ns != 0 => {
                    return Err(ProfileError::inconsistent("two profiles in one file"));
                }
                9 => tables.began_ns = value.signed()?,
                10 => tables.took_ns = value.signed()?,
                11 => tables.period_kind = Some(value_type(value)?),
                12 => tables.period = value.signed()?,
                13 => value.each(|text| {
                    tables.comments.push(text.cast_signed());
                    Ok(())
                })?,
                14 => tables.default_kind = value.signed()?,
                _ => {}
            }
            few("texts", tables.texts.len().max(tables.comments.len()))?;
            few("places", tables.locations.len().max(tables.lines.len()))?;
            few("functions", tables.functions.len())?;
            few("binaries", tables.mappings.len())?;
        }
        match tables.texts.first() {
            Some([]) => Ok(tables),
            Some(_) => Err(ProfileError::inconsistent("its first text is not empty")),
            None => Err(ProfileError::Malformed {
                what: "it has no texts",
            }),
        }
    }

    fn mapping(&mut self, value: Value<'a>) -> Result<(), ProfileError> {
        let (mut id, mut file) = (0, 0);
        for field in Fields::of(value.bytes()?) {
            match field? {
                (1, value) => id = value.number()?,
                (5, value) => file = value.signed()?,
                _ => {}
            }
        }
        unique(self.mappings.insert(id, file).is_none(), "mapping", id)
    }

    fn location(&mut self, value: Value<'a>) -> Result<(), ProfileError> {
        let (mut id, mut mapping) = (0, 0);
        let first = position(self.lines.len());
        for field in Fields::of(value.bytes()?) {
            match field? {
                (1, value) => id = value.number()?,
                (2, value) => mapping = value.number()?,
                (4, value) => {
                    let mut function = 0;
                    for field in Fields::of(value.bytes()?) {
                        if let (1, value) = field? {
                            function = value.number()?;
                        }
                    }
                    self.lines.push(function);
                }
                _ => {}
            }
        }
        let lines = first..position(self.lines.len());
        self.locations.push((id, mapping, lines));
        Ok(())
    }

    fn function(&mut self, value: Value<'a>) -> Result<(), ProfileError> {
        let (mut id, mut texts) = (0, [0; 3]);
        for field in Fields::of(value.bytes()?) {
            match field? {
                (1, value) => id = value.number()?,
                (number @ 2..=4, value) => texts[number as usize - 2] = value.signed()?,
                _ => {}
            }
        }
        let [name, system_name, file] = texts;
        self.functions.push((id, name, system_name, file));
        Ok(())
    }

    fn bytes(&self, text: Text) -> Result<&'a [u8], ProfileError> {
        let found = usize::try_from(text).ok().and_then(|i| self.texts.get(i));
        let found = found.copied();
        found.ok_or_else(|| ProfileError::inconsistent(format!("no text {text}")))
    }

    pub(super) fn text(&self, text: Text) -> Result<Cow<'a, str>, ProfileError> {
        self.bytes(text).map(String::from_utf8_lossy)
    }

    fn held(&self, text: Text, held: &mut Held) -> Result<String, ProfileError> {
        held.add(self.bytes(text)?.len())?;
        self.text(text).map(Cow::into_owned)
    }

    fn kind(&self, (name, unit): (Text, Text), held: &mut Held) -> Result<Kind, ProfileError> {
        Ok(Kind {
            name: self.held(name, held)?,
            unit: self.held(unit, held)?,
        })
    }

    fn profile(&self, bytes: &[u8]) -> Result<Profile, ProfileError> {
        let mut held = Held::default();
        let kinds: Vec<Kind> = self
            .kinds
            .iter()
            .map(|kind| self.kind(*kind, &mut held))
            .collect::<Result<_, _>>()?;
        if kinds.is_empty() {
            return Err(ProfileError::inconsistent("it has no sample type"));
        }
        let default = self.text(self.default_kind)?;
        let named = kinds.iter().position(|kind| kind.name == default);
        let period_kind = self.period_kind.map(|kind| self.kind(kind, &mut held));
        let comments = self.comments.iter();
        let comments = comments.map(|text| self.held(*text, &mut held));
        let mut profile = Profile {
            default_kind: named.unwrap_or(kinds.len() - 1),
            kinds,
            began_ns: (self.began_ns != 0).then_some(self.began_ns),
            took_ns: (self.took_ns > 0).then_some(self.took_ns),
            period: (self.period > 0).then_some(self.period),
            period_kind: period_kind.transpose()?,
            comments: comments.collect::<Result<_, _>>()?,
            ..Profile::default()
        };
        let location_of = self.places(&mut profile)?;
        samples(bytes, &location_of, &mut profile)?;
        if self.drop_frames != 0 {
            let (drop, keep) = (self.text(self.drop_frames)?, self.text(self.keep_frames)?);
            prune::prune(&mut profile, &drop, &keep);
        }
        Ok(profile)
    }

    /// Gives the profile its functions and locations; returns which location has which id.
    fn places(&self, profile: &mut Profile) -> Result<HashMap<u64, u32>, ProfileError> {
        let mut known = Names::default();
        let mut function_of = HashMap::with_capacity(self.functions.len());
        for (id, name, system_name, file) in &self.functions {
            let unnamed = self.bytes(*name)?.is_empty();
            self.bytes(*system_name).and(self.bytes(*file))?;
            let written = if unnamed { system_name } else { name };
            let position = known.position(*written, *file, self)?;
            unique(function_of.insert(*id, position).is_none(), "function", *id)?;
        }
        let mut location_of = HashMap::with_capacity(self.locations.len());
        for (id, mapping, lines) in &self.locations {
            let first = position(profile.frames.len());
            for function in &self.lines[lines.start as usize..lines.end as usize] {
                let position = function_of.get(function).ok_or_else(|| {
                    ProfileError::inconsistent(format!("location {id} has no function {function}"))
                })?;
                profile.frames.push(*position);
            }
            if lines.is_empty() {
                let binary = self.mappings.get(mapping).copied().unwrap_or(0);
                profile.frames.push(known.binary(binary, self)?);
            }
            let frames = first..position(profile.frames.len());
            let new = location_of.insert(*id, position(profile.locations.len()));
            unique(new.is_none(), "location", *id)?;
            profile.locations.push(frames);
        }
        profile.functions = known.functions;
        Ok(location_of)
    }
}

/// Gives the profile its samples.
fn samples(
    bytes: &[u8],
    location_of: &HashMap<u64, u32>,
    profile: &mut Profile,
) -> Result<(), ProfileError> {
    let mut frames = 0;
    for field in Fields::of(bytes) {
        let (2, value) = field? else { continue };
        let stack = position(profile.stacks.len());
        let values = profile.values.len();
        for field in Fields::of(value.bytes()?) {
            match field? {
                (1, value) => value.each(|id| {
                    let location = location_of.get(&id);
                    let location = *location.ok_or_else(|| {
                        ProfileError::inconsistent(format!("a sample names no location {id}"))
                    })?;
                    frames += profile.frames_of(location).len();
                    profile.stacks.push(location);
                    few("frames", frames)
                })?,
                (2, value) => value.each(|number| {
                    profile.values.push(number.cast_signed());
                    few("values", profile.values.len())
                })?,
                _ => {}
            }
        }
        let (has, wanted) = (profile.values.len() - values, profile.kinds.len());
        if has != wanted {
            let what = format!("a sample has {has} values, there are {wanted} sample types");
            return Err(ProfileError::inconsistent(what));
        }
        profile.samples.push(stack..position(profile.stacks.len()));
    }
    Ok(())
}

fn value_type(value: Value<'_>) -> Result<(Text, Text), ProfileError> {
    let (mut name, mut unit) = (0, 0);
    for field in Fields::of(value.bytes()?) {
        match field? {
            (1, value) => name = value.signed()?,
            (2, value) => unit = value.signed()?,
            _ => {}
        }
    }
    Ok((name, unit))
}

fn unique(new: bool, of: &str, id: u64) -> Result<(), ProfileError> {
    match id {
        0 => Err(ProfileError::inconsistent(format!("a {of} has the id 0"))),
        _ if new => Ok(()),
        _ => Err(ProfileError::inconsistent(format!(
            "two {of}s have the id {id}"
        ))),
    }
}

fn few(what: &'static str, count: usize) -> Result<(), ProfileError> {
    if count > MOST_PARTS {
        return Err(ProfileError::TooMany { what });
    }
    Ok(())
}

/// There are fewer bytes than 2³², and so fewer of anything.
fn position(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}
