//! What cannot be had without `unsafe`: timers of threads, the signal handler that they call, the walk
//! along the stack that it interrupted, and the controls of the allocator.
//!
//! This module is the only one that may. What it offers is safe to call.

#![allow(
    unsafe_code,
    reason = "signals, timers, stacks and the allocator have no safe interface"
)]

#[cfg(heap_profiles)]
pub(crate) mod jemalloc;
mod stack_slots;
mod thread_timer;
mod tick;
mod walk;

pub(crate) use thread_timer::{ThreadTimer, thread_cpu_time};
pub(crate) use tick::Session;
pub(crate) use walk::here;
