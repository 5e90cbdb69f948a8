//! Requests that leave memory behind, allocated by a function that profiles name.

use std::sync::{Mutex, PoisonError};

use super::options::Options;
use crate::contention;

/// Unless the fault says otherwise, it stops to grow here.
const MAX: usize = 256 << 20;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Growth {
    bytes: usize,
    max: usize,
}

/// What was left behind; freed when the fault is over.
#[derive(Debug, Default)]
pub(super) struct Kept(Mutex<Hoard>);

#[derive(Debug, Default)]
struct Hoard {
    blocks: Vec<Box<[u8]>>,
    bytes: usize,
}

impl Growth {
    pub(super) fn read(options: &mut Options<'_>) -> Option<Self> {
        let bytes = options.take_by("memory", size)?;
        let max = options.take_by("max", size).unwrap_or(MAX);
        Some(Self { bytes, max })
    }

    pub(super) fn act(&self, kept: &Kept) {
        grow_memory_for_fault(kept, self.bytes, self.max);
    }
}

impl Kept {
    pub(super) fn bytes(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).bytes
    }
}

/// Keeps a block of this size, unless all of them would come to more than `max`.
#[inline(never)]
fn grow_memory_for_fault(kept: &Kept, bytes: usize, max: usize) {
    let mut hoard = contention::lock("memory of a fault", &kept.0);
    if hoard.bytes + bytes <= max {
        // Not zeros: those the system gives out without memory behind them.
        hoard.blocks.push(vec![1; bytes].into_boxed_slice());
        hoard.bytes += bytes;
    }
}

/// `512`, `64KiB`, `8MiB`, `1GiB`.
fn size(text: &str) -> Result<usize, String> {
    let units = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("B", 0)];
    let (number, shift) = units
        .iter()
        .find_map(|(unit, shift)| Some((text.strip_suffix(unit)?, *shift)))
        .unwrap_or((text, 0));
    number
        .parse::<usize>()
        .ok()
        .and_then(|number| number.checked_mul(1 << shift))
        .ok_or_else(|| format!("\"{text}\" is no size; write it like 64KiB or 8MiB"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_has_a_unit_or_is_in_bytes() {
        let check = |text: &str, expected: Option<usize>| {
            assert_eq!(size(text).ok(), expected, "{text}");
        };
        check("512", Some(512));
        check("512B", Some(512));
        check("64KiB", Some(64 << 10));
        check("8MiB", Some(8 << 20));
        check("1GiB", Some(1 << 30));
        check("64KB", None);
        check("-1", None);
        check("99999999999GiB", None);
    }

    #[test]
    fn growth_ends_at_the_maximum() {
        let kept = Kept::default();
        for _ in 0..10 {
            grow_memory_for_fault(&kept, 100, 350);
        }
        assert_eq!(kept.bytes(), 300);
    }
}
