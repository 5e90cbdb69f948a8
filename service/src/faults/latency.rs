//! Requests, or statements, that take longer.

use std::time::Duration;

use super::options::Options;
use crate::latency_law::LatencyLaw;

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Latency {
    law: LatencyLaw,
}

impl Latency {
    pub(super) fn read(options: &mut Options<'_>) -> Option<Self> {
        let law = options.take("latency")?;
        Some(Self { law })
    }

    pub(super) fn draw(&self, rng: &mut fastrand::Rng) -> Duration {
        self.law.draw(rng)
    }
}
