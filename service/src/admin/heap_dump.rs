//! What jemalloc writes down of the heap: the text format `heap_v2`.
//!
//! ```text
//! heap_v2/524288
//!   t*: 7: 4521984 [12: 8912896]
//! @ 0x55d0a1 0x55d0b2
//!   t*: 3: 1572864 [5: 2621440]
//!   t0: 3: 1572864 [5: 2621440]
//!
//! MAPPED_LIBRARIES:
//! ```
//!
//! A stack has what is in use, and in brackets what was ever allocated: objects and bytes, those that
//! were sampled. `t*` are all threads. See `HEAP PROFILE FORMAT` in
//! <https://jemalloc.net/jemalloc.3.html>.

/// The sampled heap.
#[derive(Debug, PartialEq)]
pub(super) struct HeapDump {
    /// One in so many bytes was sampled.
    pub(super) bytes_per_sample: u64,
    pub(super) stacks: Vec<HeapStack>,
}

/// Allocations of one stack.
#[derive(Debug, PartialEq)]
pub(super) struct HeapStack {
    /// Addresses to which calls return, the innermost first.
    pub(super) addresses: Vec<usize>,
    pub(super) in_use: Amount,
    /// Since the process began.
    pub(super) allocated: Amount,
}

/// Objects and their bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Amount {
    pub(super) objects: f64,
    pub(super) bytes: f64,
}

/// Why a dump cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("line {line} of jemalloc's heap profile: \"{text}\" is not {expected}")]
pub(super) struct DumpError {
    line: usize,
    text: String,
    expected: &'static str,
}

/// Reads a dump; amounts are scaled up to those of the whole heap.
pub(super) fn parse(dump: &str) -> Result<HeapDump, DumpError> {
    let mut lines = dump.lines().enumerate().map(|(i, text)| (i + 1, text));
    let wrong = |(line, text): (usize, &str), expected| DumpError {
        line,
        text: text.to_owned(),
        expected,
    };
    let header = lines.next().unwrap_or((1, ""));
    let rate = header.1.strip_prefix("heap_v2/");
    let bytes_per_sample = rate
        .and_then(|rate| rate.parse::<u64>().ok())
        .filter(|rate| *rate > 0)
        .ok_or_else(|| wrong(header, "heap_v2/ with a sampling rate"))?;
    let mut stacks = Vec::new();
    while let Some(line) = lines.next() {
        if line.1 == "MAPPED_LIBRARIES:" {
            break;
        }
        let Some(stack) = line.1.strip_prefix('@') else {
            continue;
        };
        let addresses = stack.split_whitespace().map(address);
        let addresses = addresses.collect::<Option<Vec<_>>>();
        let addresses = addresses.ok_or_else(|| wrong(line, "a stack of addresses"))?;
        let sum = lines.next().unwrap_or((line.0 + 1, ""));
        let [in_use, allocated] = amounts(sum.1, bytes_per_sample as f64)
            .ok_or_else(|| wrong(sum, "t*: OBJECTS: BYTES [OBJECTS: BYTES]"))?;
        stacks.push(HeapStack {
            addresses,
            in_use,
            allocated,
        });
    }
    Ok(HeapDump {
        bytes_per_sample,
        stacks,
    })
}

fn address(text: &str) -> Option<usize> {
    usize::from_str_radix(text.strip_prefix("0x")?, 16).ok()
}

fn amounts(text: &str, bytes_per_sample: f64) -> Option<[Amount; 2]> {
    let (in_use, allocated) = text.trim().strip_prefix("t*:")?.split_once('[')?;
    let amount = |text: &str| {
        let (objects, bytes) = text.split_once(':')?;
        let number = |text: &str| text.trim().parse::<u64>().ok();
        let sampled = Amount {
            objects: number(objects)? as f64,
            bytes: number(bytes)? as f64,
        };
        Some(sampled.scaled(bytes_per_sample))
    };
    Some([amount(in_use)?, amount(allocated.strip_suffix(']')?)?])
}

impl Amount {
    /// What so many sampled objects stand for: one of b bytes is sampled with the probability
    /// 1 - e^(-b/rate). jemalloc writes what comes out right by this formula, which is that of `jeprof`.
    fn scaled(self, bytes_per_sample: f64) -> Self {
        if self.objects == 0.0 || self.bytes == 0.0 {
            return Self {
                objects: 0.0,
                bytes: 0.0,
            };
        }
        let size = self.bytes / self.objects;
        let scale = 1.0 / (1.0 - (-size / bytes_per_sample).exp());
        Self {
            objects: self.objects * scale,
            bytes: self.bytes * scale,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stacks_have_what_is_in_use_and_what_was_allocated() {
        let dump = "heap_v2/524288\n  t*: 1: 2 [3: 4]\n  t0: 1: 2 [3: 4]\n\
            @ 0x10 0xff\n  t*: 1: 536870912 [2: 1073741824]\n  t0: 1: 536870912 [2: 1073741824]\n\
            @ 0x20\n  t*: 0: 0 [4: 2097152]\n  t3: 0: 0 [4: 2097152]\n\n\
            MAPPED_LIBRARIES:\n@ no stack\n";
        let dump = parse(dump).unwrap();
        assert_eq!(dump.bytes_per_sample, 524_288);
        let [large, gone] = &dump.stacks[..] else {
            panic!("{dump:?}");
        };
        assert_eq!(large.addresses, [0x10, 0xff]);
        // As large as a thousand sampling intervals: none was missed.
        let whole = |amount: Amount| (amount.objects as u64, amount.bytes as u64);
        assert_eq!(whole(large.in_use), (1, 536_870_912));
        assert_eq!(whole(large.allocated), (2, 1_073_741_824));
        assert_eq!(whole(gone.in_use), (0, 0));
        // Of objects as large as the interval 1 - 1/e are sampled.
        let expected = 4.0 / (1.0 - (-1.0_f64).exp());
        assert!((gone.allocated.objects - expected).abs() < 1e-9);
    }

    #[test]
    fn what_is_no_dump_is_refused_with_its_line() {
        for (dump, line) in [
            ("", 1),
            ("heap_v1/524288\n", 1),
            ("heap_v2/0\n", 1),
            ("heap_v2/1\n@ 0x1 two\n", 2),
            ("heap_v2/1\n@ 0x1\n", 3),
            ("heap_v2/1\n@ 0x1\n  t*: 1: 2 [3]\n", 3),
            ("heap_v2/1\n@ 0x1\n  t0: 1: 2 [3: 4]\n", 3),
        ] {
            let error = parse(dump).unwrap_err();
            assert_eq!(error.line, line, "{dump}: {error}");
        }
    }
}
