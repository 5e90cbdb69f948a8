//! What is done before the stages.

/// How places that the login fills begin: `${login.token}`.
pub(crate) const LOGIN: &str = "login.";

/// An action that runs before the stages, and whose extracted values later requests use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// Its index.
    pub action: usize,
    /// Does every user log in? Else one login is for all.
    pub each_user: bool,
}
