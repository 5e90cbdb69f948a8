//! What was recorded beside the requests: gauges, statements, marks.

use brunt_record::{GaugeSeries, GaugeSource, Mark, Record, StatementRow};

use crate::error::ReportError;

/// A reading belongs to an instant that it is this far from; readings are a second apart.
const REACH_US: u64 = 1_500_000;

/// What was recorded beside the requests; empty in records from before it was.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    /// Every gauge, by source and name.
    pub gauges: Vec<Gauge>,
    /// Snapshots of a database's statements, in the order of time.
    pub statements: Vec<StatementRow>,
    /// What happened when, in the order of time.
    pub marks: Vec<Mark>,
    /// What the gauges were read from.
    pub sources: Vec<GaugeSource>,
    /// Cores of the machine of the generator; absent where they were not counted.
    pub host_cores: Option<u32>,
}

/// One gauge over the time of the run.
#[derive(Clone, Debug, PartialEq)]
pub struct Gauge {
    /// `process/service`, `host`.
    pub source: String,
    /// Name with unit and labels.
    pub name: String,
    /// Does it only grow?
    pub counter: bool,
    /// Microseconds since the start of the run, and the value. Of a counter it is what was added since
    /// the first reading, so that a source that began anew goes on where it was.
    pub points: Vec<(u64, f64)>,
}

impl Evidence {
    /// Of `record`, which has a `gauges.csv`, or not.
    pub fn of(record: &Record) -> Result<Self, ReportError> {
        Ok(Self {
            gauges: record.gauges()?.into_iter().map(Gauge::from).collect(),
            statements: record.statements()?,
            marks: record.marks()?,
            sources: record.manifest.gauges.clone(),
            host_cores: record.manifest.host.cores,
        })
    }

    /// One gauge of one source; none where it was not read.
    pub fn gauge(&self, source: &str, name: &str) -> Option<&Gauge> {
        let mut gauges = self.gauges.iter();
        gauges.find(|gauge| gauge.source == source && gauge.name == name)
    }

    /// All gauges of one source.
    pub fn of_source<'a>(&'a self, source: &'a str) -> impl Iterator<Item = &'a Gauge> {
        self.gauges.iter().filter(move |g| g.source == source)
    }

    /// The names of sources that were read, those of the scenario's order first.
    pub fn source_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        let listed = self.sources.iter().map(|source| source.name.as_str());
        for name in listed.chain(self.gauges.iter().map(|gauge| gauge.source.as_str())) {
            if !names.contains(&name) && self.of_source(name).next().is_some() {
                names.push(name);
            }
        }
        names
    }

    /// What `counters` of `source` grew by together; none where one of them was not read then.
    pub fn grown(
        &self,
        source: &str,
        counters: &[&str],
        from_us: u64,
        until_us: u64,
    ) -> Option<f64> {
        let grown = counters
            .iter()
            .map(|name| self.gauge(source, name)?.grown(from_us, until_us));
        grown.sum()
    }
}

impl Gauge {
    /// What a counter grew by between two instants, along straight lines between its readings; none
    /// where it was not read about then.
    pub fn grown(&self, from_us: u64, until_us: u64) -> Option<f64> {
        (from_us < until_us).then_some(())?;
        Some(self.at(until_us)? - self.at(from_us)?)
    }

    /// The growth a second of a counter, between each two readings of a while: the middle of the two,
    /// in microseconds, and the rate.
    pub fn rates(&self, from_us: u64, until_us: u64) -> Vec<(u64, f64)> {
        let inside = |at: u64| (from_us..=until_us).contains(&at);
        let pairs = self.points.windows(2);
        let pairs = pairs.filter(|pair| inside(pair[0].0) && inside(pair[1].0));
        pairs
            .filter(|pair| pair[1].0 > pair[0].0)
            .map(|pair| {
                let [(from, before), (until, after)] = [pair[0], pair[1]];
                let rate = (after - before) / ((until - from) as f64 / 1e6);
                (from + (until - from) / 2, rate)
            })
            .collect()
    }

    /// The longest time between two readings of a while, microseconds.
    pub fn longest_gap_us(&self, from_us: u64, until_us: u64) -> Option<u64> {
        let pairs = self.points.windows(2);
        let here = pairs.filter(|pair| pair[1].0 > from_us && pair[0].0 < until_us);
        here.map(|pair| pair[1].0 - pair[0].0).max()
    }

    fn at(&self, at_us: u64) -> Option<f64> {
        let next = self.points.partition_point(|(at, _)| *at < at_us);
        let near = |(at, value): (u64, f64)| (at.abs_diff(at_us) <= REACH_US).then_some(value);
        match (
            next.checked_sub(1).map(|i| self.points[i]),
            self.points.get(next),
        ) {
            (Some((from, before)), Some((until, after))) => {
                let share = (at_us - from) as f64 / (until - from).max(1) as f64;
                Some(before + (after - before) * share)
            }
            (Some(last), None) => near(last),
            (None, Some(first)) => near(*first),
            (None, None) => None,
        }
    }
}

impl From<GaugeSeries> for Gauge {
    fn from(series: GaugeSeries) -> Self {
        let counter = series.is_counter();
        let mut points = series.points;
        if counter {
            let mut last = points.first().map_or(0.0, |(_, value)| *value);
            let mut sum = 0.0;
            for (_, value) in &mut points {
                // It fell: its source began anew, at 0.
                let added = if *value >= last {
                    *value - last
                } else {
                    *value
                };
                last = *value;
                sum += added;
                *value = sum;
            }
        }
        Self {
            source: series.source,
            name: series.gauge,
            counter,
            points,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gauge(name: &str, points: &[(u64, f64)]) -> Gauge {
        let points = points.iter().map(|(s, value)| (s * 1_000_000, *value));
        Gauge::from(GaugeSeries {
            source: "process/service".to_owned(),
            gauge: name.to_owned(),
            points: points.collect(),
        })
    }

    #[test]
    fn counters_grow_along_straight_lines_and_over_restarts() {
        let cpu = gauge("cpu_total", &[(0, 100.0), (2, 140.0), (3, 10.0), (4, 30.0)]);
        for (from, until, want) in [
            (0, 2_000_000, Some(40.0)),
            (500_000, 1_000_000, Some(10.0)),
            (0, 4_000_000, Some(70.0)),
            // A little beyond the last reading is as good as it; far beyond is not known.
            (0, 5_000_000, Some(70.0)),
            (0, 9_000_000, None),
            (1, 1, None),
        ] {
            assert_eq!(cpu.grown(from, until), want, "{from} to {until}");
        }
        let rates: Vec<f64> = cpu.rates(0, 4_000_000).iter().map(|(_, r)| *r).collect();
        assert_eq!(rates, [20.0, 10.0, 20.0]);
        assert_eq!(cpu.longest_gap_us(0, 4_000_000), Some(2_000_000));
    }
}
