//! The machine that the generator runs on, and how busy it was.

mod fsync;
mod timer;
mod usage;

use std::path::Path;

use brunt_record::Host;

#[cfg(target_os = "linux")]
pub(crate) use usage::ticks_us;
pub(crate) use usage::{CpuTimes, peak_memory_bytes, process_cpu_us};

/// What can be told of this machine; `dir` is where the record goes.
pub(crate) fn describe(dir: &Path, shared_with_target: bool) -> Host {
    let read = |path: &str| std::fs::read_to_string(path).ok();
    let field = |text: &str, key: &str| {
        let line = text.lines().find(|line| line.starts_with(key))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    Host {
        cpu: read("/proc/cpuinfo").and_then(|text| field(&text, "model name")),
        cores: std::thread::available_parallelism()
            .ok()
            .map(|n| n.get() as u32),
        memory_bytes: read("/proc/meminfo")
            .and_then(|text| field(&text, "MemTotal"))
            .and_then(|kb| kb.trim_end_matches("kB").trim().parse::<u64>().ok())
            .map(|kb| kb * 1024),
        kernel: read("/proc/sys/kernel/osrelease")
            .map(|release| format!("{} {}", std::env::consts::OS, release.trim())),
        governor: read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
            .map(|governor| governor.trim().to_owned()),
        fsync_us: fsync::median_us(dir),
        timer_late_p99_us: timer::late_p99_us(),
        shared_with_target,
    }
}
