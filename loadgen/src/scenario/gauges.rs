//! What is read of processes, host and databases while the load goes on.

use std::fmt;
use std::path::PathBuf;

/// What is read, beside the generator itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gauges {
    /// Is the machine of the generator read?
    pub host: bool,
    /// What else.
    pub sources: Vec<GaugeSpec>,
}

impl Default for Gauges {
    fn default() -> Self {
        Self {
            host: true,
            sources: Vec::new(),
        }
    }
}

impl Gauges {
    /// Puts `spec` in the place of the source of the same kind and name, or adds it.
    pub fn set(&mut self, spec: GaugeSpec) {
        let same = |known: &&mut GaugeSpec| {
            known.name == spec.name
                && std::mem::discriminant(&known.kind) == std::mem::discriminant(&spec.kind)
        };
        match self.sources.iter_mut().find(same) {
            Some(known) => *known = spec,
            None => self.sources.push(spec),
        }
    }
}

/// One source of gauges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GaugeSpec {
    /// Slug; a process, an endpoint and a database may have the same.
    pub name: String,
    /// What it is.
    pub kind: GaugeKind,
}

impl GaugeSpec {
    /// As records name it.
    pub fn title(&self) -> String {
        let kind = match self.kind {
            GaugeKind::Process { .. } => "process",
            GaugeKind::Prometheus { .. } => "prometheus",
            GaugeKind::Postgres { .. } => "postgres",
            GaugeKind::Sqlite { .. } => "sqlite",
            GaugeKind::Redis { .. } => "redis",
        };
        format!("{kind}/{}", self.name)
    }
}

/// What a source of gauges is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GaugeKind {
    /// Processes on the machine of the generator, counted as one.
    Process {
        /// Which.
        by: ProcessBy,
        /// And all that they start?
        tree: bool,
    },
    /// An endpoint of Prometheus metrics.
    Prometheus {
        /// Where.
        at: EndpointAt,
        /// Which metrics.
        metrics: Vec<Wildcard>,
    },
    /// A PostgreSQL database, and the processes of its server where that is on the machine of the
    /// generator.
    Postgres {
        /// `postgres://…`.
        url: Secret,
    },
    /// The files of a SQLite database.
    Sqlite {
        /// The database file.
        file: PathBuf,
    },
    /// A Redis server.
    Redis {
        /// `redis://…`.
        url: Secret,
    },
}

impl GaugeKind {
    /// The database at `url`; the error is what to write instead.
    pub fn database(url: &str) -> Result<Self, String> {
        let (scheme, rest) = url.split_once(':').unwrap_or((url, ""));
        match scheme {
            "postgres" | "postgresql" => Ok(Self::Postgres {
                url: Secret(url.to_owned()),
            }),
            "redis" => Ok(Self::Redis {
                url: Secret(url.to_owned()),
            }),
            "sqlite" => {
                let path = rest.strip_prefix("//").unwrap_or(rest);
                let path = path.split('?').next().unwrap_or_default();
                if path.is_empty() || path.contains(":memory:") {
                    return Err("write the path of the file: \"sqlite:data/shop.db\"".to_owned());
                }
                Ok(Self::Sqlite { file: path.into() })
            }
            _ => Err(
                "write postgres://USER@HOST/DATABASE, sqlite:PATH or redis://HOST:PORT".to_owned(),
            ),
        }
    }
}

/// Where metrics are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndpointAt {
    /// At a path of an address of the scenario.
    Address {
        /// `http`, `grpc`, `admin`.
        name: String,
        /// Such as `/metrics`.
        path: String,
    },
    /// At a URL, without TLS and without credentials.
    Url(String),
}

/// A name in which `*` stands for anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wildcard(pub String);

impl Wildcard {
    /// Does `name` fit?
    pub(crate) fn fits(&self, name: &str) -> bool {
        let mut parts = self.0.split('*');
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = name.strip_prefix(first) else {
            return false;
        };
        let mut parts: Vec<&str> = parts.collect();
        let Some(last) = parts.pop() else {
            return rest.is_empty();
        };
        for part in parts {
            match rest.find(part) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        rest.ends_with(last)
    }
}

/// How processes are named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProcessBy {
    /// By id.
    Pid(u32),
    /// Whoever listens on this TCP port.
    Port(u16),
    /// Whoever listens at this address of the scenario: `http`, `grpc`, `admin`.
    Address(String),
    /// All of this name.
    Name(String),
    /// All in this control group: its path, or a part of its name as the id of a container is.
    Cgroup(String),
}

/// A text that is used and shown nowhere: it may hold a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, name, fits) in [
            ("up", "up", true),
            ("up", "ups", false),
            ("pool_*", "pool_size", true),
            ("pool_*", "my_pool_size", false),
            ("*_total", "requests_total", true),
            ("*_total", "total", false),
            ("a*b*c", "a1b2c", true),
            ("a*b*c", "acb", false),
            ("*", "anything", true),
        ] {
            assert_eq!(
                Wildcard(pattern.into()).fits(name),
                fits,
                "{pattern} {name}"
            );
        }
    }

    #[test]
    fn the_scheme_says_what_a_database_is_and_nobody_shows_its_password() {
        for (url, title) in [
            ("postgres://me:secret@db/shop", "postgres/main"),
            ("postgresql:///shop?host=/tmp", "postgres/main"),
            ("sqlite:shop.db", "sqlite/main"),
            ("sqlite://data/shop.db?mode=rwc", "sqlite/main"),
            ("redis://:secret@127.0.0.1:6379", "redis/main"),
        ] {
            let spec = GaugeSpec {
                name: "main".to_owned(),
                kind: GaugeKind::database(url).unwrap(),
            };
            assert_eq!(spec.title(), title);
            assert!(!format!("{spec:?}").contains("secret"));
        }
        for url in [
            "mysql://db/shop",
            "shop.db",
            "sqlite:",
            "sqlite::memory:",
            "",
        ] {
            assert!(GaugeKind::database(url).is_err(), "{url}");
        }
    }
}
