//! The demo: service, reward mock and generator as separate processes, phase after phase.

mod database;
mod process;
mod service;
mod workspace;

pub(crate) use database::{Database, DatabaseChoice};
pub(crate) use service::{Service, check};
pub(crate) use workspace::{PlanLength, Workspace};
