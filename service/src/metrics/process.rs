//! The process as the system sees it, by the names that client libraries of Prometheus agree on.

use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::registry::Registry;

pub(super) fn register(registry: &mut Registry) {
    registry.register_collector(Box::new(ProcessCollector));
}

/// Reads `/proc/self` whenever somebody scrapes. What cannot be read is absent.
#[derive(Debug)]
struct ProcessCollector;

impl Collector for ProcessCollector {
    #[cfg(target_os = "linux")]
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        use prometheus_client::metrics::counter::ConstCounter;
        use prometheus_client::metrics::gauge::ConstGauge;
        use prometheus_client::registry::Unit;

        use super::shown::show;

        let Ok(process) = procfs::process::Process::myself() else {
            return Ok(());
        };
        if let Ok(stat) = process.stat() {
            let cpu = (stat.utime + stat.stime) as f64 / procfs::ticks_per_second() as f64;
            show(
                &mut encoder,
                "process_cpu",
                "CPU time of the process, user and system",
                Some(&Unit::Seconds),
                &ConstCounter::new(cpu),
            )?;
            show(
                &mut encoder,
                "process_resident_memory",
                "Memory that the process has in use",
                Some(&Unit::Bytes),
                &ConstGauge::new(stat.rss * procfs::page_size()),
            )?;
            show(
                &mut encoder,
                "process_threads",
                "Threads of the process",
                None,
                &ConstGauge::new(stat.num_threads),
            )?;
        }
        if let Ok(open) = process.fd_count() {
            show(
                &mut encoder,
                "process_open_fds",
                "Descriptors that the process has open",
                None,
                &ConstGauge::new(open),
            )?;
        }
        Ok(())
    }

    /// Linux tells; elsewhere there is nothing to show.
    #[cfg(not(target_os = "linux"))]
    fn encode(&self, _: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        Ok(())
    }
}
