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
        encode(&mut encoder, &ACTIONS, &last.actions)?;
        if last.sessions.is_empty() {
            return Ok(());
        }
        encode(&mut encoder, &SESSIONS, &last.sessions)
    }
}

/// The families of actions, or of sessions: sums over one must not count a request twice.
struct Families {
    /// What names a row.
    label: &'static str,
    offered: Named,
    sent: Named,
    ok: Named,
    failed: Named,
    unsent: Named,
    in_flight: Named,
    waiting: Named,
    response: Named,
    lateness: Named,
}

const ACTIONS: Families = Families {
    label: "action",
    offered: ("brunt_offered", "Arrivals that were due"),
    sent: ("brunt_sent", "Requests that were sent"),
    ok: ("brunt_ok", "Requests that succeeded"),
    failed: (
        "brunt_failed",
        "Requests that failed, by the kind of failure",
    ),
    unsent: (
        "brunt_unsent",
        "Arrivals that were given up without sending",
    ),
    in_flight: ("brunt_in_flight", "Requests in flight"),
    waiting: ("brunt_waiting", "Arrivals that are due and not sent"),
    response: (
        "brunt_response_time",
        "From due to done, of the successes of the last second",
    ),
    lateness: (
        "brunt_dispatch_lateness",
        "From due until the generator was ready to send, of the successes of the last second",
    ),
};

const SESSIONS: Families = Families {
    label: "session",
    offered: ("brunt_sessions_offered", "Sessions that were due"),
    sent: ("brunt_sessions_begun", "Sessions that began"),
    ok: (
        "brunt_sessions_ok",
        "Sessions of which every step succeeded",
    ),
    failed: (
        "brunt_sessions_failed",
        "Sessions that failed, by the kind of failure",
    ),
    unsent: (
        "brunt_sessions_unsent",
        "Sessions that were given up before they began",
    ),
    in_flight: ("brunt_sessions_under_way", "Sessions under way"),
    waiting: (
        "brunt_sessions_waiting",
        "Sessions that are due and did not begin",
    ),
    response: (
        "brunt_session_response_time",
        "Of the requests of a session together, of the successes of the last second",
    ),
    lateness: (
        "brunt_session_dispatch_lateness",
        "Of the first request of a session, of the successes of the last second",
    ),
};

fn encode(
    encoder: &mut DescriptorEncoder<'_>,
    families: &Families,
    rows: &[ActionProgress],
) -> fmt::Result {
    let rows = Rows {
        label: families.label,
        rows,
    };
    counters(encoder, families.offered, &rows, |a| a.totals.offered)?;
    counters(encoder, families.sent, &rows, |a| a.sent)?;
    counters(encoder, families.ok, &rows, |a| a.totals.ok)?;
    failures(encoder, families.failed, &rows)?;
    counters(encoder, families.unsent, &rows, |a| a.totals.unsent)?;
    gauges(encoder, families.in_flight, &rows, |a| a.in_flight)?;
    gauges(encoder, families.waiting, &rows, |a| a.waiting)?;
    quantiles(encoder, families.response, &rows, |a| a.response)?;
    quantiles(encoder, families.lateness, &rows, |a| a.lateness)
}

/// Name of a family, and what it tells.
type Named = (&'static str, &'static str);

/// Rows and the label of their names.
struct Rows<'a> {
    label: &'static str,
    rows: &'a [ActionProgress],
}

impl<'a> Rows<'a> {
    /// Every row with its labels.
    fn named(
        &self,
    ) -> impl Iterator<Item = ([(&'static str, &'a str); 2], &'a ActionProgress)> + use<'a> {
        let label = self.label;
        let rows = self.rows.iter();
        rows.map(move |row| {
            let stage = ("stage", row.totals.stage.as_str());
            ([stage, (label, row.totals.action.as_str())], row)
        })
    }
}

fn counters(
    encoder: &mut DescriptorEncoder<'_>,
    (name, help): Named,
    rows: &Rows<'_>,
    value: impl Fn(&ActionProgress) -> u64,
) -> fmt::Result {
    let mut family = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
    for (names, row) in rows.named() {
        count(&mut family, &names, value(row))?;
    }
    Ok(())
}

fn failures(
    encoder: &mut DescriptorEncoder<'_>,
    (name, help): Named,
    rows: &Rows<'_>,
) -> fmt::Result {
    let mut family = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
    for ([stage, name], row) in rows.named() {
        for (kind, n) in &row.totals.failures {
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
    rows: &Rows<'_>,
    value: impl Fn(&ActionProgress) -> u64,
) -> fmt::Result {
    let mut family = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
    for (names, row) in rows.named() {
        let gauge = prometheus_client::metrics::gauge::ConstGauge::new(value(row));
        gauge.encode(family.encode_family(&names)?)?;
    }
    Ok(())
}

/// A gauge for each quantile; none where nothing was measured.
fn quantiles(
    encoder: &mut DescriptorEncoder<'_>,
    (name, help): Named,
    rows: &Rows<'_>,
    value: impl Fn(&ActionProgress) -> Option<Quantiles>,
) -> fmt::Result {
    let mut family = encoder.encode_descriptor(name, help, Some(SECONDS), MetricType::Gauge)?;
    for ([stage, name], row) in rows.named() {
        let Some(quantiles) = value(row) else {
            continue;
        };
        for (quantile, us) in [
            ("0.5", quantiles.p50_us),
            ("0.95", quantiles.p95_us),
            ("0.99", quantiles.p99_us),
        ] {
            let labels = [stage, name, ("quantile", quantile)];
            let gauge = prometheus_client::metrics::gauge::ConstGauge::new(us as f64 / 1e6);
            gauge.encode(family.encode_family(&labels)?)?;
        }
    }
    Ok(())
}
