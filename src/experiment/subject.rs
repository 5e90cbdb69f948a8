//! What is put under load.

use std::path::Path;

/// What is put under load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// A service that is there: at the addresses of the scenario, but for these (name, URL).
    There(Vec<(String, String)>),
    /// The reference service, started for every run on an empty database.
    Started {
        /// Its optimisations: a preset, or a phase file.
        phase: String,
        /// What else it is told.
        flags: Vec<String>,
    },
}

impl Subject {
    /// The phase of its records: of a service which is started its phase and flags, else `named`.
    pub(crate) fn phase_or(&self, named: &str) -> String {
        match self {
            Self::Started { phase, flags } => {
                let stem = Path::new(phase).file_stem().unwrap_or_default();
                let mut words = vec![stem.to_string_lossy().into_owned()];
                words.extend(flags.iter().cloned());
                words.join(" ")
            }
            Self::There(_) => named.to_owned(),
        }
    }
}

/// Reads `PHASE [FLAG …]`, as `challenge-service --phase` takes them: `phase9 --pool 50`.
pub(crate) fn service(text: &str) -> Result<Subject, String> {
    let mut words = text.split_whitespace().map(str::to_owned);
    let phase = words.next().filter(|word| !word.starts_with('-'));
    let phase =
        phase.ok_or("write a phase, and maybe flags of the service: \"phase9 --pool 50\"")?;
    Ok(Subject::Started {
        phase,
        flags: words.collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_a_phase_and_flags() {
        let started = |phase: &str, flags: &[&str]| {
            Ok(Subject::Started {
                phase: phase.to_owned(),
                flags: flags.iter().map(|&flag| flag.to_owned()).collect(),
            })
        };
        assert_eq!(service("phase9"), started("phase9", &[]));
        let slow = ["--faults", "latency=2ms,share=10%"];
        assert_eq!(
            service(" phase9  --faults latency=2ms,share=10% "),
            started("phase9", &slow)
        );
        let named = |text| service(text).map(|subject| subject.phase_or("unnamed"));
        assert_eq!(
            named("phases/cached.toml --pool 50"),
            Ok("cached --pool 50".to_owned())
        );
        assert!(service("").is_err() && service("--pool 50").is_err());
    }
}
