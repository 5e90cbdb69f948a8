//! Where PostgreSQL is installed.

use std::path::{Path, PathBuf};

/// Where the programs of one PostgreSQL installation lie.
#[derive(Debug)]
pub(super) struct Binaries(PathBuf);

impl Binaries {
    /// In `PATH`, else the newest version where Debian puts them.
    pub(super) fn find() -> Option<Self> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut versions: Vec<_> = std::fs::read_dir("/usr/lib/postgresql")
            .into_iter()
            .flatten()
            .filter_map(Result::ok)
            .filter_map(|entry| {
                let version: u32 = entry.file_name().to_str()?.parse().ok()?;
                Some((version, entry.path().join("bin")))
            })
            .collect();
        versions.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
        std::env::split_paths(&path)
            .chain(versions.into_iter().map(|(_, directory)| directory))
            .find(|directory| {
                ["initdb", "postgres", "pg_ctl"]
                    .iter()
                    .all(|program| directory.join(program).is_file())
            })
            .map(Self)
    }

    pub(super) fn path(&self, program: &str) -> PathBuf {
        self.0.join(program)
    }

    pub(super) fn has_library(&self, name: &str) -> bool {
        // A link in PATH leads to where the libraries are.
        let program = self.path("postgres");
        let program = program.canonicalize().unwrap_or(program);
        let prefix = program.ancestors().nth(2).unwrap_or(Path::new("/"));
        ["lib", "lib/postgresql", "lib64/pgsql"]
            .iter()
            .any(|lib| prefix.join(lib).join(format!("{name}.so")).is_file())
    }
}
