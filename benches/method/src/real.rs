//! Real runs of the same thing against each other, and against slower ones.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use brunt_report::calibration::{FEWEST_RUNS, predicted, spread};
use brunt_report::comparison::{
    Estimate, Noise, NoiseSource, Sides, Statistic, StatisticComparison, Tolerances,
    compare_estimates, estimate,
};
use brunt_report::gate::{RuleOutcome, alone};
use brunt_report::run::Value;
use brunt_report::{Calibration, Run, load};

use crate::intervals::holds;
use crate::power::SLOWER;
use crate::random::Random;
use crate::record::folder;
use crate::table::{percent, table};

/// Draws of three runs a side.
const DRAWS: usize = 5_000;
/// Resamplings of the runs, for the interval of a share.
const RESAMPLINGS: usize = 1_000;
const STATISTICS: [Statistic; 4] = [
    Statistic::P50,
    Statistic::P95,
    Statistic::P99,
    Statistic::Mean,
];

/// The figures of the records in `of`, as Markdown.
pub(crate) fn judged(of: &Path) -> anyhow::Result<String> {
    let [mut as_it_is, b] = sides(&folder(of, 0.0))?;
    as_it_is.extend(b);
    let as_it_is = usable(as_it_is);
    let mut same = Vec::new();
    let mut slower = Vec::new();
    for share in SLOWER.into_iter().filter(|slower| *slower > 0.0) {
        let [a, b] = sides(&folder(of, share))?;
        same.extend(a);
        slower.push((share, usable(b).0));
    }
    let same = usable(same);
    let mut text = of_the_same("Runs of the service as it is", &as_it_is)?;
    text += "\n";
    text += &of_the_same("Runs of the service that waits", &same)?;
    let (same, _) = same;
    text += "\n### Slower services\n\nThe share of draws of so many runs a side in which the gate fails, with the noise floor of the runs of the same thing that were not drawn; \"measured\" is the change over all runs.\n\n";
    let mut rows = Vec::new();
    for (share, runs) in &slower {
        for statistic in [Statistic::P50, Statistic::P95] {
            rows.push(found(
                &estimates(&same, statistic),
                &estimates(runs, statistic),
                *share,
                statistic,
            ));
        }
    }
    text += &table(
        &[
            "injected",
            "statistic",
            "measured",
            "runs",
            "fails, 1 run a side",
            "predicted",
            "fails, 3 runs",
            "predicted",
        ],
        &rows,
    );
    Ok(text)
}

/// How often an interval, and a gate, err on `runs` of the same thing, and what was left out of them.
fn of_the_same(title: &str, (runs, left_out): &(Vec<Run>, String)) -> anyhow::Result<String> {
    if runs.len() < FEWEST_RUNS + 6 {
        bail!(
            "{title}: {} can be used, which are too few{left_out}",
            runs.len()
        );
    }
    let rows = STATISTICS.map(|statistic| unchanged(&estimates(runs, statistic), statistic));
    let table = table(
        &[
            "statistic",
            "s_AA",
            "intervals that hold no change, 1 run",
            "3 runs",
            "gate fails, 1 run",
            "3 runs",
            "gate passes, 1 run",
            "3 runs",
            "predicted, 1 and 3 runs",
        ],
        &rows,
    );
    Ok(format!(
        "### {title}\n\n{} runs of `{}`{left_out}. One run a side: all pairs, with the noise floor of all the other runs; in brackets the 95 % interval of the share by resampling the runs. Three a side: {DRAWS} draws, likewise.\n\n{table}",
        runs.len(),
        runs[0].manifest.scenario.name
    ))
}

/// Records of a duet: `duet-…/a` and `b`.
fn sides(folder: &Path) -> anyhow::Result<[Vec<Run>; 2]> {
    let duets = inside(folder)?;
    let mut sides = [Vec::new(), Vec::new()];
    for duet in duets {
        for (name, runs) in ["a", "b"].into_iter().zip(&mut sides) {
            for record in inside(&duet.join(name))? {
                runs.push(load(&record)?);
            }
        }
    }
    Ok(sides)
}

fn inside(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let place = || format!("{}\nhint: method-bench record makes it", folder.display());
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(place)? {
        let path = entry.with_context(place)?.path();
        if path.is_dir() {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// Without those that nothing may be judged on.
fn usable(runs: Vec<Run>) -> (Vec<Run>, String) {
    let all = runs.len();
    let kept: Vec<Run> = runs.into_iter().filter(Calibration::can_use).collect();
    let left_out = match all - kept.len() {
        0 => String::new(),
        n => format!(", and {n} that were invalid or overloaded left out"),
    };
    (kept, left_out)
}

/// Of the judged action that is sent most.
fn estimates(runs: &[Run], statistic: Statistic) -> Vec<Estimate> {
    let judged = |run: &Run, stage: &str| {
        let mut stages = run.manifest.plan.stages.iter();
        stages.any(|plan| plan.judged && plan.name == stage)
    };
    let of_run = |run: &Run| {
        let actions = run.actions.iter().filter(|a| judged(run, &a.stage));
        let action = actions.max_by_key(|action| action.counts.offered);
        action.map(|action| estimate(action, statistic))
    };
    runs.iter().filter_map(of_run).collect()
}

fn tolerance(statistic: Statistic) -> f64 {
    Tolerances::default().of(statistic).unwrap_or(0.1)
}

/// The floor of the runs that are not in `drawn`.
fn floor_of_others(runs: &[Estimate], drawn: &[usize]) -> Option<Noise> {
    let others = runs.iter().enumerate().filter(|(i, _)| !drawn.contains(i));
    let values: Vec<Value> = others.map(|(_, run)| run.value).collect();
    let (_, s_aa) = spread(&values)?;
    Some(Noise {
        s_aa,
        source: NoiseSource::Calibrated {
            runs: values.len() as u32,
        },
    })
}

fn compared(
    statistic: Statistic,
    a: Vec<Estimate>,
    b: Vec<Estimate>,
    noise: Option<Noise>,
) -> StatisticComparison {
    let noise = noise.unwrap_or(Noise::ASSUMED);
    compare_estimates(statistic, Sides { a, b }, tolerance(statistic), Some(noise))
}

/// Does the interval hold no change, does the gate fail, does it pass?
type Said = [bool; 3];

fn said(compared: &StatisticComparison) -> Said {
    let outcome = alone(compared, compared.tolerance.unwrap_or(0.1));
    [
        holds(compared, 0.0),
        outcome == RuleOutcome::Failed,
        outcome == RuleOutcome::Passed,
    ]
}

fn unchanged(runs: &[Estimate], statistic: Statistic) -> Vec<String> {
    let n = runs.len();
    let pick = |drawn: &[usize]| drawn.iter().map(|i| runs[*i].clone()).collect::<Vec<_>>();
    let judge = |a: &[usize], b: &[usize]| {
        let noise = floor_of_others(runs, &[a, b].concat());
        said(&compared(statistic, pick(a), pick(b), noise))
    };
    let pairs: Vec<Vec<Said>> = (0..n)
        .map(|i| (0..n).map(|j| judge(&[i], &[j])).collect())
        .collect();
    let mut random = Random::of(20);
    let mut three = Vec::new();
    for _ in 0..DRAWS {
        let drawn = draw(&mut random, n, 6);
        three.push((drawn.clone(), judge(&drawn[..3], &drawn[3..])));
    }
    let values: Vec<Value> = runs.iter().map(|run| run.value).collect();
    let (_, s_aa) = spread(&values).unwrap_or_default();
    let mut row = vec![statistic.to_string(), percent(s_aa)];
    for what in 0..3 {
        row.push(of_pairs(&pairs, what, &mut random));
        let hits = three.iter().filter(|(_, said)| said[what]).count();
        row.push(percent(hits as f64 / DRAWS as f64));
    }
    let noise = Noise {
        s_aa,
        source: NoiseSource::Calibrated { runs: n as u32 },
    };
    let passes = [1, 3].map(|runs| percent(predicted(noise, runs, 0.0, tolerance(statistic)).1));
    row.push(passes.join(", "));
    row
}

/// So many different numbers below `n`.
fn draw(random: &mut Random, n: usize, count: usize) -> Vec<usize> {
    let mut all: Vec<usize> = (0..n).collect();
    random.shuffle(&mut all);
    all.truncate(count);
    all
}

/// The share of pairs of which something was said, with its interval by resampling the runs.
fn of_pairs(pairs: &[Vec<Said>], what: usize, random: &mut Random) -> String {
    let n = pairs.len();
    let all: Vec<usize> = (0..n).collect();
    let share = |runs: &[usize]| {
        let mut hits = 0;
        let mut count = 0;
        for i in runs {
            for j in runs.iter().filter(|j| *j != i) {
                hits += usize::from(pairs[*i][*j][what]);
                count += 1;
            }
        }
        hits as f64 / f64::max(1.0, f64::from(count))
    };
    let mut resampled: Vec<f64> = (0..RESAMPLINGS)
        .map(|_| {
            let runs: Vec<usize> = (0..n).map(|_| random.below(n)).collect();
            share(&runs)
        })
        .collect();
    resampled.sort_by(f64::total_cmp);
    let at = |q: f64| resampled[(q * (RESAMPLINGS - 1) as f64) as usize];
    format!(
        "{} [{}, {}]",
        percent(share(&all)),
        percent(at(0.025)),
        percent(at(0.975))
    )
}

fn found(same: &[Estimate], slow: &[Estimate], share: f64, statistic: Statistic) -> Vec<String> {
    let mean = |runs: &[Estimate]| {
        let ln = runs.iter().filter_map(|run| Some(run.value.us()?.ln()));
        ln.sum::<f64>() / runs.len() as f64
    };
    let measured = (mean(slow) - mean(same)).exp_m1();
    let mut row = vec![
        format!("{:.0} %", 100.0 * share),
        statistic.to_string(),
        format!("{:+.1} %", 100.0 * measured),
        format!("{} against {}", same.len(), slow.len()),
    ];
    let values: Vec<Value> = same.iter().map(|run| run.value).collect();
    let (_, s_aa) = spread(&values).unwrap_or_default();
    let noise = Noise {
        s_aa,
        source: NoiseSource::Calibrated {
            runs: same.len() as u32,
        },
    };
    let mut random = Random::of(40);
    for runs in [1, 3] {
        if slow.len() < runs {
            row.extend(["not measured".to_owned(), "not measured".to_owned()]);
            continue;
        }
        let mut failed = 0;
        for _ in 0..DRAWS {
            let a = draw(&mut random, same.len(), runs);
            let b = draw(&mut random, slow.len(), runs);
            let of_a = a.iter().map(|i| same[*i].clone()).collect();
            let of_b = b.iter().map(|i| slow[*i].clone()).collect();
            let floor = floor_of_others(same, &a);
            let [_, fails, _] = said(&compared(statistic, of_a, of_b, floor));
            failed += usize::from(fails);
        }
        row.push(percent(failed as f64 / DRAWS as f64));
        let (fails, _) = predicted(noise, runs as u32, measured, tolerance(statistic));
        row.push(percent(fails));
    }
    row
}
