//! CPU time, user and system, as the kernel counts it.

use std::time::Duration;

use anyhow::Context as _;

/// A process and, where that is wanted, its children, those that have ended too.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Processes {
    pub(crate) pid: i32,
    pub(crate) with_children: bool,
}

impl Processes {
    /// All of it so far, in ticks of 10 ms.
    #[cfg(target_os = "linux")]
    pub(crate) fn cpu(self) -> anyhow::Result<Duration> {
        use procfs::process::{Process, all_processes};

        let own = Process::new(self.pid)
            .and_then(|process| process.stat())
            .context("a process under measurement has ended")?;
        let mut ticks = own.utime + own.stime;
        if self.with_children {
            // A backend that has ended is in its parent's sum; the others are looked up.
            ticks += (own.cutime + own.cstime) as u64;
            let others = all_processes()?.filter_map(|other| other.ok()?.stat().ok());
            ticks += others
                .filter(|stat| stat.ppid == self.pid)
                .map(|stat| stat.utime + stat.stime)
                .sum::<u64>();
        }
        Ok(Duration::from_secs_f64(
            ticks as f64 / procfs::ticks_per_second() as f64,
        ))
    }

    #[cfg(not(target_os = "linux"))]
    pub(crate) fn cpu(self) -> anyhow::Result<Duration> {
        anyhow::bail!("this benchmark measures CPU time on Linux only")
    }
}

/// The process that started `pid`.
#[cfg(target_os = "linux")]
pub(crate) fn parent(pid: i32) -> anyhow::Result<i32> {
    Ok(procfs::process::Process::new(pid)?.stat()?.ppid)
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn parent(_: i32) -> anyhow::Result<i32> {
    anyhow::bail!("this benchmark measures CPU time on Linux only")
}
