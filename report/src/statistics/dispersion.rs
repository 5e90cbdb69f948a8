//! How much failures cluster in time.

/// Pearson's dispersion of failures over seconds: Σ(x − n·p)²/(n·p·(1 − p)) / (S − 1), each second
/// being (settled `n`, failed `x`). Independent failures give 1; outages give far more. Never
/// below 1: failures that are spread evenly earn no narrower interval.
///
/// None where nothing failed, everything failed, or fewer than two seconds hold anything.
pub fn dispersion(seconds: impl IntoIterator<Item = (u64, u64)> + Clone) -> Option<f64> {
    let filled = seconds.into_iter().filter(|(n, _)| *n > 0);
    let (mut settled, mut failed, mut count) = (0u64, 0u64, 0u64);
    let cells: Vec<(u64, u64)> = filled
        .inspect(|(n, x)| {
            settled += n;
            failed += x;
            count += 1;
        })
        .collect();
    if failed == 0 || failed == settled || count < 2 {
        return None;
    }
    let p = failed as f64 / settled as f64;
    let chi2: f64 = cells
        .iter()
        .map(|&(n, x)| {
            let n = n as f64;
            (x as f64 - n * p).powi(2) / (n * p * (1.0 - p))
        })
        .sum();
    Some((chi2 / (count - 1) as f64).max(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_weighs_as_one_event_and_even_failures_as_they_are() {
        // One of ten seconds fails altogether: 100·10 arrivals say as much as about ten.
        let outage: Vec<_> = (0..10)
            .map(|s| (100, if s == 3 { 100 } else { 0 }))
            .collect();
        assert!((dispersion(outage).unwrap() - 100.0).abs() < 1e-9 * 100.0 + 12.0);
        let even: Vec<_> = (0..10).map(|_| (100, 10)).collect();
        assert_eq!(dispersion(even), Some(1.0));
        assert_eq!(dispersion(vec![(100, 0), (100, 0)]), None);
        assert_eq!(dispersion(vec![(100, 100), (0, 0)]), None);
    }
}
