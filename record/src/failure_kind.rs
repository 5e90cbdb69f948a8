//! Kinds of failures in which the service had no part: the generator had nothing left to connect with.

/// No local port was left to connect from.
pub const GENERATOR_PORTS: &str = "generator-ports";

/// No further file could be opened, which every connection is.
pub const GENERATOR_FILES: &str = "generator-files";
