//! What was measured in every function, with its variance.

use std::collections::HashMap;

use super::model::{Function, Profile};
use super::sampling::Sampling;
use super::unit::Measure;

/// What was measured in a function: nanoseconds, bytes or pieces.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Weight {
    pub(super) value: f64,
    /// Of the value, if observations come independently of each other.
    pub(super) variance: f64,
    pub(super) observations: f64,
}

impl Weight {
    fn add(&mut self, value: f64, observations: Option<f64>) {
        self.value += value;
        match observations {
            // n of mean n, each worth value/n: the variance of a Poisson count, scaled.
            Some(n) if n > 0.0 => {
                self.variance += value * value / n;
                self.observations += n;
            }
            // Of what nobody counted nothing is sure.
            _ if value != 0.0 => self.variance = f64::INFINITY,
            _ => {}
        }
    }
}

/// A function by itself, and with what it calls.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Weights {
    pub(super) flat: Weight,
    pub(super) cum: Weight,
}

/// The functions of several profiles, by one number each.
#[derive(Default)]
pub(super) struct Functions<'a> {
    pub(super) all: Vec<&'a Function>,
    positions: HashMap<&'a str, usize>,
}

impl<'a> Functions<'a> {
    /// The number of a function here, by its number in `profile`.
    pub(super) fn of(&mut self, profile: &'a Profile) -> Vec<usize> {
        let functions = profile.functions.iter();
        let position = |function: &'a Function| {
            let new = self.all.len();
            let position = *self.positions.entry(&function.name).or_insert(new);
            if position == new {
                self.all.push(function);
            }
            position
        };
        functions.map(position).collect()
    }
}

/// Weighs the functions of `profile`; they are at the positions `numbers`.
pub(super) fn weigh(profile: &Profile, kind: usize, numbers: &[usize]) -> Vec<Weights> {
    let sampling = Sampling::of(profile, kind);
    let factor = Measure::of(&profile.kinds[kind].unit).factor();
    let most = numbers.iter().max().map_or(0, |most| most + 1);
    let mut weights = vec![Weights::default(); most];
    let mut seen = vec![usize::MAX; most];
    for (i, sample) in profile.samples().enumerate() {
        let value = sample.values[kind];
        let observations = sampling.observations(&sample, value);
        let value = value as f64 * factor;
        let mut leaf = true;
        for function in sample.inside_out() {
            let number = numbers[function];
            if leaf {
                weights[number].flat.add(value, observations);
                leaf = false;
            }
            if seen[number] != i {
                seen[number] = i;
                weights[number].cum.add(value, observations);
            }
        }
    }
    weights
}
