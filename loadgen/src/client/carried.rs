//! What a session carries from the responses of its earlier requests.

use std::fmt;

use super::owner::Owner;

/// Values by name. They may hold tokens, so that only their names are ever shown.
#[derive(Default)]
pub(crate) struct Carried {
    // A session carries a handful of values: a search is cheaper than a map.
    values: Vec<(String, String)>,
    /// Absent outside of sessions.
    pub(super) owner: Option<Box<Owner>>,
}

impl Carried {
    /// Nothing yet, in a session of this owner.
    pub(super) fn of(owner: Owner) -> Self {
        Self {
            values: Vec::new(),
            owner: Some(Box::new(owner)),
        }
    }

    /// The value called `name`, if an earlier response gave one.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.values
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Carries `value` as `name`, in place of an earlier one.
    pub(crate) fn set(&mut self, name: &str, value: String) {
        match self.values.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = value,
            None => self.values.push((name.to_owned(), value)),
        }
    }
}

impl fmt::Debug for Carried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.values.iter().map(|(name, _)| name))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_value_takes_the_place_of_an_earlier_one_and_is_never_shown() {
        let mut carried = Carried::default();
        carried.set("token", "first".to_owned());
        carried.set("token", "second".to_owned());
        assert_eq!(carried.get("token"), Some("second"));
        assert_eq!(carried.get("goal"), None);
        assert_eq!(format!("{carried:?}"), r#"{"token"}"#);
    }
}
