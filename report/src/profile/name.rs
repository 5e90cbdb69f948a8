//! The names of functions and files, without what differs between two builds of the same source.

use std::borrow::Cow;

/// A function's name without the hash that Rust's linker names end in, and without the folders of
/// whoever built it; a linker's name as people write it.
pub(super) fn function(name: &str) -> String {
    let demangled = match rustc_demangle::try_demangle(name) {
        Ok(demangled) => Cow::Owned(format!("{demangled:#}")),
        Err(_) => Cow::Borrowed(name),
    };
    without_paths(without_hash(&demangled))
}

/// `a::b::h0123456789abcdef` is `a::b`.
fn without_hash(name: &str) -> &str {
    let hash = |hash: &str| hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit());
    match name.rsplit_once("::h") {
        Some((before, end)) if hash(end) => before,
        _ => name,
    }
}

/// `<impl at /home/ann/shop/src/cart.rs:7:1>` is `<impl at src/cart.rs:7:1>`.
fn without_paths(name: &str) -> String {
    const AT: &str = " at /";
    let mut rest = name;
    let mut kept = String::with_capacity(name.len());
    while let Some(found) = rest.find(AT) {
        let (before, path) = rest.split_at(found + AT.len() - 1);
        let end = path.find(['>', ')', '}', ' ']).unwrap_or(path.len());
        kept.push_str(before);
        kept.push_str(file(&path[..end]));
        rest = &path[end..];
    }
    kept.push_str(rest);
    kept
}

/// A source file from the module, crate or package on in which it lies.
pub(super) fn file(path: &str) -> &str {
    // What a build script made: CRATE-HASH/out/FILE.
    if let Some((_, made)) = path.rsplit_once("/build/")
        && let Some((_, made)) = made.split_once("/out/")
    {
        return made;
    }
    // …/registry/src/HOST/http-1.5.0/src/lib.rs, …/git/checkouts/NAME-HASH/COMMIT/src/lib.rs and
    // /rustc/COMMIT/library/std/src/thread.rs
    for (folder, leave) in [
        ("/registry/src/", 1),
        ("/git/checkouts/", 2),
        ("/rustc/", 1),
    ] {
        if let Some((_, rest)) = path.split_once(folder) {
            let mut parts = rest.splitn(leave + 1, '/');
            return parts.nth(leave).unwrap_or(rest);
        }
    }
    // A module of Go, which begins with the name of a host: …/github.com/ann/shop@v1.2.0/cart.go
    if let Some((module, _)) = path.split_once("@v") {
        let mut from = 0;
        for part in module.split('/') {
            if part.contains('.') && !part.starts_with('.') {
                return &path[from..];
            }
            from += part.len() + 1;
        }
    }
    if let Some((_, standard)) = path.split_once("/go/src/") {
        return standard;
    }
    // A folder of somebody's: from the one before src/ on.
    if path.starts_with('/')
        && let Some((before, _)) = path.split_once("/src/")
    {
        let from = before.rfind('/').map_or(0, |slash| slash + 1);
        return &path[from..];
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_lose_what_a_build_adds() {
        for (name, kept) in [
            ("runtime.scanobject", "runtime.scanobject"),
            ("sync.(*Pool).Get", "sync.(*Pool).Get"),
            (
                "std::thread::sleep::h1b2c3d4e5f607182",
                "std::thread::sleep",
            ),
            ("std::thread::h1", "std::thread::h1"),
            (
                "_ZN4core3fmt9Formatter3pad17h0123456789abcdefE",
                "core::fmt::Formatter::pad",
            ),
            ("_RNvC6_123foo3bar", "123foo::bar"),
            (
                "shop::<impl at /home/ann/shop/src/cart.rs:7:1>::add",
                "shop::<impl at shop/src/cart.rs:7:1>::add",
            ),
            ("look at / and", "look at / and"),
            ("", ""),
        ] {
            assert_eq!(function(name), kept, "{name}");
        }
    }

    #[test]
    fn files_begin_where_the_source_does() {
        for (path, kept) in [
            (
                "/home/ann/.cargo/registry/src/host-1949cf8c/http-1.5.0/src/lib.rs",
                "http-1.5.0/src/lib.rs",
            ),
            (
                "/rustc/59807616/library/std/src/thread.rs",
                "library/std/src/thread.rs",
            ),
            (
                "/home/ann/.cargo/git/checkouts/pool-1f/ab12/src/pool.rs",
                "src/pool.rs",
            ),
            (
                "/home/ann/t/release/build/shop-f8e3/out/events.rs",
                "events.rs",
            ),
            (
                "/go/pkg/mod/google.golang.org/grpc@v1.72.0/server.go",
                "google.golang.org/grpc@v1.72.0/server.go",
            ),
            (
                "/home/ann/.cache/github.com/lib/pq@v1.10.9/conn.go",
                "github.com/lib/pq@v1.10.9/conn.go",
            ),
            ("/srv/@v", "/srv/@v"),
            ("/usr/local/go/src/runtime/proc.go", "runtime/proc.go"),
            ("/home/ann/shop/src/cart.rs", "shop/src/cart.rs"),
            ("src/main.rs", "src/main.rs"),
            ("/registry/src/", ""),
            ("/rustc/", ""),
            ("", ""),
        ] {
            assert_eq!(file(path), kept, "{path}");
        }
    }
}
