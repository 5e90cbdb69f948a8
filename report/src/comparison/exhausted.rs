//! What a generator runs out of while it sends: requests that fail for it never reach the service.

use std::fmt;

use brunt_record::{GENERATOR_FILES, GENERATOR_PORTS};
use schemars::JsonSchema;
use serde::Serialize;

/// Something that every connection needs one of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Exhausted {
    /// Local ports to connect from.
    Ports,
    /// File descriptors.
    Files,
}

impl Exhausted {
    pub(super) const ALL: [Self; 2] = [Self::Ports, Self::Files];

    /// The kind of the failures that come of it.
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Ports => GENERATOR_PORTS,
            Self::Files => GENERATOR_FILES,
        }
    }

    /// What to do about it.
    pub(crate) fn remedy(self) -> &'static str {
        match self {
            Self::Ports => {
                "Keep connections open (`connections = \"kept\"`), widen net.ipv4.ip_local_port_range, or offer less."
            }
            Self::Files => {
                "Raise its limit of open files (`ulimit -n`), lower `max_in_flight`, or offer less."
            }
        }
    }
}

impl fmt::Display for Exhausted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ports => "local ports",
            Self::Files => "file descriptors",
        })
    }
}
