//! CPU and memory, from `/proc`; absent elsewhere than on Linux.

/// CPU time of the whole machine since it started.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CpuTimes {
    busy: u64,
    all: u64,
}

#[cfg(target_os = "linux")]
mod linux {
    use procfs::CurrentSI as _;

    use super::CpuTimes;

    impl CpuTimes {
        /// The times now.
        pub(crate) fn now() -> Option<Self> {
            let total = procfs::KernelStats::current().ok()?.total;
            let idle = total.idle + total.iowait.unwrap_or(0);
            let busy = total.user
                + total.nice
                + total.system
                + total.irq.unwrap_or(0)
                + total.softirq.unwrap_or(0)
                + total.steal.unwrap_or(0);
            Some(Self {
                busy,
                all: busy + idle,
            })
        }
    }

    /// Ticks of the kernel's clock, in microseconds.
    pub(crate) fn ticks_us(ticks: u64) -> u64 {
        ticks * 1_000_000 / procfs::ticks_per_second()
    }

    /// CPU time of this process, user and system, in microseconds.
    pub(crate) fn process_cpu_us() -> Option<u64> {
        let stat = procfs::process::Process::myself().ok()?.stat().ok()?;
        Some(ticks_us(stat.utime + stat.stime))
    }

    /// Largest resident size of this process.
    pub(crate) fn peak_memory_bytes() -> Option<u64> {
        let status = procfs::process::Process::myself().ok()?.status().ok()?;
        status.vmhwm.map(|kb| kb * 1024)
    }
}

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use super::CpuTimes;

    impl CpuTimes {
        /// Not known here.
        pub fn now() -> Option<Self> {
            None
        }
    }

    /// Not known here.
    pub fn process_cpu_us() -> Option<u64> {
        None
    }

    /// Not known here.
    pub fn peak_memory_bytes() -> Option<u64> {
        None
    }
}

#[cfg(not(target_os = "linux"))]
pub use elsewhere::{peak_memory_bytes, process_cpu_us};
#[cfg(target_os = "linux")]
pub(crate) use linux::{peak_memory_bytes, process_cpu_us, ticks_us};

impl CpuTimes {
    /// Share of all cores that was busy since `earlier`, 0 to 1.
    pub(crate) fn busy_since(self, earlier: Self) -> Option<f64> {
        let all = self.all.checked_sub(earlier.all).filter(|all| *all > 0)?;
        Some(self.busy.saturating_sub(earlier.busy) as f64 / all as f64)
    }
}
