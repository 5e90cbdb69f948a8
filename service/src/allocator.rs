//! The allocator of the programs: jemalloc, which can profile the heap, or the system's.
//!
//! ```
//! use challenge_service::allocator::Allocator;
//!
//! #[global_allocator]
//! static ALLOCATOR: Allocator = Allocator;
//! ```

#[cfg(not(heap_profiles))]
pub use std::alloc::System as Allocator;
#[cfg(heap_profiles)]
pub use tikv_jemallocator::Jemalloc as Allocator;

/// Begins to sample allocations, where that is possible.
#[cfg(heap_profiles)]
pub(crate) fn sample_allocations(wanted: bool) {
    if let Err(error) = crate::native::jemalloc::sample_allocations(wanted) {
        tracing::warn!("there will be no heap profiles: {error}");
    }
}

/// Begins to sample allocations, where that is possible.
#[cfg(not(heap_profiles))]
pub(crate) fn sample_allocations(_wanted: bool) {}

/// Keeps what the calling thread allocates out of heap profiles.
#[cfg(heap_profiles)]
pub(crate) fn keep_this_thread_out() {
    if let Err(error) = crate::native::jemalloc::keep_this_thread_out() {
        tracing::debug!(%error, "heap profiles show what making profiles takes");
    }
}

/// Keeps what the calling thread allocates out of heap profiles, of which there are none.
#[cfg(not(heap_profiles))]
pub(crate) fn keep_this_thread_out() {}
