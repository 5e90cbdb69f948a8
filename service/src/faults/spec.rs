//! A fault as it is written: `latency=100ms,share=10%,on=/challenge/v1/challenges/initialize`.

use std::str::FromStr;

use super::cpu::Burn;
use super::error::Refusal;
use super::latency::Latency;
use super::lock::Lock;
use super::memory::Growth;
use super::options::Options;
use super::pool::Starvation;
use super::scope::Scope;
use crate::store::Store;

/// A fault that could be switched on.
#[derive(Debug, Clone, PartialEq)]
pub struct FaultSpec {
    text: String,
    pub(super) kind: Kind,
    pub(super) scope: Scope,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Latency(Latency),
    Error(Refusal),
    Cpu(Burn),
    Memory(Growth),
    Lock(Lock),
    Pool(Starvation),
}

impl FaultSpec {
    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn suits(&self, store: &Store) -> Result<(), String> {
        match &self.kind {
            Kind::Lock(lock) => lock.suits(store),
            _ => Ok(()),
        }
    }

    /// Of a fault that holds connections, how.
    pub(super) fn starvation(&self) -> Option<&Starvation> {
        match &self.kind {
            Kind::Pool(starvation) => Some(starvation),
            _ => None,
        }
    }

    /// How many connections it holds.
    pub(super) fn connections(&self) -> usize {
        let starvation = self.starvation();
        starvation.map_or(0, |starvation| starvation.connections().get() as usize)
    }
}

impl FromStr for FaultSpec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let name = text.split('=').next().unwrap_or_default();
        let mut options = Options::read(text);
        let kind = match name {
            "latency" => Latency::read(&mut options).map(Kind::Latency),
            "error" => Refusal::read(&mut options).map(Kind::Error),
            "cpu" => Burn::read(&mut options).map(Kind::Cpu),
            "memory" => Growth::read(&mut options).map(Kind::Memory),
            "lock" => Lock::read(&mut options).map(Kind::Lock),
            "pool" => Starvation::read(&mut options).map(Kind::Pool),
            other => {
                return Err(format!(
                    "\"{other}\" is no fault: latency, error, cpu, memory, lock or pool"
                ));
            }
        };
        let scope = if name == "pool" {
            Scope::read(&mut Options::read("on=store"))
        } else {
            Scope::read(&mut options)
        };
        if scope.is_store() && !matches!(name, "latency" | "pool") {
            options.wrong("on=store is for latency alone");
        }
        let kind = options.finish(kind)?;
        Ok(Self {
            text: text.to_owned(),
            kind,
            scope,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_read_as_they_are_documented() {
        for text in [
            "latency=100ms",
            "latency=lognormal:80ms:400ms,share=10%,on=/challenge/v1",
            "latency=5ms,on=store",
            "error=503,share=0.01",
            "cpu=5ms",
            "memory=64KiB",
            "memory=64KiB,max=1MiB,share=0.5",
            "lock=mutex,hold=5ms",
            "lock=advisory,hold=5ms,on=/challenge",
            "pool=20",
            "pool=20,for=5s",
        ] {
            let spec: FaultSpec = text
                .parse()
                .unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(spec.text(), text);
        }
    }

    #[test]
    fn all_mistakes_of_a_fault_are_told() {
        let check = |text: &str, expected: &[&str]| {
            let error = text.parse::<FaultSpec>().unwrap_err();
            for part in expected {
                assert!(error.contains(part), "{text}: {error}");
            }
            assert_eq!(error.lines().count(), expected.len(), "{text}: {error}");
        };
        check("slow=1s", &["\"slow\" is no fault"]);
        check("", &["no fault"]);
        check("latency", &["\"latency\" has no value"]);
        check(
            "latency=soon,share=2,on=claims,max=1",
            &[
                "no length of time",
                "no share",
                "neither \"store\" nor",
                "\"max\" does not belong",
            ],
        );
        check("error=200", &["no status of a failure"]);
        check("error=503,on=store", &["for latency alone"]);
        check("cpu=1s,cpu=2s", &["there twice"]);
        check("lock=spin", &["neither mutex nor advisory"]);
        check("lock=mutex", &["hold=5ms"]);
        check("pool=0", &["pool: "]);
        check("pool=1,share=0.5", &["\"share\" does not belong"]);
        check("memory=much", &["no size"]);
    }
}
