//! The files of a synthetic record.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use brunt_record::{
    ActionPlan, ActionTotals, Build, Capture, Completeness, CountsRow, Ending, ErrorSample,
    FailureCounts, GeneratorHealth, Host, IncludedFile, Latency, LatencyTag, Manifest, Measure,
    MixShare, Outcome, Plan, ProfileName, RatePoint, RecordWriter, SCHEMA_VERSION, Saturation,
    ScenarioRef, Second, SessionAction, SessionPlan, StagePlan, StreamPlan, new_histogram,
    sha256_hex,
};
use hdrhistogram::Histogram;

use super::{Action, Stage, Synthetic};

impl Synthetic {
    /// Writes the record into `parent/phase` and returns that directory.
    pub fn write(&self, parent: &Path) -> PathBuf {
        let dir = parent.join(&self.phase);
        let mut writer =
            RecordWriter::create(&dir, &self.draft(), self.scenario.as_bytes()).unwrap();
        let mut totals = Vec::new();
        let mut start = 0;
        for stage in &self.stages {
            let second = |s| stage.second(s, start + s);
            let seconds: Vec<Second> = (0..=stage.seconds).map(second).collect();
            for s in 0..=stage.seconds {
                writer.append(&self.apart(second(s))).unwrap();
            }
            totals.extend(stage.actions.iter().map(|a| stage.totals(a, &seconds)));
            start += stage.seconds + stage.idle_s + 1;
        }
        if self.ending == Ending::Running {
            return dir;
        }
        let mut manifest = self.draft();
        manifest.ended_at =
            Some(manifest.started_at + jiff::SignedDuration::from_secs(start.cast_signed()));
        manifest.completeness = Completeness {
            ending: self.ending,
            reason: match self.ending {
                Ending::Interrupted => Some("SIGINT".into()),
                Ending::Aborted => Some("threshold \"p99 > 2s for 10s\"".into()),
                Ending::Complete | Ending::Running => None,
            },
            seconds: start,
        };
        manifest.generator = Some(GeneratorHealth {
            cpu_us: Some(1_000_000),
            peak_memory_bytes: Some(64 << 20),
            clock_step_us: self.clock_step_us,
            lateness: Latency {
                p50_us: 100,
                p99_us: 200,
                max_us: 200,
            },
            saturated: self.saturated.clone(),
            saturations: self.saturations(),
        });
        for (name, bytes) in &self.profiles {
            let name: ProfileName = name.parse().unwrap();
            let file = RecordWriter::add_profile(&dir, &name, bytes).unwrap();
            manifest.captures.push(Capture {
                component: name.component,
                kind: name.kind,
                stage: name.stage,
                started_us: None,
                length_us: None,
                file: Some(file),
                problem: None,
            });
        }
        (manifest.session_totals, manifest.totals) = totals
            .into_iter()
            .partition(|total| self.is_session(&total.action));
        writer.finish(manifest).unwrap()
    }

    fn saturations(&self) -> Vec<Saturation> {
        let until = self.saturated_until_s.into_iter();
        let each = until.flat_map(|s| self.saturated.iter().map(move |stream| (s, stream)));
        each.map(|(s, stream)| Saturation {
            stream: stream.clone(),
            first_us: 0,
            last_us: s * 1_000_000 + 999_000,
        })
        .collect()
    }

    /// Is it the name of a session?
    fn is_session(&self, name: &str) -> bool {
        self.sessions.iter().any(|session| session == name)
    }

    /// The actions of the stages that have this session.
    fn beside(&self, session: &str) -> impl Iterator<Item = &Action> {
        let named = move |stage: &&Stage| stage.actions.iter().any(|a| a.name == session);
        let actions = self.stages.iter().filter(named).flat_map(|s| &s.actions);
        actions.filter(move |action| !self.is_session(&action.name))
    }

    /// The second with its sessions apart from the actions.
    fn apart(&self, mut second: Second) -> Second {
        let counts = std::mem::take(&mut second.counts);
        let latencies = std::mem::take(&mut second.latencies);
        (second.sessions, second.counts) = counts
            .into_iter()
            .partition(|row| self.is_session(&row.action));
        (second.session_latencies, second.latencies) = latencies
            .into_iter()
            .partition(|(tag, _)| self.is_session(&tag.action));
        second
    }

    fn draft(&self) -> Manifest {
        let mut start = 0;
        let stages = self
            .stages
            .iter()
            .map(|stage| {
                let plan = stage.plan(start, self);
                start += stage.seconds + stage.idle_s + 1;
                plan
            })
            .collect();
        let (sessions, actions): (Vec<&Action>, Vec<&Action>) = self
            .stages
            .iter()
            .flat_map(|s| &s.actions)
            .partition(|action| self.is_session(&action.name));
        Manifest {
            schema: SCHEMA_VERSION,
            id: format!("20260101-120000-{}", self.phase),
            phase: self.phase.clone(),
            started_at: "2026-01-01T12:00:00Z".parse().unwrap(),
            ended_at: None,
            build: Build {
                version: "0.1.0".into(),
                commit: None,
            },
            scenario: ScenarioRef {
                name: "synthetic".into(),
                sha256: sha256_hex(self.scenario.as_bytes()),
                includes: self
                    .included
                    .iter()
                    .map(|text| IncludedFile {
                        name: "actions.toml".into(),
                        file: "includes/1-actions.toml".into(),
                        sha256: sha256_hex(text.as_bytes()),
                    })
                    .collect(),
                data: self.data.clone(),
            },
            overrides: vec![],
            seed: self.seed,
            labels: BTreeMap::new(),
            addresses: BTreeMap::from([("http".into(), "http://127.0.0.1:8000".into())]),
            plan: Plan {
                stages,
                sessions: sessions
                    .iter()
                    .map(|session| SessionPlan {
                        name: session.name.clone(),
                        actions: self
                            .beside(&session.name)
                            .map(|action| SessionAction {
                                action: action.name.clone(),
                                mean: 1.5,
                                most: 2,
                            })
                            .collect(),
                        mean_pause_us: 1_000_000,
                        targets: session.targets.clone(),
                    })
                    .collect(),
                actions: actions.into_iter().map(Action::plan).collect(),
                success_target: self.success_target,
                users: self.users,
            },
            host: Host {
                cpu: Some("Synthetic 1".into()),
                cores: Some(2),
                memory_bytes: Some(8 << 30),
                kernel: Some("Linux 6.1".into()),
                governor: None,
                fsync_us: Some(300),
                timer_late_p99_us: Some(90),
                shared_with_target: self.shared_host,
            },
            shards: 1,
            generator: None,
            completeness: Completeness {
                ending: Ending::Running,
                reason: None,
                seconds: 0,
            },
            totals: vec![],
            session_totals: vec![],
            captures: vec![],
            gauges: vec![],
            files: BTreeMap::new(),
        }
    }
}

impl Stage {
    fn plan(&self, start: u64, run: &Synthetic) -> StagePlan {
        let planned_s = self.seconds + self.idle_s;
        StagePlan {
            name: self.name.clone(),
            judged: self.judged,
            duration_us: planned_s * 1_000_000,
            warmup_us: self.warmup_s * 1_000_000,
            grace_us: 10_000_000,
            started_us: (run.ending != Ending::Running).then_some(start * 1_000_000),
            ended_us: self
                .ends_early
                .then_some((start + self.seconds) * 1_000_000 + 100_000),
            drained_us: (run.ending != Ending::Running)
                .then_some((start + planned_s) * 1_000_000 + 500_000),
            host_busy: run.host_busy,
            streams: [("load", false), ("players", true)]
                .into_iter()
                .filter(|(_, closed)| self.actions.iter().any(|a| a.closed == *closed))
                .map(|(name, closed)| self.stream(name, closed, run))
                .collect(),
        }
    }

    fn stream(&self, name: &str, closed: bool, run: &Synthetic) -> StreamPlan {
        let actions = || self.actions.iter().filter(|a| a.closed == closed);
        let requests = actions().filter(|a| !run.is_session(&a.name));
        let rate: u64 = requests.map(|a| a.rate_per_s).sum();
        StreamPlan {
            name: name.into(),
            process: match run.rates[..] {
                _ if closed => format!("closed: {} users", run.players),
                [] => "constant".into(),
                _ => "ramp".into(),
            },
            rates: run
                .rates
                .iter()
                .map(|(second, rate_per_s)| RatePoint {
                    at_us: second * 1_000_000,
                    rate_per_s: *rate_per_s,
                })
                .collect(),
            rate_per_s: (!closed).then_some(rate as f64),
            arrivals: (!closed).then_some(rate * self.seconds),
            max_in_flight: if closed {
                run.players
            } else {
                run.max_in_flight
            },
            mix: actions()
                .map(|a| MixShare {
                    action: a.name.clone(),
                    weight: if closed { 1 } else { a.rate_per_s },
                })
                .collect(),
            expected: vec![],
        }
    }

    /// Arrivals of `action` not settled when second `s` of the stage ends: a tenth of each second's
    /// settle in the next one, and what piles up settles in the last one.
    fn open(&self, action: &Action, s: u64) -> u64 {
        let piled_up = action.piled_up * ((s + 1) * action.rate_per_s) as f64;
        let open = action.rate_per_s / 10 + piled_up.floor() as u64;
        if s < self.seconds { open } else { 0 }
    }

    /// Second `s` of the stage.
    fn second(&self, s: u64, run_second: u64) -> Second {
        let mut second = Second {
            second: run_second,
            ..Second::default()
        };
        for action in &self.actions {
            let offered = if s < self.seconds {
                action.rate_per_s
            } else {
                0
            };
            let open_before = s.checked_sub(1).map_or(0, |s| self.open(action, s));
            let open = self.open(action, s);
            let settled = open_before + offered - open;
            let before = s * action.rate_per_s - open_before;
            let of = |share: f64| {
                let upto = |n: u64| (share * n as f64).floor() as u64;
                upto(before + settled) - upto(before)
            };
            let cold = (s < self.warmup_s).then_some(action.failed_cold);
            let failing = action.failed + cold.unwrap_or(0.0);
            let (failed, unsent) = (of(failing), of(action.unsent));
            let ok = settled - failed - unsent;
            if settled + offered == 0 {
                continue;
            }
            let kinds = (failed > 0).then(|| (action.kind.clone(), failed));
            let times = action.times(ok, run_second, s as f64 / self.seconds as f64);
            let mut push = |outcome, measure, histogram: Histogram<u64>| {
                if !histogram.is_empty() {
                    second.latencies.push((
                        LatencyTag {
                            stage: self.name.clone(),
                            action: action.name.clone(),
                            outcome,
                            measure,
                        },
                        histogram,
                    ));
                }
            };
            let in_flight_us = times.mean() * times.len() as f64 * action.in_flight;
            push(Outcome::Ok, Measure::Response, times.clone());
            push(Outcome::Ok, Measure::Service, times);
            push(Outcome::Ok, Measure::Lateness, action.lateness(ok));
            push(Outcome::Failed, Measure::Lateness, action.lateness(failed));
            if failed > 0 && s < 2 {
                second.errors.push(ErrorSample {
                    at_us: run_second * 1_000_000,
                    stage: self.name.clone(),
                    action: action.name.clone(),
                    kind: action.kind.clone(),
                    message: "503 Service Unavailable".into(),
                    response_us: 1_000_000,
                });
            }
            second.counts.push(CountsRow {
                second: run_second,
                stage: self.name.clone(),
                action: action.name.clone(),
                offered,
                sent: ok + failed,
                ok,
                failed,
                unsent,
                open,
                in_flight_us: in_flight_us as u64,
                failures: FailureCounts(kinds.into_iter().collect()),
            });
        }
        second
    }

    fn totals(&self, action: &Action, seconds: &[Second]) -> ActionTotals {
        let mut totals = ActionTotals {
            stage: self.name.clone(),
            action: action.name.clone(),
            offered: 0,
            ok: 0,
            failed: 0,
            unsent: 0,
            failures: BTreeMap::new(),
        };
        let mut failures = FailureCounts::default();
        let rows = seconds.iter().flat_map(|s| &s.counts);
        for row in rows.filter(|row| row.action == action.name) {
            totals.offered += row.offered;
            totals.ok += row.ok;
            totals.failed += row.failed;
            totals.unsent += row.unsent;
            failures.add(&row.failures);
        }
        totals.failures = failures.0;
        totals
    }
}

impl Action {
    fn plan(&self) -> ActionPlan {
        ActionPlan {
            name: self.name.clone(),
            protocol: "http".into(),
            call: format!("POST /challenge/v1/{}", self.name),
            timeout_us: 10_000_000,
            targets: self.targets.clone(),
            effect: self.effect.clone(),
        }
    }

    /// `n` response times at evenly spaced quantiles of a log-normal distribution.
    fn times(&self, n: u64, second: u64, progress: f64) -> Histogram<u64> {
        // A fixed sequence without a period (golden ratio), spread over -1..1.
        let stray = 2.0 * (second as f64 * 0.618_033_988_75).fract() - 1.0;
        let median = self.median_us * (1.0 + self.wobble * stray) * (1.0 + self.growth * progress);
        let mut histogram = new_histogram();
        for i in 0..n {
            let z = normal_quantile((i as f64 + 0.5) / n as f64);
            let us = (median * (self.sigma * z).exp()).round().max(1.0) as u64;
            histogram.saturating_record(us);
        }
        histogram
    }

    fn lateness(&self, n: u64) -> Histogram<u64> {
        let mut histogram = new_histogram();
        for i in 0..n {
            histogram
                .record((self.lateness_us * (i + 1) / n).max(1))
                .unwrap();
        }
        histogram
    }
}

/// Tukey's lambda distribution, close enough to the normal one.
fn normal_quantile(p: f64) -> f64 {
    (p.powf(0.135) - (1.0 - p).powf(0.135)) / 0.1975
}
