//! The `brunt` command; what it does stands in the library.

use challenge_service::allocator::Allocator;

/// One that can profile the heap, for `brunt serve`. Sampling is off in a generator.
#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

fn main() -> std::process::ExitCode {
    brunt::main()
}
