//! What is put under load.

use std::path::Path;

use crate::demo::check;

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

/// Reads `PHASE [FLAG …]`, as `challenge-service --phase` takes them: `phase9 --pool 50`. What the
/// service would refuse is refused here, before the first of many runs.
pub(crate) fn service(text: &str) -> Result<Subject, String> {
    let mut words = text.split_whitespace().map(str::to_owned);
    let phase = words.next().filter(|word| !word.starts_with('-'));
    let phase =
        phase.ok_or("write a phase, and maybe flags of the service: \"phase9 --pool 50\"")?;
    let flags: Vec<_> = words.collect();
    check(&phase, &flags)?;
    Ok(Subject::Started { phase, flags })
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
        assert!(service("").is_err() && service("--pool 50").is_err());
    }

    #[test]
    fn a_phase_file_names_the_phase() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cached.toml");
        std::fs::write(&path, "base = \"phase9\"\n").unwrap();
        let subject = service(&format!("{} --pool 50", path.display())).unwrap();
        assert_eq!(subject.phase_or("unnamed"), "cached --pool 50");
    }

    #[test]
    fn what_the_service_would_refuse_is_told_at_once() {
        let check = |text, told| {
            let error = service(text).unwrap_err();
            assert!(error.contains(told), "no {told} in {error}");
        };
        check("phase7", "presets are phase8, phase9");
        check("phase9 --pol 50", "--pol");
        check("phase9 --pool none", "pool is a whole number from 1");
        check("phase9 --http 127.0.0.1:1", "--http");
    }
}
