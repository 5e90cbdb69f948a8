//! Every connection is a file descriptor, and the usual soft limit is 1,024.

/// Raises the limit of open files to what the system allows this process, and returns it.
pub fn raise_files_limit() -> std::io::Result<u64> {
    rlimit::increase_nofile_limit(u64::MAX)
}
