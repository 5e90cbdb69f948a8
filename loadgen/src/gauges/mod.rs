//! What processes, host and databases tell of themselves while they are under load.
//!
//! A thread of its own ([`Sampler`]) reads every source once a second and at the end of every stage,
//! and appends raw counters to `gauges.csv`. A source that cannot be read is a noted absence; it
//! never ends a run.

#[cfg(target_os = "linux")]
mod cgroup;
#[cfg(target_os = "linux")]
mod find;
#[cfg(target_os = "linux")]
mod host;
mod postgres;
#[cfg(target_os = "linux")]
mod process;
mod prometheus;
mod reading;
mod redis;
mod sampler;
mod source;
mod sqlite;
#[cfg(target_os = "linux")]
mod thread_cpu;

pub(crate) use sampler::Sampler;
