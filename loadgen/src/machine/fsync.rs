//! How long the disk takes to make a write durable: commits cost at least that.

use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

const PROBES: usize = 21;
const BLOCK: [u8; 4096] = [0x5a; 4096];

/// Median time of writing 4 KiB and an fsync in `dir`, in microseconds; absent where it cannot be.
pub(super) fn median_us(dir: &Path) -> Option<u64> {
    let path = dir.join(".fsync-probe");
    let probe = || -> std::io::Result<Vec<u64>> {
        let mut file = std::fs::File::create(&path)?;
        let mut times = Vec::with_capacity(PROBES);
        for _ in 0..PROBES {
            file.write_all(&BLOCK)?;
            let started = Instant::now();
            file.sync_data()?;
            times.push(started.elapsed().as_micros() as u64);
        }
        Ok(times)
    };
    let times = probe();
    let _ = std::fs::remove_file(&path);
    let mut times = times.ok()?;
    times.sort_unstable();
    Some(times[PROBES / 2])
}
