//! The figures of one action in both documents.

use brunt_record::{StatedAction, StatedOutcome, StatedTime};
use schemars::JsonSchema;
use serde::Serialize;

use crate::comparison::Sides;

/// One action of one stage.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ActionFigures {
    /// Name of the stage.
    pub stage: String,
    /// Its name.
    pub action: String,
    /// Its quantiles, mean, min and max, as far as either document has them.
    pub rows: Vec<FigureRow>,
    /// What became of its requests; absent where a document does not have the action.
    pub outcomes: Sides<Option<StatedOutcome>>,
    /// Its share of successes.
    pub success: StatedSuccess,
}

/// One figure of a response time.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct FigureRow {
    /// 0 to 1; absent of mean, min and max.
    pub quantile: Option<f64>,
    /// `p95`, `mean`.
    pub name: String,
    /// In each document; absent where it does not say.
    pub sides: Sides<Option<StatedTime>>,
    /// From A to B; absent where a side is.
    pub change: Option<FigureChange>,
}

/// A change from A to B. It has no interval: nobody knows how much of it is noise.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct FigureChange {
    /// 100(B/A − 1).
    pub percent: f64,
    /// B / A.
    pub factor: f64,
    /// Does it rest on an estimate?
    pub approximate: bool,
}

impl FigureChange {
    /// None where A is nothing: there is no ratio to it.
    pub(super) fn of(a: f64, b: f64, approximate: bool) -> Option<Self> {
        (a > 0.0).then(|| Self {
            percent: 100.0 * (b / a - 1.0),
            factor: b / a,
            approximate,
        })
    }
}

/// Shares of requests that succeeded, without intervals: how failures cluster is not known.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct StatedSuccess {
    /// 0 to 1; absent where a document does not say how many failed of how many.
    pub shares: Sides<Option<f64>>,
    /// 100(B − A); absent where a share is.
    pub points: Option<f64>,
    /// Does the difference rest on an estimate?
    pub approximate: bool,
}

impl StatedSuccess {
    pub(super) fn of(outcomes: Sides<Option<StatedOutcome>>) -> Self {
        let shares = outcomes.map(|outcome| {
            let outcome = outcome?;
            let total = outcome.total?.count;
            (total > 0).then_some(())?;
            Some(outcome.ok()? as f64 / total as f64)
        });
        let approximate = outcomes.map(|o| o.is_some_and(|o| o.is_approximate()));
        Self {
            shares,
            points: shares.a.zip(shares.b).map(|(a, b)| 100.0 * (b - a)),
            approximate: approximate.a || approximate.b,
        }
    }
}

/// One of the figures of an action.
type Pick = fn(&StatedAction) -> Option<StatedTime>;

impl ActionFigures {
    pub(super) fn of(stage: &str, action: &str, sides: Sides<Option<&StatedAction>>) -> Self {
        let outcomes = sides.map(|side| side.map(|action| action.outcome));
        let mut quantiles: Vec<f64> = Vec::new();
        for side in [sides.a, sides.b].into_iter().flatten() {
            for quantile in side.quantiles.iter().map(|q| q.quantile) {
                if !quantiles.contains(&quantile) {
                    quantiles.push(quantile);
                }
            }
        }
        quantiles.sort_by(f64::total_cmp);
        let mut rows: Vec<FigureRow> = quantiles
            .into_iter()
            .map(|quantile| {
                let name = format!("p{}", (quantile * 1e7).round() / 1e5);
                let at = |action: &StatedAction| {
                    let mut all = action.quantiles.iter();
                    let found = all.find(|q| q.quantile.total_cmp(&quantile).is_eq());
                    found.map(|q| q.time)
                };
                row(Some(quantile), name, sides.map(|side| side.and_then(at)))
            })
            .collect();
        let others: [(&str, Pick); 3] =
            [("mean", |a| a.mean), ("min", |a| a.min), ("max", |a| a.max)];
        rows.extend(others.into_iter().map(|(name, pick)| {
            let sides = sides.map(|side| side.and_then(pick));
            row(None, name.to_owned(), sides)
        }));
        rows.retain(|row| row.sides.a.is_some() || row.sides.b.is_some());
        Self {
            stage: stage.to_owned(),
            action: action.to_owned(),
            rows,
            outcomes,
            success: StatedSuccess::of(outcomes),
        }
    }

    /// The row of one quantile.
    pub fn quantile(&self, quantile: f64) -> Option<&FigureRow> {
        let mut rows = self.rows.iter();
        rows.find(|row| row.quantile.is_some_and(|q| q.total_cmp(&quantile).is_eq()))
    }
}

fn row(quantile: Option<f64>, name: String, sides: Sides<Option<StatedTime>>) -> FigureRow {
    FigureRow {
        quantile,
        name,
        sides,
        change: sides.a.zip(sides.b).and_then(|(a, b)| {
            let approximate = a.approximate || b.approximate;
            FigureChange::of(a.us as f64, b.us as f64, approximate)
        }),
    }
}
