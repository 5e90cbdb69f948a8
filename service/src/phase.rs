//! A phase: which of the recorded optimisations are switched on.
//!
//! Presets are files in `service/phases/`, built in; any other file with the same keys will do.
//! A file that names a `base` has only what differs from it.

use std::num::NonZeroU32;
use std::path::Path;
use std::time::Duration;

use crate::keys::{
    Bound, Entry, Form, Key, Layers, Linger, Mistake, Place, SettingsError, entries, keys,
};
use crate::store::PoolLimits;

keys! {
    /// The switches of one phase: the content of a phase file.
    ///
    /// This table is the one place where a switch is added; `phase8.toml` has its first value.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Switches {
        /// Connections to the database; for SQLite the upper bound of its readers.
        pool: NonZeroU32,
        /// A statement waits so long for a connection before it is refused.
        pool_timeout: Duration,
        /// Which rows a new user gets.
        materialisation: Materialisation {
            /// A row for every goal of the catalogue; those assigned by default are active
            Eager,
            /// A row for every goal assigned by default; others on first use
            Lazy,
        },
        /// How it is found out whether a user has all the rows that it needs.
        returning_check: ReturningCheck {
            /// By selecting them
            Rows,
            /// By counting those that are there
            Count,
            /// By asking whether none is missing
            Exists,
            /// By looking into the cache, and else by selecting them
            Cache,
        },
        /// Where users who have all their rows are remembered, for `returning_check = "cache"`.
        cache: Cache {
            /// Nowhere
            None,
            /// In this process
            Memory,
            /// In Redis, shared by all instances
            Redis,
        },
        /// Users that the cache in this process holds at most.
        cache_users: NonZeroU32,
        /// A user is remembered so long.
        cache_expiry: Duration,
        /// Redis may keep a request waiting so long before the database is asked instead.
        cache_timeout: Duration,
        /// New users whose rows may be inserted by one statement; SQLite's writer commits for several
        /// at any value.
        initialise_batch: Bound,
        /// The longest pause after the rows of new users were inserted, in which others gather for the next
        /// statement: as long as the last one took; not with `initialise_batch = "off"`.
        initialise_linger: Duration,
        /// How an event reaches the database.
        events: Events {
            /// One statement an event, acknowledged when it is durable
            Direct,
            /// Many events in one statement, acknowledged when it is durable
            GroupCommit,
            /// As group commit, but acknowledged before: a crash loses up to `event_queue` and one
            /// `event_batch` more
            WriteBehind,
        },
        /// An event whose id was seen within this time has no effect again.
        event_window: Duration,
        /// The longest pause after a batch, in which events gather for the next: as long as the last one
        /// took; not with `events = "direct"`, nor with group commit in SQLite, whose writer gathers by
        /// itself.
        event_linger: Linger,
        /// Events that are committed together, at most, where they wait for others.
        event_batch: NonZeroU32,
        /// Events that may wait: one more is refused; not with `events = "direct"`.
        event_queue: NonZeroU32,
        /// How a goal is switched on or off.
        set_active: SetActive {
            /// The row is written whatever it held
            RowUpdate,
            /// The row is locked in a transaction, then written
            RowLock,
            /// The row is read, and written if its version is still the same
            Optimistic,
            /// Rows of many requests are written by one statement
            Queued,
        },
        /// How often an optimistic write is tried before the request is refused as a conflict.
        set_active_attempts: NonZeroU32,
        /// How the response with all goals is made.
        catalogue_body: CatalogueBody {
            /// Serialised from scratch for every request
            Serde,
            /// Serialised once, with a player's own standings filled in
            Template,
        },
        /// How responses for players are compressed, for those who accept it; REST only.
        compression: Compression {
            /// Not at all
            None,
            /// By gzip, at its fastest
            Gzip,
        },
        /// Requests of players and events in progress, at most: one more is turned away at once.
        admission: Bound,
        /// When a claimed reward is granted.
        rewards: Rewards {
            /// While the player waits for the answer to the claim
            Inline,
            /// Afterwards: the claim notes that the reward is owed, and a worker gets it granted
            Outbox,
        },
    }
}

impl Switches {
    /// The bounds of the pool.
    pub fn pool_limits(&self) -> PoolLimits {
        PoolLimits {
            connections: self.pool,
            timeout: self.pool_timeout,
        }
    }
}

/// The key of the phase: it stands apart because it says what the others are.
pub const PHASE: Key = Key {
    name: "phase",
    doc: &["Optimisations that are on: the name of a preset, or a phase file."],
    forms: || {
        vec![Form::any(
            "NAME",
            "the name of a preset, or the path of a phase file",
        )]
    },
    default: Some("phase9"),
};

/// The switches with their name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phase {
    /// What the log and the metrics call it: `phase9`, or `phase9+pool=50` where a switch is not as
    /// the phase has it.
    pub name: String,
    /// The preset or the file that it was loaded from.
    pub source: String,
    /// The switches themselves.
    pub switches: Switches,
}

const PRESETS: [(&str, &str); 5] = [
    ("phase8", include_str!("../phases/phase8.toml")),
    ("phase9", include_str!("../phases/phase9.toml")),
    ("phase10", include_str!("../phases/phase10.toml")),
    ("phase11", include_str!("../phases/phase11.toml")),
    ("phase12", include_str!("../phases/phase12.toml")),
];

/// The names of the presets, in the order of the story.
pub fn preset_names() -> impl Iterator<Item = &'static str> {
    PRESETS.iter().map(|(name, _)| *name)
}

/// The key by which a phase file names what it differs from.
const BASE: &str = "base";

/// More than anybody stacks, fewer than a file that is its own base.
const MAX_BASES: usize = 16;

impl Phase {
    /// The preset called `name`, or else the phase in the file of that path.
    pub fn load(name: &str) -> Result<Self, SettingsError> {
        let named = Entry {
            key: PHASE.name.to_owned(),
            text: name.to_owned(),
            place: Place::Flag(PHASE.flag()),
        };
        let mut layers = Layers::default();
        let phase = Self::over(&named, Vec::new(), &mut layers);
        let mistakes = layers.finish(&Switches::KEYS.iter().collect::<Vec<_>>());
        match phase {
            Some(phase) if mistakes.is_empty() => Ok(phase),
            _ => Err(SettingsError(mistakes)),
        }
    }

    /// The phase that `named` names, with `given` over it. What of `given` is no switch stays in `layers`.
    pub(crate) fn over(named: &Entry, given: Vec<Entry>, layers: &mut Layers) -> Option<Self> {
        let files = files(named, layers);
        layers.set_owner(files.first().map_or(&named.place, |(place, _)| place));
        let mut alone = Layers::default();
        let known: Vec<_> = Switches::KEYS.iter().collect();
        for entry in files.iter().rev().flat_map(|(_, entries)| entries) {
            if known.iter().any(|key| key.name == entry.key) {
                alone.add(entry.clone());
                layers.add(entry.clone());
            } else {
                layers.note(Mistake::unknown(entry, &known));
            }
        }
        for entry in given {
            layers.add(entry);
        }
        let switches = Switches::take(layers)?;
        let mut name = Path::new(&named.text)
            .file_stem()
            .map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        let unchanged = Switches::take(&mut alone).map_or_else(Vec::new, |s| s.to_toml());
        for (key, value) in switches.to_toml() {
            if !unchanged.contains(&(key, value.clone())) {
                let value = value.unwrap_or_default();
                name = format!("{name}+{key}={}", value.trim_matches('"'));
            }
        }
        Some(Self {
            name,
            source: named.text.clone(),
            switches,
        })
    }
}

/// The entries of the file that is named, then of its base, and so on.
fn files(named: &Entry, layers: &mut Layers) -> Vec<(Place, Vec<Entry>)> {
    let mut files: Vec<(Place, Vec<Entry>)> = Vec::new();
    let mut next = Some((named.text.clone(), named.place.clone()));
    while let Some((name, place)) = next.take() {
        if files.len() == MAX_BASES {
            layers.note(Mistake::new(
                &place,
                format!("{BASE} \"{name}\" goes round in a circle"),
            ));
            break;
        }
        let text = match PRESETS.iter().find(|(preset, _)| *preset == name) {
            Some((_, text)) => Ok((*text).to_owned()),
            None => std::fs::read_to_string(&name),
        };
        let text = match text {
            Ok(text) => text,
            Err(error) => {
                let what =
                    format!("phase \"{name}\" is no preset and no file can be read there: {error}");
                let presets: Vec<_> = preset_names().collect();
                let hint = format!("presets are {}", presets.join(", "));
                layers.note(Mistake::new(&place, what).hint(hint));
                break;
            }
        };
        let (base, entries): (Vec<_>, Vec<_>) = entries(Path::new(&name), &text, layers)
            .into_iter()
            .partition(|entry| entry.key == BASE);
        next = base.into_iter().next().map(|base| (base.text, base.place));
        files.push((Place::File(name.into()), entries));
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys in which two presets differ.
    fn differences(a: &str, b: &str) -> Vec<&'static str> {
        let values = |name| Phase::load(name).unwrap().switches.to_toml();
        let pairs = values(a).into_iter().zip(values(b));
        pairs
            .filter(|(a, b)| a != b)
            .map(|((key, _), _)| key)
            .collect()
    }

    #[test]
    fn neighbours_differ_in_what_the_story_switches_on() {
        let check = |a, b, keys: &[&str]| assert_eq!(differences(a, b), keys, "{a} to {b}");
        check("phase8", "phase9", &["materialisation"]);
        let fast_path = ["pool", "returning_check", "cache", "initialise_batch"];
        check("phase9", "phase10", &fast_path);
        check("phase10", "phase11", &["rewards"]);
        check(
            "phase11",
            "phase12",
            &["events", "set_active", "catalogue_body"],
        );
    }

    #[test]
    fn a_file_has_what_differs_from_its_base() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.toml");
        std::fs::write(&path, "base = \"phase8\"\npool = 7\n").unwrap();
        let mine = Phase::load(path.to_str().unwrap()).unwrap();
        assert_eq!(mine.name, "mine");
        let expected = Switches {
            pool: NonZeroU32::new(7).unwrap(),
            ..Phase::load("phase8").unwrap().switches
        };
        assert_eq!(mine.switches, expected);
    }

    #[test]
    fn all_mistakes_of_a_file_are_told_with_their_lines() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.toml");
        let text = "base = \"phase9\"\nfaster = true\npool = 0\nevents = \"sometimes\"\n";
        std::fs::write(&path, text).unwrap();
        let error = Phase::load(path.to_str().unwrap()).unwrap_err().to_string();
        for told in [
            "mine.toml:2: unknown key faster",
            "mine.toml:3: \"0\" is no value for pool",
            "mine.toml:4: \"sometimes\" is no value for events",
            "hint: pool is a whole number from 1",
            "3 mistakes",
        ] {
            assert!(error.contains(told), "no {told} in {error}");
        }
    }

    #[test]
    fn what_a_file_without_a_base_lacks_is_a_mistake() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.toml");
        std::fs::write(&path, "pool = 3\n").unwrap();
        let error = Phase::load(path.to_str().unwrap()).unwrap_err().to_string();
        assert!(error.contains("mine.toml: no materialisation"), "{error}");
        assert!(
            error.contains("materialisation is eager or lazy"),
            "{error}"
        );
    }

    #[test]
    fn a_file_that_is_its_own_base_is_a_mistake() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.toml");
        std::fs::write(&path, format!("base = {path:?}\n")).unwrap();
        let error = Phase::load(path.to_str().unwrap()).unwrap_err().to_string();
        assert!(error.contains("in a circle"), "{error}");
    }

    #[test]
    fn a_name_that_is_neither_preset_nor_file_lists_the_presets() {
        let error = Phase::load("phase7").unwrap_err().to_string();
        assert!(
            error.contains("presets are phase8, phase9, phase10"),
            "{error}"
        );
    }
}
