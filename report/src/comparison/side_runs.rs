//! The runs of one side.

use crate::run::Run;

/// The runs of one side, which are runs of the same thing: a first one, and maybe more.
#[derive(Clone, Copy)]
pub(super) struct SideRuns<'a> {
    /// Whose plan, place and evidence stand for the side.
    pub(super) first: &'a Run,
    more: &'a [Run],
}

impl<'a> SideRuns<'a> {
    pub(super) fn one(run: &'a Run) -> Self {
        Self {
            first: run,
            more: &[],
        }
    }

    /// None without a run.
    pub(super) fn of(runs: &'a [Run]) -> Option<Self> {
        let (first, more) = runs.split_first()?;
        Some(Self { first, more })
    }

    pub(super) fn all(self) -> impl Iterator<Item = &'a Run> + Clone {
        std::iter::once(self.first).chain(self.more)
    }

    /// Those beside the first.
    pub(super) fn more(self) -> &'a [Run] {
        self.more
    }
}
