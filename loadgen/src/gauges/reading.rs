//! What one look at a source gave.

use brunt_record::{GaugeRow, StatementRow};

/// How thorough a look is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Depth {
    /// Once a second: what is cheap.
    Second,
    /// Every ten seconds: what costs more, too.
    Tens,
    /// Before the first stage and after each: statements too. It carries the number of the snapshot.
    Edge(u32),
}

impl Depth {
    /// Is it time for what costs more?
    pub(super) fn is_thorough(self) -> bool {
        self != Self::Second
    }
}

/// What one look gave, to be written at the instant at which it was taken.
#[derive(Default)]
pub(super) struct Reading {
    /// Gauges and their values.
    pub(super) values: Vec<(String, f64)>,
    /// A snapshot of statements; their instants and source are not yet filled in.
    pub(super) statements: Vec<StatementRow>,
}

impl Reading {
    pub(super) fn add(&mut self, gauge: impl Into<String>, value: impl Number) {
        self.values.push((gauge.into(), value.number()));
    }

    /// Adds what is there.
    pub(super) fn add_if(&mut self, gauge: &str, value: Option<impl Number>) {
        if let Some(value) = value {
            self.add(gauge, value);
        }
    }

    /// The rows of `source`, read at `at_us`.
    pub(super) fn rows(self, source: &str, at_us: u64) -> (Vec<GaugeRow>, Vec<StatementRow>) {
        let rows = self.values.into_iter().map(|(gauge, value)| GaugeRow {
            at_us,
            source: source.to_owned(),
            gauge,
            value,
        });
        let statements = self.statements.into_iter().map(|row| StatementRow {
            at_us,
            source: source.to_owned(),
            ..row
        });
        (rows.collect(), statements.collect())
    }
}

/// A count or a measure; counts are exact up to 2⁵³.
pub(super) trait Number {
    fn number(self) -> f64;
}

impl Number for f64 {
    fn number(self) -> f64 {
        self
    }
}

impl Number for u64 {
    fn number(self) -> f64 {
        self as f64
    }
}

impl Number for i64 {
    fn number(self) -> f64 {
        self as f64
    }
}

/// `name{label="value"}`, with the value escaped as Prometheus does.
pub(super) fn labelled(name: &str, labels: &[(&str, &str)]) -> String {
    let mut text = name.to_owned();
    for (i, (label, value)) in labels.iter().enumerate() {
        let value = value
            .replace('\\', r"\\")
            .replace('"', r#"\""#)
            .replace('\n', r"\n");
        let open = if i == 0 { '{' } else { ',' };
        text.push(open);
        text.push_str(label);
        text.push_str("=\"");
        text.push_str(&value);
        text.push('"');
    }
    text + if labels.is_empty() { "" } else { "}" }
}
