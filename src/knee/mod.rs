//! The search for the highest rate at which a service meets its targets.
//!
//! What comes next is decided in [`brunt_report::knee`]; here the steps are made.

mod live;
mod plan;
mod refusal;
mod target;

use brunt_report::knee::{Ending, Next, Order, SearchSettings, Step, Trial, next};

pub(crate) use live::Live;
pub(crate) use plan::{Choice, SearchPlan};
pub(crate) use target::Target;

/// Makes the steps of a search.
pub(crate) trait Executor {
    /// What a step leaves behind.
    type Made: Judged;

    /// Makes one step; nothing where it was stopped before its end.
    async fn make(&mut self, number: u32, order: &Order) -> anyhow::Result<Option<Self::Made>>;
}

/// A step whose outcome is known.
pub(crate) trait Judged {
    fn trial(&self) -> Trial;
}

impl Judged for Step {
    fn trial(&self) -> Trial {
        self.trial()
    }
}

/// Makes step after step until the search is over: the steps, and how it ended. What was made before
/// an error is worth keeping.
pub(crate) async fn find<E: Executor>(
    settings: &SearchSettings,
    executor: &mut E,
) -> (Vec<E::Made>, anyhow::Result<Ending>) {
    let mut made: Vec<E::Made> = Vec::new();
    loop {
        let trials: Vec<Trial> = made.iter().map(Judged::trial).collect();
        let order = match next(settings, &trials) {
            Next::Done(ending) => return (made, Ok(ending)),
            Next::Step(order) => order,
        };
        match executor.make(made.len() as u32 + 1, &order).await {
            Ok(Some(step)) => made.push(step),
            Ok(None) => return (made, Ok(Ending::Interrupted)),
            Err(error) => return (made, Err(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use anyhow::bail;
    use brunt_report::knee::Outcome;

    use super::*;

    impl Judged for Trial {
        fn trial(&self) -> Trial {
            *self
        }
    }

    /// A service that carries three times the plan, and what befalls a step.
    struct Mock(fn(u32) -> anyhow::Result<bool>);

    impl Executor for Mock {
        type Made = Trial;

        async fn make(&mut self, number: u32, order: &Order) -> anyhow::Result<Option<Trial>> {
            let goes_on = self.0(number)?;
            let outcome = if order.scale <= 3.0 {
                Outcome::Passed
            } else {
                Outcome::Failed
            };
            Ok(goes_on.then_some(Trial {
                scale: order.scale,
                outcome,
            }))
        }
    }

    async fn check(mut mock: Mock, steps: usize, ending: Result<Ending, &str>) {
        let settings = SearchSettings {
            start: 1.0,
            most: None,
            precision: 0.5,
            max_steps: 20,
        };
        let (made, ended) = find(&settings, &mut mock).await;
        assert_eq!(made.len(), steps, "{made:?}");
        assert_eq!(
            ended.map_err(|e| e.to_string()),
            ending.map_err(str::to_owned)
        );
    }

    #[tokio::test]
    async fn steps_are_made_until_the_search_is_over_or_they_cannot_be() {
        check(Mock(|_| Ok(true)), 6, Ok(Ending::Narrowed)).await;
        check(Mock(|number| Ok(number < 3)), 2, Ok(Ending::Interrupted)).await;
        let breaks = Mock(|number| if number < 4 { Ok(true) } else { bail!("gone") });
        check(breaks, 3, Err("gone")).await;
    }
}
