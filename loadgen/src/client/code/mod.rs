//! Actions that are functions of the program.

mod actions;
mod arrival;
mod call;
mod contained;
mod misfit;

pub use actions::Actions;
pub use arrival::Arrival;
pub(super) use call::{CodeCall, CodeTemplate};
pub use misfit::ActionsError;
