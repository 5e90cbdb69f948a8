//! The tokio runtime that everything runs on.

use std::fmt;
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::{Registry, Unit};
use tokio::runtime::Handle;

use super::shown::show;

pub(super) fn register(registry: &mut Registry, runtime: Handle) {
    registry.register_collector(Box::new(RuntimeCollector(runtime)));
}

/// Asks the runtime whenever somebody scrapes.
#[derive(Debug)]
struct RuntimeCollector(Handle);

impl Collector for RuntimeCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let metrics = self.0.metrics();
        let workers = metrics.num_workers();
        show(
            &mut encoder,
            "tokio_workers",
            "Threads that run tasks",
            None,
            &ConstGauge::new(workers),
        )?;
        // A total, and no ratio: two scrapers would each reset the other's interval.
        let busy: Duration = (0..workers)
            .map(|worker| metrics.worker_total_busy_duration(worker))
            .sum();
        show(
            &mut encoder,
            "tokio_workers_busy",
            "Time that workers were busy, all together: its rate over tokio_workers is the busy ratio",
            Some(&Unit::Seconds),
            &ConstCounter::new(busy.as_secs_f64()),
        )?;
        let parks: u64 = (0..workers)
            .map(|worker| metrics.worker_park_count(worker))
            .sum();
        show(
            &mut encoder,
            "tokio_worker_parks",
            "Times that a worker found nothing to do",
            None,
            &ConstCounter::new(parks),
        )?;
        show(
            &mut encoder,
            "tokio_global_queue_depth",
            "Tasks in the queue that all workers share",
            None,
            &ConstGauge::new(metrics.global_queue_depth()),
        )?;
        show(
            &mut encoder,
            "tokio_alive_tasks",
            "Tasks that have not ended",
            None,
            &ConstGauge::new(metrics.num_alive_tasks()),
        )
    }
}
