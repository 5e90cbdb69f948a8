//! Functions and scenario that do not fit each other.

use std::collections::BTreeSet;
use std::fmt;

use super::actions::Actions;
use crate::scenario::{Call, Scenario, suggestion};

/// The functions of the program are not those that the scenario wants.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ActionsError {
    /// Has the program any function?
    has_functions: bool,
    /// Actions without their function.
    missing: Vec<String>,
    /// Functions, and what is wrong with them.
    wrong: Vec<String>,
}

impl Actions {
    /// Has `scenario` an action for each of these, and none that is not among them?
    ///
    /// The error names all that do not fit.
    pub fn fit(&self, scenario: &Scenario) -> Result<(), ActionsError> {
        let is_code = |call: &Call| matches!(call, Call::Code { .. });
        let wanted = || scenario.actions.iter().filter(|a| is_code(&a.call));
        let missing: Vec<String> = wanted()
            .filter(|action| self.get(&action.name).is_none())
            .map(|action| action.name.clone())
            .collect();
        let mut seen = BTreeSet::new();
        let wrong: Vec<String> = self
            .names()
            .filter_map(|name| {
                if !seen.insert(name) {
                    return Some(format!("function {name:?} was added twice"));
                }
                match scenario.actions.iter().find(|a| a.name == name) {
                    Some(action) if is_code(&action.call) => None,
                    Some(_) => Some(format!(
                        "function {name:?}: the scenario says itself what the action sends; write code = true instead"
                    )),
                    None => {
                        let known = wanted().map(|action| action.name.as_str());
                        let hint = match known.clone().next() {
                            Some(_) => suggestion(name, known),
                            None => "none of its actions is code".to_owned(),
                        };
                        Some(format!("function {name:?}: the scenario has no such action; {hint}"))
                    }
                }
            })
            .collect();
        if missing.is_empty() && wrong.is_empty() {
            return Ok(());
        }
        Err(ActionsError {
            has_functions: self.names().next().is_some(),
            missing,
            wrong,
        })
    }
}

impl fmt::Display for ActionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.has_functions {
            let names: Vec<_> = self.missing.iter().map(|n| format!("{n:?}")).collect();
            let (s, are, them) = match names.len() {
                1 => ("", "is", "it"),
                _ => ("s", "are", "them"),
            };
            return write!(
                f,
                "action{s} {} {are} code, and this program has no function for {them}\n\
                 hint: run the scenario by the Rust program that has {them}; docs/rust-actions.md says how to write one",
                names.join(", ")
            );
        }
        f.write_str("the functions of this program do not fit the scenario")?;
        for name in &self.missing {
            write!(
                f,
                "\n  action {name:?} is code, and there is no function for it"
            )?;
        }
        for wrong in &self.wrong {
            write!(f, "\n  {wrong}")?;
        }
        f.write_str("\nhint: every action with code = true needs one function of its name, and no other has one")
    }
}
