//! A profile as the service sent it.

use std::io::Read;

use challenge_service::admin::pprof_format::{Location, Profile};
use flate2::read::GzDecoder;
use prost::Message;

/// A profile in which everything that is referred to is there.
pub struct Decoded(pub Profile);

impl Decoded {
    /// Decodes one whose samples must have values of these kinds.
    pub fn of(body: &[u8], kinds: &[(&str, &str)]) -> Self {
        let mut bytes = Vec::new();
        GzDecoder::new(body).read_to_end(&mut bytes).unwrap();
        let decoded = Self(Profile::decode(&bytes[..]).unwrap());
        decoded.check(kinds);
        decoded
    }

    pub fn text(&self, index: i64) -> &str {
        &self.0.string_table[usize::try_from(index).unwrap()]
    }

    fn check(&self, kinds: &[(&str, &str)]) {
        let profile = &self.0;
        assert_eq!(self.text(0), "");
        let types = profile.sample_type.iter();
        let types: Vec<_> = types
            .map(|kind| (self.text(kind.r#type), self.text(kind.unit)))
            .collect();
        assert_eq!(types, kinds);
        for sample in &profile.sample {
            assert_eq!(sample.value.len(), kinds.len());
            assert!(!sample.location_id.is_empty());
            for id in &sample.location_id {
                let location = self.location(*id);
                assert!(location.mapping_id <= profile.mapping.len() as u64);
                assert!(!location.line.is_empty());
                assert!(self.names(location).all(|name| !name.is_empty()));
            }
        }
    }

    fn location(&self, id: u64) -> &Location {
        let location = &self.0.location[usize::try_from(id).unwrap() - 1];
        assert_eq!(location.id, id);
        location
    }

    fn names<'a>(&'a self, location: &'a Location) -> impl Iterator<Item = &'a str> {
        location.line.iter().map(|line| {
            let function = &self.0.function[usize::try_from(line.function_id).unwrap() - 1];
            assert_eq!(function.id, line.function_id);
            self.text(function.name)
        })
    }

    /// What the comment of this name says.
    pub fn said(&self, name: &str) -> i64 {
        let mut comments = self.0.comment.iter().map(|text| self.text(*text));
        let said = comments.find_map(|comment| comment.strip_prefix(name)?.strip_prefix('='));
        said.unwrap().parse().unwrap()
    }

    /// All values of the kind at this position.
    pub fn sum(&self, kind: usize) -> i64 {
        self.0.sample.iter().map(|sample| sample.value[kind]).sum()
    }

    /// Those of stacks with a function whose name contains `part`.
    pub fn sum_in(&self, part: &str, kind: usize) -> i64 {
        let inside = |ids: &[u64]| {
            ids.iter().any(|id| {
                let mut names = self.names(self.location(*id));
                names.any(|name| name.contains(part))
            })
        };
        let samples = self.0.sample.iter();
        samples
            .filter(|sample| inside(&sample.location_id))
            .map(|sample| sample.value[kind])
            .sum()
    }

    /// Those of stacks whose innermost function has a name that contains `part`.
    pub fn flat_in(&self, part: &str, kind: usize) -> i64 {
        let inside = |ids: &[u64]| {
            let innermost = self.names(self.location(ids[0])).next();
            innermost.is_some_and(|name| name.contains(part))
        };
        let samples = self.0.sample.iter();
        samples
            .filter(|sample| inside(&sample.location_id))
            .map(|sample| sample.value[kind])
            .sum()
    }

    /// For messages of tests.
    pub fn all_names(&self) -> Vec<&str> {
        let functions = self.0.function.iter();
        functions.map(|function| self.text(function.name)).collect()
    }
}
