//! The steps of a session.
//!
//! What the steps before have given is followed along while they are read: an action that carries a
//! value must find it whichever way the session went.

use std::collections::BTreeSet;
use std::ops::Range;
use std::time::Duration;

use super::super::mistake::Mistakes;
use super::super::suggestion::suggestion;
use super::super::table::{Table, Value};
use super::super::{Step, Task, Think};
use super::action::Placed;
use super::closed::think;

/// Reads the steps of one session.
pub(super) struct Reader<'a> {
    actions: &'a [Placed],
    /// Names of the values that the steps so far have given, whichever way the session went.
    given: BTreeSet<&'a str>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(actions: &'a [Placed]) -> Self {
        Self {
            actions,
            given: BTreeSet::new(),
        }
    }

    /// Nothing where a step cannot be read.
    pub(super) fn steps(
        &mut self,
        of: &str,
        value: Value<'_, '_>,
        mistakes: &mut Mistakes<'_>,
    ) -> Option<Vec<Step>> {
        let Some(array) = value.get_ref().as_array() else {
            mistakes.add(
                &value.span(),
                format!("{of}: steps is not a list"),
                "write steps = [\"browse\", { action = \"claim\", pause = \"1s\" }]",
            );
            return None;
        };
        if array.iter().next().is_none() {
            mistakes.add(
                &value.span(),
                format!("{of}: steps is empty"),
                "name an action: steps = [\"browse\"]",
            );
            return None;
        }
        // All of them are read, so that every mistake is told.
        let steps: Vec<Option<Step>> = (1..)
            .zip(array.iter())
            .map(|(number, value)| self.step(&format!("{of}: step {number}"), value, mistakes))
            .collect();
        steps.into_iter().collect()
    }

    fn step(
        &mut self,
        name: &str,
        value: Value<'_, '_>,
        mistakes: &mut Mistakes<'_>,
    ) -> Option<Step> {
        if let Some(action) = value.get_ref().as_str() {
            return Some(Step {
                task: self.action(name, action, &value.span(), mistakes)?,
                chance: 1.0,
                times: 1,
                pause: Think::Fixed(Duration::ZERO),
            });
        }
        if value.get_ref().as_table().is_none() {
            mistakes.add(
                &value.span(),
                format!("{name} is neither the name of an action nor a table"),
                "write \"browse\" or { action = \"browse\" }",
            );
            return None;
        }
        let table = Table::from_value(name.to_owned(), value, mistakes)?;
        self.table(table, mistakes)
    }

    fn table(&mut self, mut table: Table<'_, '_>, mistakes: &mut Mistakes<'_>) -> Option<Step> {
        let chance = match table.get("chance") {
            Some(value) => chance(&table.name, value, mistakes),
            None => Some(1.0),
        };
        let times = match table.get("times") {
            Some(_) => table.counted("times", "leave the step out", mistakes),
            None => Some(1),
        };
        let pause = match table.get("pause") {
            Some(value) => think(&table, "pause", value, mistakes),
            None => Some(Think::Fixed(Duration::ZERO)),
        };
        let before = self.given.clone();
        let task = self.task(&mut table, mistakes);
        if chance != Some(1.0) {
            // Who skips it has nothing of it.
            self.given = before;
        }
        table.deny_unknown(mistakes);
        Some(Step {
            task: task?,
            chance: chance?,
            times: times?,
            pause: pause?,
        })
    }

    fn task(&mut self, table: &mut Table<'_, '_>, mistakes: &mut Mistakes<'_>) -> Option<Task> {
        let values = ["action", "steps", "one_of"].map(|key| table.get(key));
        match values {
            [Some(_), None, None] => {
                let (action, span) = table.string("action", mistakes)?;
                self.action(&table.name, action, &span, mistakes)
            }
            [None, Some(steps), None] => {
                let steps = self.steps(&table.name, steps, mistakes)?;
                Some(Task::Steps(steps))
            }
            [None, None, Some(value)] => self.one_of(&table.name, value, mistakes),
            _ => {
                mistakes.add(
                    &table.span,
                    format!("{} needs one of action, steps and one_of", table.name),
                    "write { action = \"browse\" }, { steps = [\"browse\"] } or \
                     { one_of = [{ weight = 1, action = \"browse\" }] }",
                );
                None
            }
        }
    }

    fn action(
        &mut self,
        step: &str,
        name: &str,
        span: &Range<usize>,
        mistakes: &mut Mistakes<'_>,
    ) -> Option<Task> {
        let actions = self.actions;
        let Some(index) = actions.iter().position(|a| a.action.name == name) else {
            let known = actions.iter().map(|a| a.action.name.as_str());
            let hint = suggestion(name, known);
            mistakes.add(span, format!("{step}: no action {name:?}"), hint);
            return None;
        };
        let action = &actions[index].action;
        for place in &action.carries {
            if self.given.contains(place.as_str()) {
                continue;
            }
            let gives = |a: &&Placed| a.action.extracts.iter().any(|e| e.name == *place);
            let giving = actions.iter().filter(gives);
            let giving: Vec<String> = giving.map(|a| format!("{:?}", a.action.name)).collect();
            mistakes.add(
                span,
                format!(
                    "{step}: action {name:?} carries ${{{place}}}, which may be missing: no \
                     earlier step gives it on every path"
                ),
                format!(
                    "put a step with {} before it, without a chance",
                    giving.join(" or ")
                ),
            );
        }
        let extracts = action.extracts.iter();
        self.given.extend(extracts.map(|e| e.name.as_str()));
        Some(Task::Action(index))
    }

    /// Each way goes on from what was given before; what all of them give is given after.
    fn one_of(
        &mut self,
        of: &str,
        value: Value<'_, '_>,
        mistakes: &mut Mistakes<'_>,
    ) -> Option<Task> {
        let hint = "write one_of = [{ weight = 3, action = \"browse\" }, { weight = 1, steps = [\"claim\"] }]";
        let ways = value.get_ref().as_array();
        let Some(ways) = ways.filter(|ways| ways.iter().next().is_some()) else {
            let what = format!("{of}: one_of is not a list of steps with weights");
            mistakes.add(&value.span(), what, hint);
            return None;
        };
        let before = self.given.clone();
        let mut after: Option<BTreeSet<&str>> = None;
        let mut steps = Some(Vec::new());
        for (number, way) in (1..).zip(ways.iter()) {
            let name = format!("{of}: way {number}");
            self.given.clone_from(&before);
            let read = if way.get_ref().as_table().is_none() {
                mistakes.add(&way.span(), format!("{name} is not a table"), hint);
                None
            } else {
                Table::from_value(name, way, mistakes)
                    .and_then(|table| self.way(table, hint, mistakes))
            };
            match (read, &mut steps) {
                (Some(read), Some(steps)) => steps.push(read),
                _ => steps = None,
            }
            let given = std::mem::take(&mut self.given);
            after = Some(match after {
                Some(after) => after.intersection(&given).copied().collect(),
                None => given,
            });
        }
        self.given = after.unwrap_or(before);
        steps.map(Task::OneOf)
    }

    fn way(
        &mut self,
        mut table: Table<'_, '_>,
        hint: &str,
        mistakes: &mut Mistakes<'_>,
    ) -> Option<(u64, Step)> {
        table.required("weight", hint, mistakes);
        let from_1 = "leave it out, or weigh it from 1 up";
        let weight = table.counted("weight", from_1, mistakes);
        if let Some(value) = table.get("chance") {
            mistakes.add(
                &value.span(),
                format!("{}: chance beside weight", table.name),
                "the weights say how likely each way is; give the whole one_of a chance",
            );
        }
        let step = self.table(table, mistakes)?;
        weight.map(|weight| (weight, step))
    }
}

/// `"30 %"`, above 0 and at most 100.
fn chance(step: &str, value: Value<'_, '_>, mistakes: &mut Mistakes<'_>) -> Option<f64> {
    let percent = value.get_ref().as_str();
    let percent = percent.and_then(|text| text.strip_suffix('%')?.trim().parse::<f64>().ok());
    let percent = percent.filter(|percent| *percent > 0.0 && *percent <= 100.0);
    if percent.is_none() {
        mistakes.add(
            &value.span(),
            format!("{step}: chance cannot be read"),
            "write a share of all sessions above 0, such as \"30 %\"",
        );
    }
    percent.map(|percent| percent / 100.0)
}
