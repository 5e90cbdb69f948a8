//! Profiles that are taken of processes while they are under load, and when.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::{Addresses, Stage};

/// A stage without captures of its own has profiles taken where it is longer than this.
const LONG: Duration = Duration::from_mins(2);

/// Profiles to take from one process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaptureSpec {
    /// Name of the process, a slug.
    pub component: String,
    /// Slug of the stage; absent for every stage longer than two minutes.
    pub stage: Option<String>,
    /// What is taken.
    pub kinds: Vec<ProfileKind>,
    /// How long a CPU profile looks on.
    pub duration: Duration,
    /// How many CPU profiles there are of a stage, not 0; [one](Self::windows_in) where so many are too
    /// much for it.
    pub windows: u32,
    /// Where: the name of an address of the scenario, or a base URL.
    pub address: String,
    /// Paths of kinds, where they are others than [`ProfileKind::path`].
    pub paths: BTreeMap<ProfileKind, String>,
}

/// What a profile shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProfileKind {
    /// Where the CPU time goes, over a while.
    Cpu,
    /// What memory is in use, and who has asked for it.
    Heap,
    /// The tasks of the runtime.
    Tasks,
    /// Who waits for whom.
    Contention,
}

impl ProfileKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Cpu, Self::Heap, Self::Tasks, Self::Contention];

    /// As scenarios and names of files have it.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Heap => "heap",
            Self::Tasks => "tasks",
            Self::Contention => "contention",
        }
    }

    /// Where pprof endpoints offer it: Go's paths, where Go has it.
    pub fn path(self) -> &'static str {
        match self {
            Self::Cpu => "/debug/pprof/profile",
            Self::Heap => "/debug/pprof/heap",
            Self::Tasks => "/debug/pprof/tasks",
            Self::Contention => "/debug/pprof/contention",
        }
    }
}

impl fmt::Display for ProfileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cpu => "CPU",
            other => other.slug(),
        })
    }
}

/// One profile of one stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlannedProfile {
    /// What it shows.
    pub kind: ProfileKind,
    /// When it is taken.
    pub moment: Moment,
    /// When it begins, since the start of the stage.
    pub offset: Duration,
    /// How long it looks on; absent for what shows one instant.
    pub length: Option<Duration>,
}

/// When a profile is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// A CPU profile is centred on it; the others come after that, so that they are not in it.
    Middle,
    /// One of several CPU profiles; the others of the middle come after the middle one of these.
    Spread,
    /// When the last arrival of the stage could be due.
    End,
}

impl CaptureSpec {
    /// The profiles of `stage`, in the order in which they begin.
    pub fn of_stage(&self, stage: &Stage) -> Vec<PlannedProfile> {
        let wanted = match &self.stage {
            Some(name) => *name == stage.name,
            None => stage.duration > LONG,
        };
        if !wanted {
            return Vec::new();
        }
        let whole = stage.duration;
        let length = if self.kinds.contains(&ProfileKind::Cpu) {
            self.duration.min(whole)
        } else {
            Duration::ZERO
        };
        let windows = self.windows_in(stage);
        let (moment, from) = match windows {
            1 => (Moment::Middle, Duration::ZERO),
            _ => (Moment::Spread, stage.warmup),
        };
        // Each in the middle of its part of the stage.
        let part = whole.saturating_sub(from) / windows;
        let begins = |window: u32| from + part * window + part.saturating_sub(length) / 2;
        let mut planned = Vec::new();
        for kind in &self.kinds {
            if *kind == ProfileKind::Cpu {
                planned.extend((0..windows).map(|window| PlannedProfile {
                    kind: *kind,
                    moment,
                    offset: begins(window),
                    length: Some(length),
                }));
                continue;
            }
            let offset = begins((windows - 1) / 2) + length;
            planned.push(PlannedProfile {
                kind: *kind,
                moment: Moment::Middle,
                offset,
                length: None,
            });
            if *kind == ProfileKind::Heap && offset < whole {
                planned.push(PlannedProfile {
                    kind: *kind,
                    moment: Moment::End,
                    offset: whole,
                    length: None,
                });
            }
        }
        planned.sort_by_key(|profile| profile.offset);
        planned
    }

    /// How many CPU profiles there are of `stage`: several take half of what follows its warm-up at the most,
    /// so that each is built and sent before the next begins.
    pub(crate) fn windows_in(&self, stage: &Stage) -> u32 {
        let judged = stage.duration.saturating_sub(stage.warmup);
        if self.duration.saturating_mul(2 * self.windows) <= judged {
            self.windows
        } else {
            1
        }
    }

    /// The base URL of its endpoint, to which a path can be added; the error says why there is none.
    pub(crate) fn base<'a>(&'a self, addresses: &'a Addresses) -> Result<&'a str, String> {
        if self.address.contains("://") {
            Ok(self.address.trim_end_matches('/'))
        } else {
            addresses.known(&self.address)
        }
    }

    /// Path and query of a profile.
    pub(crate) fn path(&self, kind: ProfileKind) -> &str {
        let own = self.paths.get(&kind);
        own.map_or_else(|| kind.path(), String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(
        stage: Option<&str>,
        kinds: &[ProfileKind],
        minutes: u64,
        want: &[(&str, Moment, u64)],
    ) {
        check_windows(stage, kinds, 1, minutes, want);
    }

    /// Of a stage longer than 5 minutes the first is warm-up.
    fn check_windows(
        stage: Option<&str>,
        kinds: &[ProfileKind],
        windows: u32,
        minutes: u64,
        want: &[(&str, Moment, u64)],
    ) {
        let spec = CaptureSpec {
            component: "service".to_owned(),
            stage: stage.map(str::to_owned),
            kinds: kinds.to_vec(),
            duration: Duration::from_secs(30),
            windows,
            address: "admin".to_owned(),
            paths: BTreeMap::new(),
        };
        let stage = Stage {
            name: "gameplay".to_owned(),
            duration: Duration::from_mins(minutes),
            grace: Duration::ZERO,
            warmup: Duration::from_secs(if minutes > 5 { 60 } else { 0 }),
            judged: true,
            abort_when: Vec::new(),
            streams: Vec::new(),
        };
        let planned = spec.of_stage(&stage);
        let planned: Vec<_> = planned
            .iter()
            .map(|p| (p.kind.slug(), p.moment, p.offset.as_secs()))
            .collect();
        assert_eq!(planned, want);
    }

    #[test]
    fn profiles_are_taken_in_the_middle_and_heaps_at_the_end_too() {
        use Moment::{End, Middle};
        use ProfileKind::{Cpu, Heap, Tasks};
        let both = [
            ("cpu", Middle, 75),
            ("heap", Middle, 105),
            ("heap", End, 180),
        ];
        check(None, &[Cpu, Heap], 3, &both);
        check(None, &[Heap, Cpu], 3, &both);
        // Short stages are left alone, unless they are named.
        check(None, &[Cpu, Heap], 2, &[]);
        check(Some("gameplay"), &[Cpu], 2, &[("cpu", Middle, 45)]);
        check(Some("init"), &[Cpu], 2, &[]);
        check(
            Some("gameplay"),
            &[Tasks, Heap],
            1,
            &[
                ("tasks", Middle, 30),
                ("heap", Middle, 30),
                ("heap", End, 60),
            ],
        );
        // One heap is enough where the middle is at the end.
        check(
            Some("gameplay"),
            &[Cpu, Heap],
            0,
            &[("cpu", Middle, 0), ("heap", Middle, 0)],
        );
    }
    #[test]
    fn several_windows_are_spread_over_what_follows_the_warm_up() {
        use Moment::{End, Middle, Spread};
        use ProfileKind::{Cpu, Heap};
        check_windows(
            None,
            &[Cpu, Heap],
            3,
            10,
            &[
                ("cpu", Spread, 135),
                ("cpu", Spread, 315),
                ("heap", Middle, 345),
                ("cpu", Spread, 495),
                ("heap", End, 600),
            ],
        );
        // Half of three minutes is three times 30 s.
        let three = [
            ("cpu", Spread, 15),
            ("cpu", Spread, 75),
            ("cpu", Spread, 135),
        ];
        check_windows(None, &[Cpu], 3, 3, &three);
        check_windows(None, &[Cpu], 4, 3, &[("cpu", Middle, 75)]);
        let two = [
            ("cpu", Spread, 15),
            ("heap", Middle, 45),
            ("cpu", Spread, 75),
            ("heap", End, 120),
        ];
        check_windows(Some("gameplay"), &[Heap, Cpu], 2, 2, &two);
    }
}
