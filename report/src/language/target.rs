//! Limits of the scenario and what became of them.

use super::change::factor;
use super::count::grouped;
use super::duration::limit;
use super::share::decimals_for;

/// A limit and its outcome: `Target 50 ms: missed, 54×`.
///
/// `outcome` is the word that the comparison decided; `ratio` is value / limit, absent where the
/// quantile is unbounded.
pub fn target(limit_us: u64, outcome: &str, ratio: Option<f64>) -> String {
    let ratio = ratio.map_or_else(String::new, |ratio| format!(", {}", factor(ratio)));
    format!("Target {}: {outcome}{ratio}", limit(limit_us))
}

/// The share of a limit that is left: `86.9 %`; `none` where the limit is passed.
pub fn headroom(left: f64) -> String {
    if left < 0.0 {
        return "none".to_owned();
    }
    let percent = left * 100.0;
    let rest = percent.min(100.0 - percent);
    if rest <= 0.0 {
        return format!("{percent:.0} %");
    }
    format!("{} %", grouped(percent, decimals_for(rest, 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_state_the_ratio() {
        for (limit_us, outcome, value, text) in [
            (
                50_000,
                "missed",
                Some(2_700_000.0),
                "Target 50 ms: missed, 54×",
            ),
            (
                10_000,
                "missed",
                Some(893_900.0),
                "Target 10 ms: missed, 89.4×",
            ),
            (
                200_000,
                "missed",
                Some(313_090.0),
                "Target 200 ms: missed, 1.57×",
            ),
            (
                100_000,
                "missed",
                Some(500_890.0),
                "Target 100 ms: missed, 5.01×",
            ),
            (500_000, "met", Some(65_520.0), "Target 500 ms: met, 0.13×"),
            (50_000, "missed", None, "Target 50 ms: missed"),
        ] {
            assert_eq!(
                target(limit_us, outcome, value.map(|us: f64| us / limit_us as f64)),
                text
            );
        }
        assert_eq!(headroom(1.0 - 65_520.0 / 500_000.0), "86.9 %");
        assert_eq!(headroom(-53.0), "none");
    }
}
