//! The text formats of Prometheus, classic and OpenMetrics.
//!
//! <https://prometheus.io/docs/instrumenting/exposition_formats/>,
//! <https://prometheus.io/docs/specs/om/open_metrics_spec/>

/// One sample.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sample<'t> {
    /// Name of the metric.
    pub(super) name: &'t str,
    /// The labels as they are written, with their braces; empty without any.
    pub(super) labels: &'t str,
    pub(super) value: f64,
}

/// All samples of `text` that `wanted` takes by their names, in its order; the error names the line
/// that is none.
pub(super) fn samples(
    text: &str,
    wanted: impl Fn(&str) -> bool,
) -> Result<Vec<Sample<'_>>, String> {
    let mut samples = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let sample = sample(line).ok_or_else(|| {
            let start: String = line.chars().take(60).collect();
            format!("line {} is no sample: {start:?}", index + 1)
        })?;
        if wanted(sample.name) {
            samples.push(sample);
        }
    }
    Ok(samples)
}

fn sample(line: &str) -> Option<Sample<'_>> {
    let of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':');
    let end = line.find(|c| !of_name(c))?;
    let (name, rest) = line.split_at(end);
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let (labels, rest) = match rest.trim_start() {
        open if open.starts_with('{') => open.split_at(labels_end(open)?),
        rest => ("", rest),
    };
    // After the value there may be a timestamp and an exemplar.
    let value = rest.split_ascii_whitespace().next()?;
    let value = match value {
        "+Inf" => f64::INFINITY,
        "-Inf" => f64::NEG_INFINITY,
        "NaN" => f64::NAN,
        number => number.parse().ok()?,
    };
    Some(Sample {
        name,
        labels: if labels == "{}" { "" } else { labels },
        value,
    })
}

/// Where the labels end that `text` begins with; braces in quotes are part of a value.
fn labels_end(text: &str) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '}' if !quoted => return Some(at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the examples of both specifications.
    const CLASSIC: &str = r#"
# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400"}    3 1395066363000

# Escaping in label values:
msdos_file_access_time_seconds{path="C:\\DIR\\FILE.TXT",error="Cannot find file:\n\"FILE.TXT\" }"} 1.458255915e9
metric_without_timestamp_and_labels 12.47
something_weird{problem="division by zero"} +Inf -3982045
http_request_duration_seconds_bucket{le="0.05"} 24054
"#;
    const OPEN: &str = r#"# TYPE foo counter
# UNIT foo seconds
foo_total{} 17.0 1520879607.789 # {trace_id="KOO5S4vxi0o"} 0.67
foo_created 1520430000.123
# EOF
"#;

    #[test]
    fn the_examples_of_both_specifications_are_read() {
        let names = |text| -> Vec<(String, f64)> {
            let samples = samples(text, |_| true).unwrap();
            let told = samples
                .iter()
                .map(|s| (format!("{}{}", s.name, s.labels), s.value));
            told.collect()
        };
        let classic = names(CLASSIC);
        assert_eq!(classic.len(), 6);
        assert_eq!(
            classic[0],
            (
                r#"http_requests_total{method="post",code="200"}"#.to_owned(),
                1027.0
            )
        );
        assert!(classic[2].0.ends_with(r#"\"FILE.TXT\" }"}"#), "{classic:?}");
        assert!((classic[2].1 - 1.458_255_915e9).abs() < 1e-3);
        assert!(classic[4].1.is_infinite());
        assert_eq!(
            names(OPEN),
            [
                ("foo_total".to_owned(), 17.0),
                ("foo_created".to_owned(), 1_520_430_000.123)
            ]
        );
    }

    #[test]
    fn what_is_no_sample_is_named_with_its_line() {
        for (text, line) in [
            ("up 1\n<html>\n", 2),
            ("up", 1),
            ("up one", 1),
            ("up{a=\"} 1", 1),
            ("1up 1", 1),
        ] {
            let error = samples(text, |_| true).unwrap_err();
            let start = format!("line {line} is no sample:");
            assert!(error.starts_with(&start), "{text:?}: {error}");
        }
    }
}
