//! Metrics that are read at the moment of a scrape.

use std::fmt;

use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::registry::Unit;

/// Writes a metric of one series.
pub(super) fn show(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    unit: Option<&Unit>,
    metric: &dyn EncodeMetric,
) -> Result<(), fmt::Error> {
    let series = encoder.encode_descriptor(name, help, unit, metric.metric_type())?;
    metric.encode(series)
}
