//! A control group, such as that of a container or of a systemd unit: version 2, from `/sys/fs/cgroup`.
//!
//! Format: <https://docs.kernel.org/admin-guide/cgroup-v2.html>

use std::fs;
use std::path::{Path, PathBuf};

use super::reading::Reading;

/// Where control groups of version 2 are: alone, or beside those of version 1.
const MOUNTS: [&str; 2] = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"];

/// The folder of the group that `text` means: its path, or a part of the only name that holds it, as
/// the id of a container is.
pub(super) fn find(text: &str) -> Result<PathBuf, String> {
    let mounts = MOUNTS.map(PathBuf::from);
    let mut mounts = mounts.iter().filter(|m| m.join("cgroup.procs").is_file());
    let mount = mounts
        .next()
        .ok_or("this machine has no cgroups of version 2")?;
    find_in(mount, text)
}

fn find_in(mount: &Path, text: &str) -> Result<PathBuf, String> {
    let path = mount.join(text.trim_start_matches('/'));
    if path.join("cgroup.procs").is_file() {
        return Ok(path);
    }
    let mut found = Vec::new();
    let mut folders = vec![mount.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                continue;
            }
            if entry.file_name().to_string_lossy().contains(text) {
                found.push(entry.path());
            } else {
                folders.push(entry.path());
            }
        }
    }
    match &found[..] {
        [one] => Ok(one.clone()),
        [] => Err(format!("there is no cgroup {text:?}")),
        many => Err(format!("{} cgroups are called like {text:?}", many.len())),
    }
}

/// Reads the group in `folder`; an error where it is gone.
pub(super) fn read(folder: &Path, reading: &mut Reading) -> Result<(), String> {
    let cpu = fs::read_to_string(folder.join("cpu.stat"))
        .map_err(|e| format!("{}: {e}", folder.display()))?;
    let field = |key: &str| -> Option<u64> {
        let line = cpu.lines().find(|line| {
            let name = line.split(' ').next();
            name == Some(key)
        })?;
        line.split(' ').nth(1)?.trim().parse().ok()
    };
    reading.add_if("cpu_user_us_total", field("user_usec"));
    reading.add_if("cpu_system_us_total", field("system_usec"));
    reading.add_if("cpu_throttled_us_total", field("throttled_usec"));
    let number = |file: &str| -> Option<u64> {
        let text = fs::read_to_string(folder.join(file)).ok()?;
        text.trim().parse().ok()
    };
    reading.add_if("memory_bytes", number("memory.current"));
    reading.add_if("memory_peak_bytes", number("memory.peak"));
    reading.add_if("threads", number("pids.current"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Linux 6.1 writes them.
    const CPU_STAT: &str = "usage_usec 5310000\nuser_usec 3210000\nsystem_usec 2100000\nnr_periods 12\nnr_throttled 3\nthrottled_usec 70123\n";

    fn group(mount: &Path, path: &str) {
        let folder = mount.join(path);
        fs::create_dir_all(&folder).unwrap();
        for (file, text) in [
            ("cgroup.procs", "17\n"),
            ("cpu.stat", CPU_STAT),
            ("memory.current", "41943040\n"),
            ("pids.current", "9\n"),
        ] {
            fs::write(folder.join(file), text).unwrap();
        }
    }

    #[test]
    fn a_group_is_found_by_its_path_or_a_part_of_its_name_and_read() {
        let mount = tempfile::tempdir().unwrap();
        let mount = mount.path();
        group(mount, "system.slice/docker-4c0ffee17a.scope");
        group(mount, "system.slice/docker-4c1.scope");
        let folder = mount.join("system.slice/docker-4c0ffee17a.scope");
        for text in [
            "system.slice/docker-4c0ffee17a.scope",
            "/system.slice/docker-4c0ffee17a.scope",
            "4c0ffee",
        ] {
            assert_eq!(find_in(mount, text).as_ref(), Ok(&folder), "{text}");
        }
        assert_eq!(
            find_in(mount, "docker-4c"),
            Err("2 cgroups are called like \"docker-4c\"".into())
        );
        assert_eq!(
            find_in(mount, "podman"),
            Err("there is no cgroup \"podman\"".into())
        );

        let mut reading = Reading::default();
        read(&folder, &mut reading).unwrap();
        let wanted = [
            ("cpu_user_us_total", 3_210_000.0),
            ("cpu_system_us_total", 2_100_000.0),
            ("cpu_throttled_us_total", 70_123.0),
            ("memory_bytes", 41_943_040.0),
            ("threads", 9.0),
        ];
        assert_eq!(
            reading.values,
            wanted.map(|(gauge, value)| (gauge.to_owned(), value))
        );
        assert!(read(&mount.join("gone"), &mut reading).is_err());
    }
}
