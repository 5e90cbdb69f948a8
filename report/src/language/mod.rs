//! The one way of saying things: every text form, Markdown, HTML and terminal, gets its figures
//! from here as finished strings.
//!
//! ```
//! use brunt_report::language::{change, duration, share};
//!
//! assert_eq!(duration(2_700_000.0), "2.70 s");
//! assert_eq!(change(2_700_000.0, 890_000.0), "2.70 s -> 0.89 s, -67.0 % (3.03× faster)");
//! // Two failures of 80,800 are neither none nor lost in rounding.
//! assert_eq!(share(80_798, 80_800), "99.9975 %");
//! ```
//!
//! Rules that hold everywhere: a change is stated from the older to the newer value; a difference
//! of shares is in points, never in percent; nothing is rounded to "all" or "none" that is not;
//! figures are computed, so no approximation sign exists.

mod amount;
mod change;
mod count;
mod duration;
mod share;
mod target;

pub use amount::{cpu_time, memory, pieces, signed};
pub use change::{
    answered, arrivals_answered, change, change_in_words, factor, fewer, interval_of_change,
    overloaded, percent_change, relative_change, speed,
};
pub use count::{amount, bytes, count, mean, of, plain, plural, rate, seconds};
pub use duration::{duration, interval, latency, limit, span, within};
pub use share::{interval_of_points, percent, points, share, share_of, share_target};
pub use target::{headroom, target};

/// For what nobody measured: absent is not zero.
pub const NOT_MEASURED: &str = "not measured";

/// For a quantile that failed and unsent arrivals reach into.
pub const UNBOUNDED: &str = "unbounded";

/// For a response time that is longer than records tell apart: they hold nothing of how much longer.
pub const BEYOND: &str = "≥ 120 s";

/// Beside a value that has no interval because too few requests stand behind it.
pub const FEW_SAMPLES: &str = "few samples";

/// Why two unbounded values have no difference.
pub const BOTH_UNBOUNDED: &str = "both unbounded: not comparable";

/// A share of successes, `99.9975 %`; that nothing failed proves no 100 %: `no failure observed`.
pub fn success(ratio: f64) -> String {
    if ratio < 1.0 {
        share_of(ratio)
    } else {
        "no failure observed".to_owned()
    }
}

/// `no failure observed in 7,680`.
pub fn no_failure(of: u64) -> String {
    format!("no failure observed in {}", count(of))
}
