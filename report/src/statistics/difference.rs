//! The difference of ln θ between two sides of one or more runs each.

use schemars::JsonSchema;
use serde::Serialize;

use super::t_distribution::{t_quantile, two_sided_p};
use super::variance_ratio::is_larger;

/// ln θ of one run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RunMean {
    /// ln θ of the merged run.
    pub ln_theta: f64,
    /// How it varies within the run; absent where the run is too short to tell.
    pub within: Option<Within>,
}

/// How ln θ varies within one run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Within {
    /// The variance of the run's ln θ.
    pub variance: f64,
    /// Its degrees of freedom.
    pub degrees_of_freedom: f64,
}

/// How much ln θ moves from run to run though nothing changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NoiseFloor {
    /// `s_AA`, the standard deviation of ln θ across runs of the same thing.
    pub s_aa: f64,
    /// n − 1 of the calibration; none where `s_AA` is assumed, and so known exactly.
    pub degrees_of_freedom: Option<f64>,
}

/// What makes a standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Spread {
    /// That within the runs.
    WithinRuns,
    /// The noise floor.
    NoiseFloor,
    /// That from run to run of the same side.
    BetweenRuns,
    /// That of the differences of pairs.
    Pairs,
}

/// A difference of ln θ, B − A, and how sure it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// d = mean ln θ of B − mean ln θ of A.
    pub d: f64,
    /// `V_A`, the variance of A's mean by how its runs vary within: ΣVᵢ/r². Absent where a run is too
    /// short to tell.
    pub v_a: Option<f64>,
    /// `V_B` likewise.
    pub v_b: Option<f64>,
    /// Standard error of d.
    pub standard_error: f64,
    /// Of the t quantile; none where the normal one is used.
    pub degrees_of_freedom: Option<f64>,
    /// What the standard error is that of.
    pub spread: Spread,
}

/// d, and `SE² = max(V_A + V_B, s_AA²(1/r_A + 1/r_B), s²(1/r_A + 1/r_B))` with the winner's degrees of
/// freedom: those of Welch and Satterthwaite, those of the noise floor, or `r_A + r_B − 2`.
///
/// s is the standard deviation of ln θ from run to run of the same side, pooled over both sides: the noise
/// that these runs show themselves. It counts where it is certainly larger than the floor, which stands on
/// more runs than these; where each side has one run they show none.
///
/// None where a side has no run, or a run no variance within.
pub fn difference(a: &[RunMean], b: &[RunMean], noise: NoiseFloor) -> Option<Difference> {
    let (v_a, v_b) = (variance_within(a)?, variance_within(b)?);
    let each = 1.0 / a.len() as f64 + 1.0 / b.len() as f64;
    let within = (
        v_a + v_b,
        Some(welch_satterthwaite(a, b)),
        Spread::WithinRuns,
    );
    let floor_s2 = noise.s_aa.powi(2);
    let floor = (
        floor_s2 * each,
        noise.degrees_of_freedom,
        Spread::NoiseFloor,
    );
    let between = variance_between(a, b)
        .filter(|(s2, freedom)| is_larger(*s2, *freedom, floor_s2, noise.degrees_of_freedom))
        .map(|(s2, freedom)| (s2 * each, Some(freedom), Spread::BetweenRuns));
    // Of equals the floor: its degrees of freedom do not depend on these runs.
    let (squared, degrees_of_freedom, spread) = [Some(within), between]
        .into_iter()
        .flatten()
        .fold(floor, |most, one| if one.0 > most.0 { one } else { most });
    Some(Difference {
        d: mean(b)? - mean(a)?,
        v_a: Some(v_a),
        v_b: Some(v_b),
        standard_error: squared.sqrt(),
        degrees_of_freedom,
        spread,
    })
}

impl Within {
    /// From the variance of a run over so many windows; none where one of them is absent.
    pub fn of(variance: Option<f64>, windows: Option<u32>) -> Option<Self> {
        Some(Self {
            variance: variance?,
            degrees_of_freedom: f64::from(windows?) - 1.0,
        })
    }

    /// Half of the width of the 95 % interval of ln θ: t√V.
    pub fn half_width(&self) -> f64 {
        t_quantile(0.975, Some(self.degrees_of_freedom)) * self.variance.sqrt()
    }
}

impl Difference {
    /// Both ends of the interval of d that holds it with probability `level`.
    pub fn interval(&self, level: f64) -> (f64, f64) {
        let half = t_quantile(0.5 + level / 2.0, self.degrees_of_freedom) * self.standard_error;
        (self.d - half, self.d + half)
    }

    /// The bound that d is below with probability `level`.
    pub fn upper_bound(&self, level: f64) -> f64 {
        self.d + t_quantile(level, self.degrees_of_freedom) * self.standard_error
    }

    /// Two-sided p of d = 0.
    pub fn p(&self) -> f64 {
        if self.standard_error == 0.0 {
            return if self.d == 0.0 { 1.0 } else { 0.0 };
        }
        two_sided_p(self.d / self.standard_error, self.degrees_of_freedom)
    }

    /// The smallest |d| that such runs call a change beyond `tau` in four of five tries:
    /// max((t.975 + t.8)·SE, τ + t.8·SE).
    pub fn minimal_detectable(&self, tau: f64) -> f64 {
        let t = |p| t_quantile(p, self.degrees_of_freedom);
        let significant = (t(0.975) + t(0.8)) * self.standard_error;
        let beyond = tau + t(0.8) * self.standard_error;
        significant.max(beyond)
    }
}

/// Several runs of one thing as one: the mean of their ln θ, `V = ΣVᵢ/r²`, and the degrees of freedom
/// of Welch and Satterthwaite; no V where a run has none. None without a run.
pub fn mean_of_runs(runs: &[RunMean]) -> Option<RunMean> {
    Some(RunMean {
        ln_theta: mean(runs)?,
        within: variance_within(runs).map(|variance| Within {
            variance,
            degrees_of_freedom: welch_satterthwaite(runs, &[]),
        }),
    })
}

fn mean(runs: &[RunMean]) -> Option<f64> {
    let sum: f64 = runs.iter().map(|run| run.ln_theta).sum();
    (!runs.is_empty()).then(|| sum / runs.len() as f64)
}

/// V of a side: ΣVᵢ/r².
pub(super) fn variance_within(runs: &[RunMean]) -> Option<f64> {
    let r = runs.len() as f64;
    let variances = runs.iter().map(|run| Some(run.within?.variance));
    let sum: f64 = variances.sum::<Option<f64>>()?;
    (!runs.is_empty()).then(|| sum / (r * r))
}

/// s² pooled over both sides, and its degrees of freedom; none where each has one run.
fn variance_between(a: &[RunMean], b: &[RunMean]) -> Option<(f64, f64)> {
    let (mut squares, mut freedom) = (0.0, 0.0);
    for runs in [a, b] {
        let mean = mean(runs)?;
        squares += runs
            .iter()
            .map(|run| (run.ln_theta - mean).powi(2))
            .sum::<f64>();
        freedom += runs.len() as f64 - 1.0;
    }
    (freedom > 0.0).then(|| (squares / freedom, freedom))
}

/// (ΣWᵢ)² / Σ(Wᵢ²/νᵢ), Wᵢ being what run i adds to the variance of d; Σνᵢ where no run has any.
fn welch_satterthwaite(a: &[RunMean], b: &[RunMean]) -> f64 {
    let (mut sum, mut weighted, mut of_all) = (0.0, 0.0, 0.0);
    for runs in [a, b] {
        let r = runs.len() as f64;
        for run in runs.iter().filter_map(|run| run.within) {
            let w = run.variance / (r * r);
            sum += w;
            weighted += w * w / run.degrees_of_freedom;
            of_all += run.degrees_of_freedom;
        }
    }
    if weighted > 0.0 {
        sum * sum / weighted
    } else {
        of_all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(ln_theta: f64, variance: f64) -> RunMean {
        RunMean {
            ln_theta,
            within: Some(Within {
                variance,
                degrees_of_freedom: 9.0,
            }),
        }
    }

    const NO_FLOOR: NoiseFloor = NoiseFloor {
        s_aa: 0.0,
        degrees_of_freedom: None,
    };

    #[test]
    fn equal_variances_add_their_degrees_of_freedom() {
        let got = difference(&[run(1.0, 0.02)], &[run(1.5, 0.02)], NO_FLOOR).unwrap();
        assert!((got.d - 0.5).abs() < 1e-12);
        assert!((got.standard_error - 0.2).abs() < 1e-12);
        assert!((got.degrees_of_freedom.unwrap() - 18.0).abs() < 1e-9);
        let (low, high) = got.interval(0.95);
        assert!((high - low - 2.0 * 2.1009 * 0.2).abs() < 1e-4);
    }

    /// Student's sleep data by Welch's test: t = -1.8608, df = 17.776, p = 0.07939
    /// (the example of R's `t.test`).
    #[test]
    fn the_sleep_data_give_the_published_figures() {
        let one = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
        let two = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
        let mean = |x: &[f64]| x.iter().sum::<f64>() / 10.0;
        let of = |x: &[f64]| {
            let m = mean(x);
            let s2 = x.iter().map(|v| (v - m).powi(2)).sum::<f64>() / 9.0;
            run(m, s2 / 10.0)
        };
        let got = difference(&[of(&two)], &[of(&one)], NO_FLOOR).unwrap();
        assert!((got.d / got.standard_error + 1.8608).abs() < 1e-4);
        assert!((got.degrees_of_freedom.unwrap() - 17.776).abs() < 1e-3);
        assert!((got.p() - 0.07939).abs() < 1e-5);
        let (low, high) = got.interval(0.95);
        assert!((low + 3.365_483).abs() < 1e-5 && (high - 0.205_483).abs() < 1e-5);
    }

    #[test]
    fn several_runs_are_surer_than_one() {
        let three = mean_of_runs(&[run(1.0, 0.03), run(2.0, 0.03), run(3.0, 0.03)]).unwrap();
        assert!((three.ln_theta - 2.0).abs() < 1e-12);
        let within = three.within.unwrap();
        assert!((within.variance - 0.01).abs() < 1e-12);
        assert!((within.degrees_of_freedom - 27.0).abs() < 1e-9);
        let still = mean_of_runs(&[run(1.0, 0.0), run(1.0, 0.0)]).unwrap();
        assert!((still.within.unwrap().degrees_of_freedom - 18.0).abs() < 1e-12);
        let mut short = run(1.0, 0.03);
        short.within = None;
        assert_eq!(mean_of_runs(&[run(1.0, 0.03), short]).unwrap().within, None);
        assert_eq!(difference(&[short], &[run(1.0, 0.03)], NO_FLOOR), None);
        assert_eq!(mean_of_runs(&[]), None);
    }

    #[test]
    fn the_noise_floor_wins_where_runs_say_less_than_it() {
        let floor = NoiseFloor {
            s_aa: 0.05,
            degrees_of_freedom: None,
        };
        let got = difference(&[run(0.0, 1e-6)], &[run(0.0, 1e-6)], floor).unwrap();
        assert_eq!(got.spread, Spread::NoiseFloor);
        assert_eq!(got.degrees_of_freedom, None);
        assert!((got.standard_error - 0.05 * 2f64.sqrt()).abs() < 1e-12);
        // Three runs a side are surer.
        let three = [run(0.0, 1e-6); 3];
        let got = difference(&three, &three, floor).unwrap();
        assert!((got.standard_error - 0.05 * (2.0f64 / 3.0).sqrt()).abs() < 1e-12);
        assert_eq!(difference(&[], &three, floor), None);
    }

    #[test]
    fn runs_that_differ_by_more_than_the_floor_are_believed() {
        let check = |a: &[f64], b: &[f64], spread, s: f64, freedom: Option<f64>| {
            let floor = NoiseFloor {
                s_aa: 0.05,
                degrees_of_freedom: None,
            };
            let side = |values: &[f64]| values.iter().map(|x| run(*x, 1e-6)).collect::<Vec<_>>();
            let got = difference(&side(a), &side(b), floor).unwrap();
            assert_eq!((got.spread, got.degrees_of_freedom), (spread, freedom));
            let each = 1.0 / a.len() as f64 + 1.0 / b.len() as f64;
            assert!(
                (got.standard_error - s * each.sqrt()).abs() < 1e-12,
                "{got:?}"
            );
        };
        let (floor, between) = (Spread::NoiseFloor, Spread::BetweenRuns);
        check(
            &[0.0, 0.15, 0.3],
            &[0.1, 0.25, 0.4],
            between,
            0.15,
            Some(4.0),
        );
        check(&[0.0, 0.03, 0.06], &[0.0, 0.03, 0.06], floor, 0.05, None);
        // A little more than the floor is no more than chance.
        check(&[0.0, 0.06, 0.12], &[0.0, 0.06, 0.12], floor, 0.05, None);
        // One side alone shows it too, and stands for both.
        check(&[0.0, 0.15, 0.3], &[0.1], between, 0.15, Some(2.0));
        // Pooled: nothing of one side and squares of 0.06 of the other, over three.
        check(
            &[0.0, 0.0],
            &[0.0, 0.3, 0.3],
            between,
            0.02f64.sqrt(),
            Some(3.0),
        );
        check(&[0.0], &[0.3], floor, 0.05, None);
    }

    /// Two groups of equal variance: the pooled t test of the sleep data, t = -1.8608 with 18 degrees
    /// of freedom, p = 0.07919 (the example of R's `t.test(var.equal = TRUE)`).
    #[test]
    fn the_spread_of_the_runs_is_that_of_the_pooled_t_test() {
        let one = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
        let two = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
        let side = |values: [f64; 10]| values.map(|x| run(x, 0.0));
        let got = difference(&side(two), &side(one), NO_FLOOR).unwrap();
        assert_eq!(got.spread, Spread::BetweenRuns);
        assert!((got.d / got.standard_error + 1.8608).abs() < 1e-4);
        assert_eq!(got.degrees_of_freedom, Some(18.0));
        assert!((got.p() - 0.079_19).abs() < 1e-5);
    }

    #[test]
    fn what_can_be_detected_lies_beyond_tolerance_and_noise() {
        let floor = NoiseFloor {
            s_aa: 0.05,
            degrees_of_freedom: None,
        };
        let got = difference(&[run(0.0, 0.0)], &[run(0.0, 0.0)], floor).unwrap();
        let se = 0.05 * 2f64.sqrt();
        let expected = (1.959_964 + 0.841_621) * se;
        assert!((got.minimal_detectable(0.0) - expected).abs() < 1e-6);
        assert!((got.minimal_detectable(1.0) - (1.0 + 0.841_621 * se)).abs() < 1e-6);
    }
}
