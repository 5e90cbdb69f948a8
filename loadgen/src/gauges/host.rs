//! The machine of the generator, from `/proc`.

use procfs::{
    Current as _, CurrentSI as _, DiskStats, IoPressure, KernelStats, LoadAverage, Meminfo,
    MemoryPressure, PressureRecord,
};

use super::reading::{Reading, labelled};
use crate::machine::ticks_us;

const SECTOR_BYTES: u64 = 512;
const LOOPBACK: &str = "lo";

/// Reads all that `/proc` has; what this kernel does not tell is left out.
pub(super) fn read(reading: &mut Reading) {
    if let Ok(stat) = KernelStats::current() {
        cpu(&stat, reading);
    }
    if let Ok(load) = LoadAverage::current() {
        reading.add("load_1m", f64::from(load.one));
    }
    if let Ok(memory) = Meminfo::current() {
        reading.add("memory_bytes", memory.mem_total);
        reading.add_if("memory_available_bytes", memory.mem_available);
        reading.add("memory_dirty_bytes", memory.dirty);
    }
    pressure(reading);
    network(reading);
    disks(reading);
}

fn cpu(stat: &KernelStats, reading: &mut Reading) {
    let time = &stat.total;
    reading.add("cpu_user_us_total", ticks_us(time.user + time.nice));
    reading.add("cpu_system_us_total", ticks_us(time.system));
    let interrupts = time.irq.unwrap_or(0) + time.softirq.unwrap_or(0);
    reading.add("cpu_interrupt_us_total", ticks_us(interrupts));
    reading.add("cpu_idle_us_total", ticks_us(time.idle));
    reading.add_if("cpu_iowait_us_total", time.iowait.map(ticks_us));
    reading.add_if("cpu_steal_us_total", time.steal.map(ticks_us));
    reading.add("switches_total", stat.ctxt);
    reading.add_if("runnable", stat.procs_running.map(u64::from));
    reading.add_if("blocked", stat.procs_blocked.map(u64::from));
}

/// Time in which some, or all, tasks stood still for want of a resource.
fn pressure(reading: &mut Reading) {
    let mut add = |resource: &str, who: &str, record: &PressureRecord| {
        reading.add(format!("pressure_{resource}_{who}_us_total"), record.total);
    };
    if let Ok(cpu) = procfs::CpuPressure::current() {
        add("cpu", "some", &cpu.some);
    }
    if let Ok(memory) = MemoryPressure::current() {
        add("memory", "some", &memory.some);
        add("memory", "full", &memory.full);
    }
    if let Ok(io) = IoPressure::current() {
        add("io", "some", &io.some);
        add("io", "full", &io.full);
    }
}

/// All interfaces together, but for the loopback: what goes through that leaves no machine.
fn network(reading: &mut Reading) {
    let Ok(interfaces) = procfs::net::dev_status() else {
        return;
    };
    for (name, wanted) in [("network", false), ("loopback", true)] {
        let chosen = || {
            let all = interfaces.values();
            all.filter(|interface| (interface.name == LOOPBACK) == wanted)
        };
        let received: u64 = chosen().map(|interface| interface.recv_bytes).sum();
        let sent: u64 = chosen().map(|interface| interface.sent_bytes).sum();
        let dropped: u64 = chosen().map(|i| i.recv_drop + i.sent_drop).sum();
        reading.add(format!("{name}_received_bytes_total"), received);
        reading.add(format!("{name}_sent_bytes_total"), sent);
        reading.add(format!("{name}_dropped_total"), dropped);
    }
}

/// Whole disks one by one; their partitions would count everything twice.
fn disks(reading: &mut Reading) {
    let Ok(DiskStats(disks)) = DiskStats::current() else {
        return;
    };
    let is_disk = |name: &str| {
        let made_up = ["loop", "ram", "zram"];
        let whole = std::path::Path::new("/sys/block").join(name);
        !made_up.iter().any(|prefix| name.starts_with(prefix)) && whole.exists()
    };
    for disk in disks.iter().filter(|disk| is_disk(&disk.name)) {
        let named = |gauge: &str| labelled(gauge, &[("disk", &disk.name)]);
        reading.add(
            named("disk_read_bytes_total"),
            disk.sectors_read * SECTOR_BYTES,
        );
        let written = disk.sectors_written * SECTOR_BYTES;
        reading.add(named("disk_written_bytes_total"), written);
        reading.add(named("disk_writes_total"), disk.writes);
        let busy_us = disk.time_in_progress * 1_000;
        reading.add(named("disk_busy_us_total"), busy_us);
        if let (Some(flushes), Some(ms)) = (disk.flushes, disk.time_flushing) {
            reading.add(named("disk_flushes_total"), flushes);
            reading.add(named("disk_flush_us_total"), ms * 1_000);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_tells_of_itself() {
        let mut reading = Reading::default();
        read(&mut reading);
        let value = |gauge: &str| {
            let found = reading.values.iter().find(|(name, _)| name == gauge);
            found.map(|(_, value)| *value)
        };
        assert!(value("cpu_user_us_total") > Some(0.0));
        assert!(value("memory_bytes") > value("memory_available_bytes"));
        let mut names: Vec<&String> = reading.values.iter().map(|(name, _)| name).collect();
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all, "a gauge stands twice");
    }
}
