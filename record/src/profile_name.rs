//! Names of the files in `profiles/`.

use std::fmt;
use std::str::FromStr;

/// `COMPONENT-KIND-STAGE-SECOND.pb.gz`, for example `service-cpu-gameplay-35.pb.gz`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProfileName {
    /// Which process was profiled, a slug.
    pub component: String,
    /// `cpu`, `heap`, `tasks` or `contention`.
    pub kind: String,
    /// Slug of the stage in which it was taken.
    pub stage: String,
    /// Second of the run at which it was taken.
    pub second: u64,
}

const SUFFIX: &str = ".pb.gz";
const KINDS: [&str; 4] = ["cpu", "heap", "tasks", "contention"];

impl fmt::Display for ProfileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            component,
            kind,
            stage,
            second,
        } = self;
        write!(f, "{component}-{kind}-{stage}-{second}{SUFFIX}")
    }
}

impl FromStr for ProfileName {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let wrong = || format!("{name:?} is not COMPONENT-KIND-STAGE-SECOND{SUFFIX}");
        let stem = name.strip_suffix(SUFFIX).ok_or_else(wrong)?;
        let (rest, second) = stem.rsplit_once('-').ok_or_else(wrong)?;
        let second = second.parse().map_err(|_| wrong())?;
        // Components and stages may hold dashes themselves: the kind is what separates them.
        let (component, kind, stage) = KINDS
            .iter()
            .find_map(|kind| {
                let (component, stage) = rest.split_once(&format!("-{kind}-"))?;
                Some((component, *kind, stage))
            })
            .ok_or_else(wrong)?;
        Ok(Self {
            component: component.to_owned(),
            kind: kind.to_owned(),
            stage: stage.to_owned(),
            second,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_as_written() {
        for (component, stage) in [("service", "gameplay"), ("event-handler", "late-game")] {
            let name = ProfileName {
                component: component.into(),
                kind: "cpu".into(),
                stage: stage.into(),
                second: 35,
            };
            assert_eq!(name.to_string().parse(), Ok(name));
        }
    }

    #[test]
    fn other_names_are_refused() {
        for name in [
            "service.pb.gz",
            "service-cpu-gameplay-35.pprof",
            "a-b-c-1.pb.gz",
        ] {
            assert!(name.parse::<ProfileName>().is_err(), "{name}");
        }
    }
}
