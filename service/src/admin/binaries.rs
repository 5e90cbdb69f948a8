//! The executable parts of this process: the program, its libraries, and what the kernel lends it.

use std::ops::Range;

/// One part that can be executed.
#[derive(Debug, Clone)]
pub(super) struct Binary {
    /// Where it is in memory.
    pub(super) addresses: Range<usize>,
    /// Where that begins in its file.
    pub(super) offset: u64,
    /// Name of the file, without its folder.
    pub(super) name: String,
}

/// All of them, by their addresses; none where the system does not say.
#[cfg(target_os = "linux")]
pub(super) fn binaries() -> Vec<Binary> {
    use procfs::process::{MMPermissions, MMapPath, Process};

    let Ok(maps) = Process::myself().and_then(|process| process.maps()) else {
        return Vec::new();
    };
    let executable = maps
        .into_iter()
        .filter(|map| map.perms.contains(MMPermissions::EXECUTE));
    let mut binaries: Vec<_> = executable
        .map(|map| Binary {
            addresses: map.address.0 as usize..map.address.1 as usize,
            offset: map.offset,
            name: match &map.pathname {
                MMapPath::Path(path) => path
                    .file_name()
                    .map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
                MMapPath::Vdso => "[vdso]".to_owned(),
                MMapPath::Vsyscall => "[vsyscall]".to_owned(),
                _ => "[anonymous]".to_owned(),
            },
        })
        .collect();
    binaries.sort_by_key(|binary| binary.addresses.start);
    binaries
}

/// All of them, by their addresses; none where the system does not say.
#[cfg(not(target_os = "linux"))]
pub(super) fn binaries() -> Vec<Binary> {
    Vec::new()
}
