//! What one histogram of the latency log measures.

use std::fmt;
use std::str::FromStr;

/// Whether the requests of a histogram succeeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The response arrived and passed its checks.
    Ok,
    /// No response, or one that failed its checks.
    Failed,
}

/// Which span of a request a histogram holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// From due to done: what a user of the service waits.
    Response,
    /// From sent to done; requests that could not be put together have none.
    Service,
    /// From due until the generator was ready to send: its own delay.
    Lateness,
}

impl Outcome {
    /// Both outcomes, in their order in files.
    pub const ALL: [Self; 2] = [Self::Ok, Self::Failed];

    /// The word in the tag.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "failed",
        }
    }
}

impl Measure {
    /// All measures, in their order in files.
    pub const ALL: [Self; 3] = [Self::Response, Self::Service, Self::Lateness];

    /// The word in the tag.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Response => "response",
            Self::Service => "service",
            Self::Lateness => "lateness",
        }
    }
}

/// The tag `stage/action/outcome/measure` of an interval histogram.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LatencyTag {
    /// Slug of the stage.
    pub stage: String,
    /// Slug of the action; in `sessions.hlog` of the session.
    pub action: String,
    /// Did the requests succeed?
    pub outcome: Outcome,
    /// Which span was measured?
    pub measure: Measure,
}

impl fmt::Display for LatencyTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            stage,
            action,
            outcome,
            measure,
        } = self;
        write!(
            f,
            "{stage}/{action}/{}/{}",
            outcome.as_str(),
            measure.as_str()
        )
    }
}

impl FromStr for LatencyTag {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split('/').collect();
        let [stage, action, outcome, measure] = parts[..] else {
            return Err(format!("tag {text:?} is not stage/action/outcome/measure"));
        };
        Ok(Self {
            stage: stage.to_owned(),
            action: action.to_owned(),
            outcome: Outcome::ALL
                .into_iter()
                .find(|o| o.as_str() == outcome)
                .ok_or_else(|| format!("tag {text:?} has no outcome \"ok\" or \"failed\""))?,
            measure: Measure::ALL
                .into_iter()
                .find(|m| m.as_str() == measure)
                .ok_or_else(|| {
                    format!("tag {text:?} has no measure \"response\", \"service\" or \"lateness\"")
                })?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_reads_back_as_written() {
        for outcome in Outcome::ALL {
            for measure in Measure::ALL {
                let tag = LatencyTag {
                    stage: "init".into(),
                    action: "initialize-new".into(),
                    outcome,
                    measure,
                };
                assert_eq!(tag.to_string().parse(), Ok(tag));
            }
        }
    }

    #[test]
    fn a_foreign_tag_is_refused_with_its_text() {
        for text in [
            "",
            "a/b/ok",
            "a/b/maybe/response",
            "a/b/ok/total",
            "a/b/c/d/e",
        ] {
            let error = text.parse::<LatencyTag>().unwrap_err();
            assert!(error.contains(&format!("{text:?}")), "{error}");
        }
    }
}
