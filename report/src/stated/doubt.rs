//! What the figures of a document do not bear out, and what it means.

use std::fmt;

use brunt_record::{Stated, StatedCount};
use schemars::JsonSchema;
use serde::Serialize;

use super::load::{Delivery, Load};
use crate::comparison::verdict;
use crate::language::{amount, count, of, rate, share_of};

/// One thing that does not follow.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "doubt", rename_all = "kebab-case")]
#[allow(missing_docs, reason = "`stage` and `action` are what they say")]
pub enum Doubt {
    /// A stage got less than the load that its figures are said to stand for.
    NotDelivered { stage: String, load: Load },
    /// A stage has more requests than its load comes to.
    MoreThanWanted {
        stage: String,
        load: Load,
        /// Without the requests that the document counts in its total there are this many left,
        /// which is what the load comes to; absent where that is not so.
        without_total: Option<u64>,
    },
    /// The total is not the sum of its rows.
    Total {
        failed: u64,
        total: u64,
        /// The sums of the rows.
        failed_sum: u64,
        total_sum: u64,
        /// The sum without stages whose count is more than their load comes to; absent where there
        /// are none.
        sound_sum: Option<u64>,
        /// Those stages.
        unsound: Vec<String>,
    },
    /// Figures that the document calls estimates.
    Estimates { figures: u64 },
}

impl Doubt {
    /// All that `stated` raises; `loads` are those of its stages.
    pub(super) fn of(stated: &Stated, loads: &[(String, Load)]) -> Vec<Self> {
        let mut doubts = Vec::new();
        let whole = stated.total.and_then(|total| total.total);
        for (stage, load) in loads {
            let (stage, load) = (stage.clone(), *load);
            match load.delivery {
                Delivery::TooLittle => doubts.push(Self::NotDelivered { stage, load }),
                Delivery::TooMuch => doubts.push(Self::MoreThanWanted {
                    stage,
                    load,
                    without_total: load
                        .made
                        .zip(whole)
                        .and_then(|(made, whole)| made.count.checked_sub(whole.count))
                        .filter(|rest| verdict::delivery(*rest, load.planned) == Delivery::Whole),
                }),
                Delivery::Whole | Delivery::Unknown => {}
            }
        }
        doubts.extend(total(stated, loads));
        let figures = estimates(stated);
        if figures > 0 {
            doubts.push(Self::Estimates { figures });
        }
        doubts
    }
}

/// Only of exact figures: estimates need not add up.
fn total(stated: &Stated, loads: &[(String, Load)]) -> Option<Doubt> {
    let exact = |count: Option<StatedCount>| count.filter(|c| !c.approximate).map(|c| c.count);
    let given = stated.total?;
    let (failed, total) = (exact(given.failed)?, exact(given.total)?);
    let (mut failed_sum, mut total_sum) = (0, 0);
    for action in stated.stages.iter().flat_map(|stage| &stage.actions) {
        failed_sum += exact(action.outcome.failed)?;
        total_sum += exact(action.outcome.total)?;
    }
    let unsound: Vec<&(String, Load)> = loads
        .iter()
        .filter(|(_, load)| load.delivery == Delivery::TooMuch)
        .collect();
    let made = unsound.iter().filter_map(|(_, load)| load.made);
    let sound_sum = total_sum - made.map(|made| made.count).sum::<u64>();
    let agrees = failed == failed_sum && (total == total_sum || total == sound_sum);
    (!agrees).then(|| Doubt::Total {
        failed,
        total,
        failed_sum,
        total_sum,
        sound_sum: (!unsound.is_empty()).then_some(sound_sum),
        unsound: unsound.iter().map(|(stage, _)| stage.clone()).collect(),
    })
}

fn estimates(stated: &Stated) -> u64 {
    let mut marks = Vec::new();
    for action in stated.stages.iter().flat_map(|stage| &stage.actions) {
        marks.extend(action.quantiles.iter().map(|q| q.time.approximate));
        let others = [action.mean, action.min, action.max];
        marks.extend(others.iter().flatten().map(|time| time.approximate));
        let counts = [action.outcome.failed, action.outcome.total];
        marks.extend(counts.iter().flatten().map(|count| count.approximate));
    }
    let total = stated.total.unwrap_or_default();
    marks.extend(
        [total.failed, total.total]
            .iter()
            .flatten()
            .map(|c| c.approximate),
    );
    marks.extend(stated.resources.iter().map(|r| r.approximate));
    marks.extend(stated.quantities.iter().map(|q| q.approximate));
    marks.iter().filter(|approximate| **approximate).count() as u64
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotDelivered { stage, load } => {
                let Some((made, share)) = load.made.zip(load.delivered) else {
                    return Ok(());
                };
                write!(
                    f,
                    "Stage {stage} got {} of its load: {} requests{}. Its percentiles are not those of {}.",
                    share_of(share),
                    of(made.count, load.planned),
                    estimate(made),
                    rate(load.rate_per_s)
                )?;
                match load.in_flight.zip(load.in_flight_at_rate) {
                    Some((in_flight, at_rate)) => write!(
                        f,
                        " By Little's law {} requests were in flight in the mean, where the whole rate at this mean would take {}: whoever waits for an answer before sending the next request offers less to a slow service.",
                        amount(in_flight.round()),
                        amount(at_rate.round())
                    ),
                    None => Ok(()),
                }
            }
            Self::MoreThanWanted {
                stage,
                load,
                without_total,
            } => {
                let Some(made) = load.made else {
                    return Ok(());
                };
                write!(
                    f,
                    "Stage {stage} has {} requests{}, more than the {} that {} come to: the count is one of something else.",
                    count(made.count),
                    estimate(made),
                    count(load.planned),
                    rate(load.rate_per_s)
                )?;
                match without_total {
                    Some(rest) => write!(
                        f,
                        " Without the requests of the document's total there are {} left, which is what the load comes to: it seems to hold all requests of the run.",
                        count(*rest)
                    ),
                    None => Ok(()),
                }
            }
            Self::Total {
                failed,
                total,
                failed_sum,
                total_sum,
                sound_sum,
                unsound,
            } => {
                write!(
                    f,
                    "The total is {} failed, and its rows come to {}",
                    of(*failed, *total),
                    of(*failed_sum, sound_sum.unwrap_or(*total_sum))
                )?;
                if sound_sum.is_some() {
                    write!(
                        f,
                        " without {}, and to {} with it",
                        unsound.join(" and "),
                        count(*total_sum)
                    )?;
                }
                f.write_str(". This report uses the rows.")
            }
            Self::Estimates { figures: 1 } => f.write_str(
                "The document calls one of its figures an estimate. It is marked, and no target is judged by it.",
            ),
            Self::Estimates { figures } => write!(
                f,
                "The document calls {} of its figures estimates. They are marked, and no target is judged by them.",
                count(*figures)
            ),
        }
    }
}

fn estimate(made: StatedCount) -> &'static str {
    if made.approximate {
        " (an estimate)"
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::Doubt;

    #[test]
    fn one_estimate_is_one() {
        for (figures, told) in [
            (1, "one of its figures an estimate. It is"),
            (3, "3 of its figures estimates. They are"),
        ] {
            let doubt = Doubt::Estimates { figures }.to_string();
            assert!(doubt.contains(told), "{doubt}");
        }
    }
}
