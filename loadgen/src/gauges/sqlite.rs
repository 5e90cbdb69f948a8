//! A SQLite database, by its files: nothing is locked and nobody is asked.
//!
//! Format: <https://www.sqlite.org/fileformat.html>, 1.3 (the header) and 4.1 (the write-ahead log).

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::reading::Reading;

const MAGIC: &[u8; 16] = b"SQLite format 3\0";
const WAL_HEADER: u64 = 32;
const FRAME_HEADER: u64 = 24;

/// Reads the files of the database at `path`; what there is not is left out.
pub(super) fn read(path: &Path, reading: &mut Reading) -> Result<(), String> {
    let told = |e: std::io::Error| format!("{}: {e}", path.display());
    let mut file = File::open(path).map_err(told)?;
    let bytes = file.metadata().map_err(told)?.len();
    reading.add("file_bytes", bytes);
    let mut header = [0; 100];
    // A database that nobody has written to yet is an empty file.
    if bytes >= header.len() as u64 {
        file.read_exact(&mut header).map_err(told)?;
        if !header.starts_with(MAGIC) {
            return Err(format!("{}: no SQLite database", path.display()));
        }
        let page_bytes = match u64::from(u16::from_be_bytes([header[16], header[17]])) {
            1 => 65_536,
            bytes => bytes,
        };
        reading.add("page_bytes", page_bytes);
        reading.add("pages", bytes / page_bytes.max(1));
        reading.add("free_pages", u64::from(number(&header, 36)));
        read_wal(path, page_bytes, reading);
    }
    Ok(())
}

fn read_wal(path: &Path, page_bytes: u64, reading: &mut Reading) {
    let mut wal = PathBuf::from(path).into_os_string();
    wal.push("-wal");
    let Ok(bytes) = fs::metadata(&wal).map(|found| found.len()) else {
        return;
    };
    reading.add("wal_bytes", bytes);
    let frames = bytes.saturating_sub(WAL_HEADER) / (FRAME_HEADER + page_bytes);
    reading.add("wal_frames", frames);
    let mut header = [0; WAL_HEADER as usize];
    let read = File::open(&wal).and_then(|mut file| file.read_exact(&mut header));
    if read.is_ok() {
        // It counts up whenever the log begins anew after a checkpoint.
        reading.add("wal_restarts_total", u64::from(number(&header, 12)));
    }
}

fn number(header: &[u8], at: usize) -> u32 {
    let bytes = header[at..at + 4].try_into();
    u32::from_be_bytes(bytes.unwrap_or_default())
}
