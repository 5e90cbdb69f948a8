//! The command line on copies of a committed record.

#![allow(clippy::unwrap_used, dead_code)]

use std::path::Path;
use std::process::{Command, Output};

/// The command in `folder`.
pub(crate) fn brunt_in(folder: &Path, args: &[&str]) -> Output {
    let mut brunt = Command::new(env!("CARGO_BIN_EXE_brunt"));
    brunt.current_dir(folder).args(args).output().unwrap()
}

/// What it printed.
pub(crate) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// The committed record of phase9, so many times under `folder/same`.
pub(crate) fn copies(folder: &Path, count: usize) -> Vec<String> {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("results/examples/demo-sqlite");
    let mut entries = std::fs::read_dir(examples).unwrap();
    let phase9 = entries.find_map(|entry| {
        let path = entry.unwrap().path();
        path.to_str().unwrap().ends_with("phase9").then_some(path)
    });
    (0..count)
        .map(|i| {
            let to = folder.join("same").join(i.to_string());
            copy(phase9.as_ref().unwrap(), &to);
            to.to_str().unwrap().to_owned()
        })
        .collect()
}

/// The whole folder.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (source, copied) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy(&source, &copied);
        } else {
            std::fs::copy(&source, &copied).unwrap();
        }
    }
}
