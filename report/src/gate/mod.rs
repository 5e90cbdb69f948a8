//! Rules that a comparison must keep, and the exit code that says whether it does.
//!
//! ```
//! use brunt_report::gate::Rule;
//!
//! assert!(Rule::parse("p95 < 50ms").is_ok());
//! assert!(Rule::parse("init/initialize-new: p99 +15%").is_ok());
//! assert!(Rule::parse("play/*: success >= 99.95%").is_ok());
//! assert!(Rule::parse("play/*: service.cpu +10%").is_ok());
//! ```
//!
//! Rules without a scope hold for every judged action (success and resources: every judged stage). Absolute
//! rules are held against run B alone; relative ones against the change from A to B. Relative
//! rules are tested together by Holm's procedure, so that many rules raise no more false alarms
//! than one.

mod evidence;
mod floor;
mod foresee;
mod inconclusive;
mod judge;
mod outcome;
pub mod output;
mod read;
mod relative;
mod resource;
mod rule;
mod rules_file;

pub use evidence::{Evidence, RelativeChange};
pub use foresee::{Foreseen, Foresight, foresee};
pub use inconclusive::Inconclusive;
pub use judge::gate;
pub use outcome::{GateOutcome, Outcome, RuleOutcome, RuleRow, Why};
pub use relative::alone;
pub use resource::{ResourceLimit, ResourceRule};
pub use rule::{Condition, Rule, RuleError, Scope};
pub use rules_file::{Rules, RulesError, parse_rules};
