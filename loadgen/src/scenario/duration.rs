//! Durations and rates as people write them: `50ms`, `600/s`.

use std::time::Duration;

const UNITS: [(&str, f64); 6] = [
    ("us", 1e-6),
    ("ms", 1e-3),
    ("s", 1.0),
    ("m", 60.0),
    ("min", 60.0),
    ("h", 3_600.0),
];

/// Reads `50ms`, `1.5s`, `30min`; the error is what to write instead.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = split(text);
    let Some((_, scale)) = UNITS.iter().find(|(name, _)| *name == unit) else {
        let example = if number.is_empty() { "10" } else { number };
        return Err(format!(
            "write a number and a unit (us, ms, s, m, h), such as \"{example}s\""
        ));
    };
    let seconds: f64 = number
        .parse()
        .map_err(|_| "write a number and a unit, such as \"10s\"".to_owned())?;
    Duration::try_from_secs_f64(seconds * scale)
        .map_err(|_| "write a duration from 0 up, such as \"10s\"".to_owned())
}

/// Reads `600/s` or `90/min`; the error is what to write instead.
pub fn parse_rate(text: &str) -> Result<f64, String> {
    match parse_rate_or_pause(text) {
        Ok(0.0) => Err("write a rate above 0, such as \"300/s\"".to_owned()),
        rate => rate,
    }
}

/// Reads `600/s` or, where nothing is to arrive for a while, `0/s`.
pub(super) fn parse_rate_or_pause(text: &str) -> Result<f64, String> {
    let Some((number, unit)) = text.split_once('/') else {
        let number = split(text.trim()).0;
        let example = if number.is_empty() { "300" } else { number };
        return Err(format!("write \"{example}/s\""));
    };
    let scale = match unit.trim() {
        "s" => 1.0,
        "min" => 60.0,
        _ => return Err("write arrivals per \"/s\" or \"/min\"".to_owned()),
    };
    match number.trim().parse::<f64>() {
        Ok(rate) if rate >= 0.0 && rate.is_finite() => Ok(rate / scale),
        _ => Err("write a rate above 0, such as \"300/s\"".to_owned()),
    }
}

/// Reads `100/s -> 600/s`: the rates at the start and at the end.
pub(super) fn parse_rate_change(text: &str) -> Result<(f64, f64), String> {
    let hint =
        || "write two rates, such as \"100/s -> 600/s\", or a ramp with more points".to_owned();
    let (first, last) = text.split_once("->").ok_or_else(hint)?;
    if last.contains("->") {
        return Err(hint());
    }
    let rates = (parse_rate_or_pause(first)?, parse_rate_or_pause(last)?);
    if rates == (0.0, 0.0) {
        return Err(hint());
    }
    Ok(rates)
}

fn split(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    (&text[..end], text[end..].trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_as_people_write_them() {
        for (text, micros) in [
            ("50ms", 50_000),
            ("1.5s", 1_500_000),
            ("30min", 1_800_000_000),
            ("2m", 120_000_000),
            ("200us", 200),
            ("0s", 0),
            ("2 h", 7_200_000_000),
        ] {
            assert_eq!(
                parse_duration(text),
                Ok(Duration::from_micros(micros)),
                "{text}"
            );
        }
        for text in ["", "10", "fast", "-1s", "1d", "1e400s"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn rates_as_people_write_them() {
        assert_eq!(parse_rate("600/s"), Ok(600.0));
        assert_eq!(parse_rate("90/min"), Ok(1.5));
        assert_eq!(parse_rate("300"), Err("write \"300/s\"".to_owned()));
        for text in ["0/s", "-0/s", "-3/s", "many/s", "3/h", "inf/s"] {
            assert!(parse_rate(text).is_err(), "{text}");
        }
        assert_eq!(parse_rate_or_pause("0/s"), Ok(0.0));
        assert_eq!(parse_rate_change("0/s -> 90/min"), Ok((0.0, 1.5)));
        for text in ["3/s", "0/s -> 0/s", "1/s -> 2", "1/s -> 2/s -> 3/s"] {
            assert!(parse_rate_change(text).is_err(), "{text}");
        }
    }
}
