//! Which requests have a fault.

use super::options::Options;
use crate::share::Share;

/// What players and the game ask for. Health and metrics are left alone.
const EVERYTHING: [&str; 2] = ["/challenge", "/brunt.*"];

/// Which requests have a fault.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scope {
    on: On,
    share: Share,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum On {
    Everything,
    Path(String),
    Store,
}

impl Scope {
    pub(super) fn read(options: &mut Options<'_>) -> Self {
        let on = options.take_by("on", |text| match text {
            "store" => Ok(On::Store),
            path if path.starts_with('/') => Ok(On::Path(path.to_owned())),
            other => Err(format!(
                "\"{other}\" is neither \"store\" nor the beginning of a path, like /challenge/v1"
            )),
        });
        Self {
            on: on.unwrap_or(On::Everything),
            share: options.take("share").unwrap_or(Share::ALL),
        }
    }

    pub(super) fn is_store(&self) -> bool {
        self.on == On::Store
    }

    pub(super) fn covers(&self, path: &str) -> bool {
        match &self.on {
            On::Everything => EVERYTHING.iter().any(|pattern| begins(path, pattern)),
            On::Path(pattern) => begins(path, pattern),
            On::Store => false,
        }
    }

    /// Whether the one that drew this generator has the fault.
    pub(super) fn takes(&self, rng: &mut fastrand::Rng) -> bool {
        self.share.takes(rng)
    }
}

/// Whether the path begins with these segments. A `*` stands for whatever is left of its segment.
fn begins(path: &str, pattern: &str) -> bool {
    let mut segments = path.split('/');
    pattern
        .trim_end_matches('/')
        .split('/')
        .all(|wanted| match segments.next() {
            None => false,
            Some(segment) => match wanted.strip_suffix('*') {
                Some(start) => segment.starts_with(start),
                None => segment == wanted,
            },
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_the_beginning_of_a_path() {
        let claim = "/challenge/v1/challenges/c-1/goals/g-1/claim";
        let check = |on: &str, path: &str, expected: bool| {
            let mut options = Options::read(on);
            let scope = Scope::read(&mut options);
            assert_eq!(scope.covers(path), expected, "{on}: {path}");
            assert!(options.finish(Some(())).is_ok(), "{on}");
        };
        check("share=1", claim, true);
        check(
            "share=1",
            "/brunt.events.v1.UserLoggedInEvents/OnMessage",
            true,
        );
        check("share=1", "/metrics", false);
        check("share=1", "/healthz", false);
        check("on=/", "/metrics", true);
        check("on=/challenge/v1", claim, true);
        check("on=/challenge/v", claim, false);
        check("on=/challenge/v*", claim, true);
        check("on=/challenge/v1/challenges/*/goals/*/claim", claim, true);
        check("on=/challenge/v1/challenges/*/goals/*/active", claim, false);
        check(
            "on=/challenge/v1/challenges/*",
            "/challenge/v1/challenges",
            false,
        );
        check("on=store", claim, false);
    }
}
