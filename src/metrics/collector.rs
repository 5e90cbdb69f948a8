//! Progress as metrics, in OpenMetrics' terms.

use std::fmt;
use std::sync::Arc;

use brunt_loadgen::{ActionProgress, Quantiles};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _, MetricEncoder};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Unit;

use super::Book;

/// Collects from a book whenever somebody scrapes.
#[derive(Debug)]
pub(super) struct BookCollector(pub(super) Arc<Book>);

const SECONDS: &Unit = &Unit::Seconds;

impl Collector for BookCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let Some(last) = self.0.last() else {
            return Ok(());
        };
        let actions = &last.actions;
        counters(
            &mut encoder,
            ("brunt_offered", "Arrivals that were due"),
            actions,
            |a| a.totals.offered,
        )?;
        counters(
            &mut encoder,
            ("brunt_sent", "Requests that were sent"),
            actions,
            |a| a.sent,
        )?;
        counters(
            &mut encoder,
            ("brunt_ok", "Requests that succeeded"),
            actions,
            |a| a.totals.ok,
        )?;
        failures(&mut encoder, actions)?;
        counters(
            &mut encoder,
            (
                "brunt_unsent",
                "Arrivals that were given up without sending",
            ),
            actions,
            |a| a.totals.unsent,
        )?;
        gauges(
            &mut encoder,
            ("brunt_in_flight", "Requests in flight"),
            actions,
            |a| a.in_flight,
        )?;
        gauges(
            &mut encoder,
            ("brunt_waiting", "Arrivals that are due and not sent"),
            actions,
            |a| a.waiting,
        )?;
        quantiles(
            &mut encoder,
            (
                "brunt_response_time",
                "From due to done, of the successes of the last second",
            ),
            actions,
            |a| a.response,
        )?;
        quantiles(
            &mut encoder,
            (
                "brunt_dispatch_lateness",
                "From due until the generator was ready to send, of the successes of the last second",
            ),
            actions,
            |a| a.lateness,
        )
    }
}

type Named = (&'static str, &'static str);

fn names(action: &ActionProgress) -> [(&'static str, &str); 2] {
    [
        ("stage", &action.totals.stage),
        ("action", &action.totals.action),
    ]
}

fn counters(
    encoder: &mut DescriptorEncoder<'_>,
    (name, help): Named,
    actions: &[ActionProgress],
    value: impl Fn(&ActionProgress) -> u64,
) -> fmt::Result {
    let mut family = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
    for action in actions {
        count(&mut family, &names(action), value(action))?;
    }
    Ok(())
}

fn failures(encoder: &mut DescriptorEncoder<'_>, actions: &[ActionProgress]) -> fmt::Result {
    let help = "Requests that failed, by the kind of failure";
    let mut family = encoder.encode_descriptor("brunt_failed", help, None, MetricType::Counter)?;
    for action in actions {
        let [stage, name] = names(action);
        for (kind, n) in &action.totals.failures {
            count(&mut family, &[stage, name, ("kind", kind)], *n)?;
        }
    }
    Ok(())
}

fn count<const N: usize>(
    family: &mut MetricEncoder<'_>,
    labels: &[(&'static str, &str); N],
    value: u64,
) -> fmt::Result {
    let counter = prometheus_client::metrics::counter::ConstCounter::new(value);
    counter.encode(family.encode_family(labels)?)
}

fn gauges(
    encoder: &mut DescriptorEncoder<'_>,
    (name, help): Named,
    actions: &[ActionProgress],
    value: impl Fn(&ActionProgress) -> u64,
) -> fmt::Result {
    let mut family = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
    for action in actions {
        let gauge = prometheus_client::metrics::gauge::ConstGauge::new(value(action));
        gauge.encode(family.encode_family(&names(action))?)?;
    }
    Ok(())
}

/// A gauge for each quantile; none where nothing was measured.
fn quantiles(
    encoder: &mut DescriptorEncoder<'_>,
    (name, help): Named,
    actions: &[ActionProgress],
    value: impl Fn(&ActionProgress) -> Option<Quantiles>,
) -> fmt::Result {
    let mut family = encoder.encode_descriptor(name, help, Some(SECONDS), MetricType::Gauge)?;
    for action in actions {
        let Some(quantiles) = value(action) else {
            continue;
        };
        for (quantile, us) in [
            ("0.5", quantiles.p50_us),
            ("0.95", quantiles.p95_us),
            ("0.99", quantiles.p99_us),
        ] {
            let [stage, name] = names(action);
            let labels = [stage, name, ("quantile", quantile)];
            let gauge = prometheus_client::metrics::gauge::ConstGauge::new(us as f64 / 1e6);
            gauge.encode(family.encode_family(&labels)?)?;
        }
    }
    Ok(())
}
