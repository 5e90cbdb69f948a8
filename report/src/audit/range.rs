//! A value that is known as far as it was written.

/// The ends of what a figure can be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Range {
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Range {
    pub(super) fn exact(value: f64) -> Self {
        Self {
            low: value,
            high: value,
        }
    }

    pub(super) fn around(value: f64, by: f64) -> Self {
        Self {
            low: value - by,
            high: value + by,
        }
    }

    pub(super) fn middle(self) -> f64 {
        f64::midpoint(self.low, self.high)
    }

    /// Of two ranges of numbers that are not negative.
    pub(super) fn times(self, other: Self) -> Self {
        Self {
            low: self.low * other.low,
            high: self.high * other.high,
        }
    }

    /// None where the divisor may be 0.
    pub(super) fn over(self, other: Self) -> Option<Self> {
        (other.low > 0.0).then(|| Self {
            low: self.low / other.high,
            high: self.high / other.low,
        })
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            low: self.low + other.low,
            high: self.high + other.high,
        }
    }

    /// `self` − `other`.
    pub(super) fn minus(self, other: Self) -> Self {
        Self {
            low: self.low - other.high,
            high: self.high - other.low,
        }
    }

    pub(super) fn scaled(self, factor: f64) -> Self {
        let ends = [self.low * factor, self.high * factor];
        Self {
            low: ends[0].min(ends[1]),
            high: ends[0].max(ends[1]),
        }
    }

    /// Its distance from 0.
    pub(super) fn size(self) -> Self {
        if self.low >= 0.0 {
            self
        } else if self.high <= 0.0 {
            self.scaled(-1.0)
        } else {
            Self {
                low: 0.0,
                high: self.high.max(-self.low),
            }
        }
    }

    /// Can both be the same value?
    pub(super) fn meets(self, other: Self) -> bool {
        // What floats lose in a few operations.
        let slack = 1e-9 * self.high.abs().max(other.high.abs());
        self.low <= other.high + slack && other.low <= self.high + slack
    }
}
