//! Arrival processes: when is arrival `n` due? One process a file, each with its closed form.

mod constant;

pub use constant::Constant;
