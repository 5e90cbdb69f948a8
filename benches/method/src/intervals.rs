//! Do 95 % intervals hold the truth in 95 of 100 pairs?

use brunt_report::comparison::{
    Estimate, Noise, NoiseSource, Sides, StatisticComparison, compare_estimates,
};

use crate::random::Random;
use crate::simulated::{RUNS, STATISTIC, Set, Site, TOLERANCE, times};
use crate::table::{share, table};

/// Standard deviations of ln(p95) from run to run.
const NOISES: [f64; 4] = [0.0, 0.015, 0.03, 0.05];
/// Pairs of a duet.
const PAIRS: usize = 6;

/// The intervals of the simulated pairs, as Markdown.
pub(crate) fn section(sets: &[Set]) -> String {
    let mut rows = Vec::new();
    let mut duets = Vec::new();
    for set in sets {
        for noise in NOISES {
            rows.push(row(set, noise));
        }
        duets.push(duet(set));
    }
    let pairs: usize = sets
        .first()
        .map_or(0, |set| set.sites.iter().map(Site::len).sum());
    format!(
        "### Intervals\n\nShare of 95 % intervals that hold the truth, of {pairs} pairs in every row.\n\n{}\n\
         The same of {PAIRS} pairs in turns (`brunt duet`), on a machine that moves by 20 % from pair to pair and by 1.5 % from run to run.\n\n{}",
        table(
            &[
                "memory, requests",
                "run noise",
                "calibrated, 1 run a side",
                "calibrated, 3 runs",
                "5 % assumed, 1 run",
                "5 % assumed, 3 runs",
                "no floor, 1 run",
                "no floor, 3 runs",
            ],
            &rows
        ),
        table(&["memory, requests", "paired"], &duets)
    )
}

fn row(set: &Set, noise: f64) -> Vec<String> {
    let mut hits = [0; 6];
    let mut n = 0;
    for site in &set.sites {
        let moved = site.moved(noise);
        let floors = [moved.noise, Noise::ASSUMED, none()];
        for pair in &moved.pairs {
            n += 1;
            for (of_floor, floor) in floors.into_iter().enumerate() {
                for (of_runs, runs) in [1, RUNS].into_iter().enumerate() {
                    let compared = compared(pair, runs, Some(floor));
                    hits[2 * of_floor + of_runs] += usize::from(holds(&compared, 0.0));
                }
            }
        }
    }
    let cells = hits.map(|hits| share(hits, n));
    let head = [set.memory.to_string(), format!("{:.1} %", 100.0 * noise)];
    head.into_iter().chain(cells).collect()
}

/// What no calibration at all would come to.
fn none() -> Noise {
    Noise {
        s_aa: 0.0,
        source: NoiseSource::Assumed,
    }
}

/// The first `runs` of each side held against each other.
pub(crate) fn compared(
    [a, b]: &[Vec<Estimate>; 2],
    runs: usize,
    noise: Option<Noise>,
) -> StatisticComparison {
    let sides = Sides {
        a: a[..runs].to_vec(),
        b: b[..runs].to_vec(),
    };
    compare_estimates(STATISTIC, sides, TOLERANCE, noise)
}

/// Does the interval hold a true change of so many percent?
pub(crate) fn holds(compared: &StatisticComparison, percent: f64) -> bool {
    let certainty = compared.change.as_ref().and_then(|c| c.certainty.as_ref());
    certainty.is_some_and(|c| c.percent_95.low <= percent && percent <= c.percent_95.high)
}

fn duet(set: &Set) -> Vec<String> {
    let (mut hits, mut n) = (0, 0);
    for site in &set.sites {
        let mut random = Random::of(site.seed ^ 0xD0E7);
        let moved = site.moved(0.015);
        for sides in moved.pairs.chunks_exact(PAIRS) {
            // One run of either side of each: a pair, which the machine moves together.
            let mut both = [Vec::new(), Vec::new()];
            for [a, b] in sides {
                let factor = (0.2 * random.normal()).exp();
                both[0].push(times(&a[0], factor));
                both[1].push(times(&b[0], factor));
            }
            n += 1;
            hits += usize::from(holds(&compared(&both, PAIRS, None), 0.0));
        }
    }
    vec![set.memory.to_string(), share(hits, n)]
}
