//! How long the disk takes to make a write durable, as PostgreSQL waits for it at every commit.

use std::io::Write as _;
use std::time::Instant;

const WRITES: usize = 200;

/// PostgreSQL writes its log in pages of 8 KB.
const PAGE: [u8; 8192] = [7; 8192];

/// The median, in milliseconds, on the disk that throwaway servers are on.
pub(crate) fn median_ms() -> anyhow::Result<f64> {
    let mut file = tempfile::tempfile()?;
    let mut times = Vec::with_capacity(WRITES);
    for _ in 0..WRITES {
        let start = Instant::now();
        file.write_all(&PAGE)?;
        file.sync_data()?;
        times.push(start.elapsed());
    }
    times.sort_unstable();
    Ok(times[WRITES / 2].as_secs_f64() * 1e3)
}
