//! The difference of two sides function by function, ranked.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::judge::{Distance, Estimate, InWindow, MoveVerdict};
use super::model::Function;
use super::tree::CallTree;
use super::weight::{Weight, Weights};
use crate::comparison::{Interval, Sides};
use crate::statistics::benjamini_hochberg;

/// A caller passes a move on where one of its callees has this share of it.
const PASSED_ON: f64 = 0.8;

/// How far one function moved. Values are per request, amounts or shares, as the basis says.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Move {
    /// The function.
    pub function: String,
    /// Its source file; empty where nobody knows.
    pub file: String,
    /// What moved: the function by itself, or with what it calls.
    pub of: Part,
    /// The values of both sides.
    pub values: Sides<f64>,
    /// Their shares of the whole, 0 to 1.
    pub shares: Sides<f64>,
    /// Observations behind them.
    pub observations: Sides<f64>,
    /// From a to b.
    pub difference: f64,
    /// Where it lies with 95 % confidence; absent where the noise is not known.
    pub interval: Option<Interval>,
    /// What it comes to.
    pub verdict: MoveVerdict,
    /// Who calls most of what moved; absent for a function that nothing calls.
    pub caller: Option<Caller>,
}

/// What of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The function by itself: flat.
    Own,
    /// With what it calls: cumulative.
    WithCallees,
}

/// Who calls a function.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Caller {
    /// Its name.
    pub function: String,
    /// The share of the move that goes through it, 0 to 1.
    pub share: f64,
}

/// One side: its windows, each with what it is divided by.
#[derive(Default)]
pub(super) struct WeighedSide {
    pub(super) windows: Vec<(Vec<Weights>, f64)>,
    /// The whole, over the divisors.
    pub(super) whole: f64,
}

impl WeighedSide {
    fn estimate(&self, function: usize, part: Part) -> Estimate {
        Estimate::of(self.windows.iter().map(move |(weights, divisor)| {
            let weights = weights.get(function).copied().unwrap_or_default();
            let Weight {
                value,
                variance,
                observations,
            } = match part {
                Part::Own => weights.flat,
                Part::WithCallees => weights.cum,
            };
            InWindow {
                value,
                variance,
                observations,
                divisor: *divisor,
            }
        }))
    }
}

/// The functions that moved, findings first, the farthest first.
pub(super) fn moves(
    functions: &[&Function],
    sides: &Sides<WeighedSide>,
    tree: &CallTree,
    part: Part,
) -> Vec<Move> {
    let whole = sides.a.whole.max(sides.b.whole);
    let flows = Flows::of(tree, part);
    let mut all: Vec<(usize, Sides<Estimate>, Distance)> = (0..functions.len())
        .map(|function| {
            let estimates = sides.as_ref().map(|side| side.estimate(function, part));
            let distance = Distance::between(&estimates.a, &estimates.b);
            (function, estimates, distance)
        })
        .collect();
    let tested: Vec<f64> = all.iter().filter_map(|(.., d)| d.testable()).collect();
    let mut adjusted = benjamini_hochberg(&tested).into_iter();
    let verdicts: Vec<MoveVerdict> = all
        .iter()
        .map(|(.., d)| d.verdict(d.testable().and_then(|_| adjusted.next()), whole))
        .collect();
    if part == Part::WithCallees {
        all.retain(|(function, ..)| !flows.passes_on(*function));
    }
    all.retain(|(.., distance)| distance.difference.abs() > 0.0);
    all.sort_by(|(i, _, a), (j, _, b)| {
        let rank = |i: usize| !verdicts[i].is_finding();
        let size = b.difference.abs().total_cmp(&a.difference.abs());
        let name = |i: usize| &functions[i].name;
        (rank(*i).cmp(&rank(*j)))
            .then(size)
            .then(name(*i).cmp(name(*j)))
    });
    // Sums in another order: all but a billionth of the whole is the whole.
    let share = |value: f64, of: f64| match value / of {
        share if (share - 1.0).abs() < 1e-9 => 1.0,
        share if share.is_finite() => share,
        _ => 0.0,
    };
    all.into_iter()
        .map(|(function, estimates, distance)| Move {
            function: functions[function].name.clone(),
            file: functions[function].file.clone(),
            of: part,
            values: estimates.as_ref().map(|side| side.value),
            shares: Sides {
                a: share(estimates.a.value, sides.a.whole),
                b: share(estimates.b.value, sides.b.whole),
            },
            observations: estimates.map(|side| side.observations),
            difference: distance.difference,
            interval: distance.half.map(|half| Interval {
                low: distance.difference - half,
                high: distance.difference + half,
            }),
            verdict: verdicts[function],
            caller: flows.caller(function).map(|(caller, share)| Caller {
                function: functions[caller].name.clone(),
                share,
            }),
        })
        .collect()
}

/// Through which callers and to which callees the moves of functions go; all by function.
struct Flows {
    whole: Vec<f64>,
    /// The part that comes through each caller.
    from: Vec<BTreeMap<usize, f64>>,
    /// The part that goes into each callee.
    into: Vec<BTreeMap<usize, f64>>,
}

impl Flows {
    fn of(tree: &CallTree, part: Part) -> Self {
        let functions = tree.functions.len();
        let mut flows = Self {
            whole: vec![0.0; functions],
            from: vec![BTreeMap::new(); functions],
            into: vec![BTreeMap::new(); functions],
        };
        let recursive = tree.recursive();
        // Of every node the next one above it that is another function.
        let mut outside = vec![0; tree.nodes.len()];
        for (i, (node, recursive)) in tree.nodes.iter().zip(recursive).enumerate().skip(1) {
            let parent = node.parent as usize;
            let by_itself = parent != 0 && tree.nodes[parent].function == node.function;
            outside[i] = if by_itself { outside[parent] } else { parent };
            let function = node.function as usize;
            let moved = match part {
                Part::Own => node.own_new - node.own_base,
                // What a function calls of itself is in it already.
                Part::WithCallees if recursive => continue,
                Part::WithCallees => node.difference(),
            };
            flows.whole[function] += moved;
            if outside[i] != 0 {
                let caller = tree.nodes[outside[i]].function as usize;
                *flows.from[function].entry(caller).or_default() += moved;
                *flows.into[caller].entry(function).or_default() += moved;
            }
        }
        flows
    }

    /// The caller with the largest part of a function's move, and its share.
    fn caller(&self, function: usize) -> Option<(usize, f64)> {
        let whole = self.whole[function];
        let from = self.from[function].iter();
        let shares = from.map(|(caller, moved)| (*caller, moved / whole));
        let (caller, share) = shares.max_by(|a, b| a.1.total_cmp(&b.1))?;
        share.is_finite().then_some((caller, share.min(1.0)))
    }

    /// Is nearly all of a function's move that of one function which it calls?
    fn passes_on(&self, function: usize) -> bool {
        let whole = self.whole[function];
        let mut into = self.into[function].values();
        into.any(|moved| moved / whole >= PASSED_ON)
    }
}
