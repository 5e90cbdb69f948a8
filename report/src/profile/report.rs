//! What profiles come to: of one side, or of two held against each other.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::error::ProfileError;
use super::judge::{Basis, MoveVerdict};
use super::model::Profile;
use super::moves::{Move, Part, WeighedSide, moves};
use super::side::{ProfileSide, ProfileWindow};
use super::taken::Taken;
use super::top::{Row, Top, common_measure};
use super::tree::{CallTree, Growing};
use super::unit::Measure;
use super::weight::{Functions, weigh};
use super::whole::Whole;
use crate::comparison::{Side, Sides};

/// Version of the JSON form of [`ProfileReport`].
pub const SCHEMA_VERSION: u32 = 1;

/// What profiles come to: of one side, or of two held against each other.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ProfileReport {
    /// Version of this form: 1.
    pub schema: u32,
    /// Which of a record's profiles; absent for files of their own.
    pub subject: Option<Subject>,
    /// The sample type, for example `cpu` or `inuse_space`.
    pub sample_type: String,
    /// What totals and values are in.
    pub unit: BaseUnit,
    /// The older side; absent where nothing is compared.
    pub base: Option<ProfileSide>,
    /// The newer side.
    pub new: ProfileSide,
    /// What the sides are held against each other by.
    pub basis: Basis,
    /// Both wholes, and how many functions moved; absent without an older side.
    pub whole: Option<Whole>,
    /// Functions by what was measured in themselves, as `go tool pprof -top` prints them; with an
    /// older side the differences that `-diff_base` prints.
    pub functions: Vec<FunctionRow>,
    /// Functions by how far they moved by themselves, findings first; empty without an older side.
    pub moves: Vec<Move>,
    /// The same with what they call, without those that only pass on the move of one callee.
    pub moves_with_callees: Vec<Move>,
    /// Every function, with the values of pprof; not part of the JSON form.
    #[serde(skip)]
    pub top: Top,
    /// The calls, with values by the basis; not part of the JSON form.
    #[serde(skip)]
    pub tree: CallTree,
}

/// Which of a record's profiles.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Subject {
    /// Which process.
    pub component: String,
    /// `cpu`, `heap`, `tasks` or `contention`, or `allocations` between two snapshots of the heap.
    pub kind: String,
    /// Slug of the stage.
    pub stage: String,
}

/// What values are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BaseUnit {
    /// Of time.
    Nanoseconds,
    /// Of memory.
    Bytes,
    /// Pieces of anything.
    Count,
}

impl BaseUnit {
    fn of(measure: Measure) -> Self {
        match measure {
            Measure::Time { .. } => Self::Nanoseconds,
            Measure::Memory { .. } => Self::Bytes,
            Measure::Count => Self::Count,
        }
    }
}

/// One function.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct FunctionRow {
    /// Its name.
    pub function: String,
    /// By itself.
    pub flat: f64,
    /// With what it calls.
    pub cum: f64,
    /// What the difference of `flat` comes to; absent without an older side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<MoveVerdict>,
}

impl ProfileReport {
    /// Of `new`, held against `base` where that is not empty. Each has a name and its profiles; the
    /// sample type is the one called `kind`, or the one that the first profile means.
    pub fn of(
        subject: Option<Subject>,
        new: (&str, &[Taken]),
        base: Option<(&str, &[Taken])>,
        kind: Option<&str>,
    ) -> Result<Self, ProfileError> {
        let base = base.filter(|(_, taken)| !taken.is_empty());
        let first = new.1.first().ok_or(ProfileError::Empty)?;
        let kind = &first.profile.kinds[first.profile.kind(kind)?];
        let older = base.map_or(&[][..], |(_, taken)| taken);
        let profiles = Sides { a: older, b: new.1 }
            .map(|side| side.iter().map(|taken| &*taken.profile).collect::<Vec<_>>());
        let all = profiles.a.iter().chain(&profiles.b);
        let measure = common_measure(all, &kind.name)?;
        let top = Top::of_all(&profiles.b, &profiles.a, &kind.name)?;
        let side = |(name, taken)| ProfileSide::of(name, taken, &kind.name);
        let (new, base) = (side(new)?, base.map(side).transpose()?);
        let mut sides = std::iter::once(&new).chain(&base);
        let basis = Basis::of(kind, sides.all(|side| side.requests.is_some()));

        let mut weighing = Weighing {
            basis,
            kind: &kind.name,
            functions: Functions::default(),
            tree: Growing::new(),
        };
        let weighed = Sides {
            a: weighing.side(Side::A, &profiles.a, base.as_ref())?,
            b: weighing.side(Side::B, &profiles.b, Some(&new))?,
        };
        let functions = weighing.functions.all;
        let tree = weighing.tree.grown(&functions);
        let [own, with_callees] = [Part::Own, Part::WithCallees].map(|part| match base {
            Some(_) => moves(&functions, &weighed, &tree, part),
            None => Vec::new(),
        });
        Ok(Self {
            schema: SCHEMA_VERSION,
            subject,
            sample_type: kind.name.clone(),
            unit: BaseUnit::of(measure),
            basis,
            whole: base
                .as_ref()
                .map(|base| Whole::of(basis, Sides { a: base, b: &new }, &own)),
            base,
            new,
            functions: rows(&top, &own),
            moves: own,
            moves_with_callees: with_callees,
            top,
            tree,
        })
    }

    /// The same with no more than `most` functions, and moves of either part.
    #[must_use]
    pub fn shortened(mut self, most: usize) -> Self {
        self.functions.truncate(most);
        self.moves.truncate(most);
        self.moves_with_callees.truncate(most);
        self
    }

    /// The moves that are more than noise.
    pub fn findings(&self) -> impl Iterator<Item = &Move> {
        self.moves.iter().filter(|m| m.verdict.is_finding())
    }
}

/// The functions of `top`, each with the verdict on its move.
fn rows(top: &Top, moves: &[Move]) -> Vec<FunctionRow> {
    let verdicts = moves.iter().map(|m| (&*m.function, m.verdict));
    let verdicts: HashMap<&str, MoveVerdict> = verdicts.collect();
    let factor = top.measure.factor();
    let row = |row: &Row| FunctionRow {
        function: row.function.clone(),
        flat: row.flat as f64 * factor,
        cum: row.cum as f64 * factor,
        verdict: verdicts.get(&*row.function).copied(),
    };
    top.rows.iter().map(row).collect()
}

/// Both sides on the way into one table of functions and one tree.
struct Weighing<'a> {
    basis: Basis,
    kind: &'a str,
    functions: Functions<'a>,
    tree: Growing,
}

impl<'a> Weighing<'a> {
    /// Weighs the functions of one side, and lets the tree grow by its stacks.
    fn side(
        &mut self,
        which: Side,
        profiles: &[&'a Profile],
        side: Option<&ProfileSide>,
    ) -> Result<WeighedSide, ProfileError> {
        let divisor = |window: &ProfileWindow| match self.basis {
            Basis::PerRequest => window.requests.unwrap_or(0.0),
            Basis::Share => window.total,
            Basis::Amount => 1.0,
        };
        let windows = side.map_or(&[][..], |side| &side.windows);
        let divisors: Vec<f64> = windows.iter().map(divisor).collect();
        let sum: f64 = divisors.iter().sum();
        let mut weighed = WeighedSide::default();
        if sum <= 0.0 {
            return Ok(weighed);
        }
        for (profile, divisor) in profiles.iter().zip(divisors) {
            let kind = profile.kind(Some(self.kind))?;
            let numbers = self.functions.of(profile);
            let weights = weigh(profile, kind, &numbers);
            weighed.windows.push((weights, divisor));
            let factor = Measure::of(&profile.kinds[kind].unit).factor() / sum;
            weighed.whole += profile.total(kind) as f64 * factor;
            for sample in profile.samples() {
                let value = sample.values[kind] as f64 * factor;
                let (base, new) = match which {
                    Side::A => (value, 0.0),
                    Side::B => (0.0, value),
                };
                let outside_in = sample.inside_out().rev();
                self.tree
                    .add(outside_in.map(|function| numbers[function]), base, new);
            }
        }
        Ok(weighed)
    }
}
