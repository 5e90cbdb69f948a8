//! What is counted of the calls to the reward platform.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

use super::RewardError;

/// Attempts at a grant by outcome; cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Calls(Family<CallLabels, Counter>);

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallLabels {
    outcome: &'static str,
}

impl Calls {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "challenge_reward_calls",
            "Attempts at a grant, by outcome",
            self.0.clone(),
        );
    }

    pub(super) fn count(&self, outcome: &Result<(), RewardError>) {
        let outcome = match outcome {
            Ok(()) => "granted",
            Err(RewardError::Timeout(_)) => "timeout",
            Err(RewardError::Connection(_) | RewardError::Url { .. }) => "connection",
            Err(RewardError::Refused(_)) => "refused",
        };
        self.0.get_or_create(&CallLabels { outcome }).inc();
    }
}
