//! Compiles the protos without protoc, and keeps their descriptors for server reflection. Says which
//! profiles can be taken.

use prost::Message;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    what_the_target_can();
    println!("cargo::rerun-if-changed=proto");
    println!("cargo::rerun-if-changed=migrations");
    let descriptors = protox::compile(
        [
            "brunt/challenge/v1/challenge.proto",
            "brunt/events/v1/events.proto",
        ],
        ["proto"],
    )?;
    let path = std::path::Path::new(&std::env::var("OUT_DIR")?).join("descriptors.bin");
    std::fs::write(path, descriptors.encode_to_vec())?;
    tonic_prost_build::configure().compile_fds(descriptors)?;
    Ok(())
}

/// `thread_timers`: threads can have timers that run while they have a CPU, and a handler knows their
/// registers. `heap_profiles`: the allocator is jemalloc.
fn what_the_target_can() {
    println!("cargo::rustc-check-cfg=cfg(thread_timers, heap_profiles, tokio_unstable)");
    let target = |name| std::env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    if target("OS") == "linux" && ["x86_64", "aarch64"].contains(&&*target("ARCH")) {
        println!("cargo::rustc-cfg=thread_timers");
        if std::env::var_os("CARGO_FEATURE_JEMALLOC").is_some() {
            println!("cargo::rustc-cfg=heap_profiles");
        }
    }
}
