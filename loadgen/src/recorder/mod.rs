//! Samples to record: sharded while requests run, merged and written once a second.
//!
//! Workers write into shards ([`Shards`]); a thread of its own takes whole seconds out of them,
//! merges them, appends them to the record and publishes [`Progress`].

mod account;
mod books;
mod cell;
mod error_log;
mod progress;
mod series;
mod shard;
mod thresholds;
mod writer_thread;

pub(crate) use books::Recorded;
pub use progress::{ActionProgress, Progress, Quantiles, StageTotals};
pub(crate) use series::Series;
pub(crate) use shard::{EndedSession, Sample, Shards};
pub(crate) use writer_thread::WriterThread;
