//! How profiles name source files: as the source is known, not by the folders of whoever built it.

/// `path` without the folders before the crate.
///
/// `…/registry/src/HOST/http-1.5.0/src/lib.rs` is `http-1.5.0/src/lib.rs`, a file of this workspace
/// is named from its root, and the standard library's `/rustc/COMMIT/library/…` stays.
pub(super) fn shorten(path: &str) -> &str {
    if let Some((_, rest)) = path.split_once("/registry/src/") {
        return rest.split_once('/').map_or(rest, |(_, file)| file);
    }
    let workspace = env!("CARGO_MANIFEST_DIR").trim_end_matches("service");
    path.strip_prefix(workspace).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_say_nothing_of_the_builder() {
        let own = concat!(env!("CARGO_MANIFEST_DIR"), "/src/service.rs");
        for (path, short) in [
            (
                "/home/ann/.cargo/registry/src/host-1949cf8c/http-1.5.0/src/lib.rs",
                "http-1.5.0/src/lib.rs",
            ),
            (own, "service/src/service.rs"),
            (
                "/rustc/59807616/library/std/src/thread.rs",
                "/rustc/59807616/library/std/src/thread.rs",
            ),
            ("src/main.rs", "src/main.rs"),
            ("", ""),
        ] {
            assert_eq!(shorten(path), short, "{path}");
        }
    }
}
