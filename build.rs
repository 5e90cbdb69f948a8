//! Tells the command which commit it was built from, for the records that it writes.

#![allow(clippy::print_stdout)]

use std::process::Command;

fn main() {
    // "-dirty" depends on the sources, the rest on what is checked out.
    for path in [
        ".git/index",
        ".git/HEAD",
        "src",
        "loadgen",
        "record",
        "report",
        "service",
    ] {
        println!("cargo::rerun-if-changed={path}");
    }
    let output = Command::new("git")
        .args(["describe", "--always", "--dirty", "--abbrev=12"])
        .output();
    // Built from a source archive, there is no commit to tell.
    if let Ok(output) = output
        && output.status.success()
    {
        let commit = String::from_utf8_lossy(&output.stdout);
        println!("cargo::rustc-env=BRUNT_COMMIT={}", commit.trim());
    }
}
