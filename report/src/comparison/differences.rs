//! Finds what differs between the loads of two runs.

use brunt_record::{ActionPlan, DataFile, DataKind, Manifest, ScenarioRef, StagePlan, StreamPlan};

use super::comparable::{Aspect, Comparability, Difference};
use super::side_runs::SideRuns;
use super::value::Sides;
use crate::language::span;

const ABSENT: &str = "absent";

/// Compares everything that makes the runs of both sides the same experiment: the first of each,
/// then what forbids to hold any of the others against the first of A.
pub(super) fn comparability(runs: Sides<SideRuns<'_>>, force: bool) -> Comparability {
    let a = &runs.a.first.manifest;
    let mut differences = differences(a, &runs.b.first.manifest);
    for run in runs.a.more().iter().chain(runs.b.more()) {
        for mut found in forbidding(a, &run.manifest) {
            let known = |known: &Difference| known.forbids && known.what == found.what;
            if !differences.iter().any(known) {
                found.b = format!("{} in {}", found.b, run.manifest.id);
                differences.push(found);
            }
        }
    }
    let forbidden = differences.iter().any(|d| d.forbids);
    Comparability {
        judged: !forbidden || force,
        forced: forbidden && force,
        differences,
    }
}

/// What makes two runs different experiments.
pub(crate) fn forbidding(a: &Manifest, b: &Manifest) -> Vec<Difference> {
    let mut found = differences(a, b);
    found.retain(|difference| difference.forbids);
    found
}

fn differences(a: &Manifest, b: &Manifest) -> Vec<Difference> {
    let mut found = Found::default();
    plans(&mut found, a, b);
    found.note(
        Aspect::Scenario,
        true,
        scenario(a, &b.scenario.name),
        scenario(b, &a.scenario.name),
    );
    data(&mut found, &a.scenario, &b.scenario);
    provenance(&mut found, a, b);
    found.differences
}

#[derive(Default)]
struct Found {
    differences: Vec<Difference>,
}

impl Found {
    fn note(&mut self, what: Aspect, forbids: bool, a: String, b: String) {
        if a != b {
            self.differences.push(Difference {
                what,
                a,
                b,
                forbids,
            });
        }
    }

    /// A difference that makes the runs different experiments.
    fn load(&mut self, what: Aspect, a: String, b: String) {
        self.note(what, true, a, b);
    }

    /// One that a reader must know of.
    fn known(&mut self, what: Aspect, a: String, b: String) {
        self.note(what, false, a, b);
    }
}

fn plans(found: &mut Found, a: &Manifest, b: &Manifest) {
    let names = |m: &Manifest| list(m.plan.stages.iter().map(|s| s.name.clone()));
    found.load(Aspect::Stages, names(a), names(b));
    for stage in &a.plan.stages {
        if let Some(other) = b.plan.stages.iter().find(|s| s.name == stage.name) {
            stages(found, stage, other);
        }
    }
    if let (Some(in_a), Some(in_b)) = (a.plan.users, b.plan.users) {
        // Records from before it was kept have the same file, or differ by that.
        found.load(Aspect::Users, in_a.to_string(), in_b.to_string());
    }
    for action in &a.plan.actions {
        if let Some(other) = b.plan.actions.iter().find(|x| x.name == action.name) {
            let action_name = action.name.clone();
            let call = |x: &ActionPlan| format!("{} {}", x.protocol, x.call);
            found.load(
                Aspect::Call {
                    action: action_name.clone(),
                },
                call(action),
                call(other),
            );
            found.load(
                Aspect::Timeout {
                    action: action_name,
                },
                span(action.timeout_us),
                span(other.timeout_us),
            );
        }
    }
    found.known(Aspect::Targets, targets(a), targets(b));
}

fn stages(found: &mut Found, a: &StagePlan, b: &StagePlan) {
    let stage = || a.name.clone();
    let yes = |judged: bool| if judged { "yes" } else { "no" }.to_owned();
    found.load(
        Aspect::Judged { stage: stage() },
        yes(a.judged),
        yes(b.judged),
    );
    found.load(
        Aspect::Duration { stage: stage() },
        span(a.duration_us),
        span(b.duration_us),
    );
    found.load(
        Aspect::Warmup { stage: stage() },
        span(a.warmup_us),
        span(b.warmup_us),
    );
    found.load(
        Aspect::Grace { stage: stage() },
        span(a.grace_us),
        span(b.grace_us),
    );
    let names = |s: &StagePlan| list(s.streams.iter().map(|x| x.name.clone()));
    found.load(Aspect::Streams { stage: stage() }, names(a), names(b));
    for stream in &a.streams {
        if let Some(other) = b.streams.iter().find(|s| s.name == stream.name) {
            streams(found, &a.name, stream, other);
        }
    }
}

fn streams(found: &mut Found, stage: &str, a: &StreamPlan, b: &StreamPlan) {
    let stage = || stage.to_owned();
    let stream = || a.name.clone();
    found.load(
        Aspect::Process {
            stage: stage(),
            stream: stream(),
        },
        a.process.clone(),
        b.process.clone(),
    );
    found.load(
        Aspect::Rate {
            stage: stage(),
            stream: stream(),
        },
        rate(a),
        rate(b),
    );
    found.load(
        Aspect::Arrivals {
            stage: stage(),
            stream: stream(),
        },
        arrivals(a),
        arrivals(b),
    );
    // Users of a closed model are part of the process, and their number is the bound.
    if a.rate_per_s.is_some() && b.rate_per_s.is_some() {
        found.load(
            Aspect::MaxInFlight {
                stage: stage(),
                stream: stream(),
            },
            a.max_in_flight.to_string(),
            b.max_in_flight.to_string(),
        );
    }
    found.load(
        Aspect::Mix {
            stage: stage(),
            stream: stream(),
        },
        mix(a),
        mix(b),
    );
}

fn rate(stream: &StreamPlan) -> String {
    let rate = stream.rate_per_s;
    rate.map_or_else(|| "as users go".to_owned(), |rate| format!("{rate}/s"))
}

fn arrivals(stream: &StreamPlan) -> String {
    let arrivals = stream.arrivals;
    arrivals.map_or_else(|| "not planned".to_owned(), |n| n.to_string())
}

fn provenance(found: &mut Found, a: &Manifest, b: &Manifest) {
    found.known(Aspect::Seed, a.seed.to_string(), b.seed.to_string());
    found.known(Aspect::Shards, a.shards.to_string(), b.shards.to_string());
    let known = |value: Option<String>| value.unwrap_or_else(|| "not recorded".to_owned());
    let host = |m: &Manifest| {
        let h = &m.host;
        [
            ("processor", known(h.cpu.clone())),
            ("cores", known(h.cores.map(|n| n.to_string()))),
            ("memory", known(h.memory_bytes.map(crate::language::bytes))),
            ("kernel", known(h.kernel.clone())),
            ("governor", known(h.governor.clone())),
            (
                "shared with the service",
                if h.shared_with_target { "yes" } else { "no" }.to_owned(),
            ),
        ]
    };
    for ((property, of_a), (_, of_b)) in host(a).into_iter().zip(host(b)) {
        let property = property.to_owned();
        found.known(Aspect::Host { property }, of_a, of_b);
    }
    let mut names: Vec<&String> = a.labels.keys().chain(b.labels.keys()).collect();
    names.sort();
    names.dedup();
    for name in names {
        let label = |m: &Manifest| m.labels.get(name).map_or(ABSENT.to_owned(), Clone::clone);
        found.known(Aspect::Label { name: name.clone() }, label(a), label(b));
    }
    let build = |m: &Manifest| match &m.build.commit {
        Some(commit) => format!("{} ({commit})", m.build.version),
        None => m.build.version.clone(),
    };
    found.known(Aspect::Build, build(a), build(b));
}

/// Other data are another load; definitions may gain a field that nobody sends.
fn data(found: &mut Found, a: &ScenarioRef, b: &ScenarioRef) {
    // Nothing is known of records from before it was noted.
    let (Some(in_a), Some(in_b)) = (&a.data, &b.data) else {
        return;
    };
    let mut named: Vec<(DataKind, &String)> = Vec::new();
    for file in in_a.iter().chain(in_b) {
        let one = (file.kind, &file.name);
        if !named.contains(&one) {
            named.push(one);
        }
    }
    for (kind, name) in named {
        let digests = |files: &[DataFile]| {
            let same = files
                .iter()
                .filter(|file| file.kind == kind && file.name == *name);
            let digests: Vec<&str> = same.map(|file| short(&file.sha256)).collect();
            match digests[..] {
                [] => ABSENT.to_owned(),
                _ => format!("sha256 {}", digests.join(" ")),
            }
        };
        let what = Aspect::Data {
            kind,
            name: name.clone(),
        };
        let forbids = kind != DataKind::Proto;
        found.note(what, forbids, digests(in_a), digests(in_b));
    }
}

fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}

/// The digest decides; the name stands beside it where the names differ.
fn scenario(m: &Manifest, other_name: &str) -> String {
    let includes = m.scenario.includes.iter();
    let includes = includes.map(|file| format!(", {} {}", file.name, short(&file.sha256)));
    let digest = format!(
        "sha256 {}{}",
        short(&m.scenario.sha256),
        includes.collect::<String>()
    );
    if m.scenario.name == other_name {
        digest
    } else {
        format!("{} ({digest})", m.scenario.name)
    }
}

fn mix(stream: &StreamPlan) -> String {
    let mut shares: Vec<String> = stream
        .mix
        .iter()
        .map(|share| format!("{} {}", share.action, share.weight))
        .collect();
    shares.sort();
    list(shares)
}

fn targets(m: &Manifest) -> String {
    let actions = m.plan.actions.iter().map(|a| (&a.name, &a.targets));
    let sessions = m.plan.sessions.iter().map(|s| (&s.name, &s.targets));
    let latency = actions.chain(sessions).flat_map(|(name, targets)| {
        targets.iter().map(move |target| {
            format!(
                "{name} p{} {}",
                trimmed_percent(target.quantile),
                crate::language::limit(target.limit_us)
            )
        })
    });
    let success = m
        .plan
        .success_target
        .map(|share| format!("success {}", crate::language::share_target(share)));
    list(latency.chain(success))
}

/// 0.999 is "99.9".
fn trimmed_percent(quantile: f64) -> f64 {
    (quantile * 1e6).round() / 1e4
}

fn list(items: impl IntoIterator<Item = String>) -> String {
    let items: Vec<String> = items.into_iter().collect();
    if items.is_empty() {
        "none".to_owned()
    } else {
        items.join(", ")
    }
}
