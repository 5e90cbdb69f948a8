//! `--dry-run`: the plan of a scenario in words, as it would be sent.

use std::fmt::Write as _;
use std::time::Duration;

use brunt_loadgen::plan::{
    Plan, PlannedStream, each_user_arrivals, record_actions, record_sessions, record_stages,
};
use brunt_loadgen::scenario::{Arriving, GaugeSpec, Moment, PlannedProfile, UserPick};
use brunt_loadgen::{Overrides, Scenario};
use brunt_record::{ActionPlan, LatencyTarget, StagePlan, StreamPlan};
use brunt_report::language::{count, limit, plural, share_target, span};

/// How many requests users send depends on the responses.
const CLOSED_TOO: &str = ", and what the users of closed streams send";

/// Where the steps of sessions are left to chance.
const EXPECTED_TOO: &str = " expected";

/// Everything that a run of `scenario` would do.
pub(crate) fn outline(scenario: &Scenario, overrides: &Overrides) -> String {
    let plan = Plan::new(scenario);
    let stages = record_stages(&plan, scenario);
    let mut text = head(scenario, overrides, &stages);
    for (stage, planned) in stages.iter().zip(&plan.stages) {
        stage_head(&mut text, stage);
        for (stream, planned) in stage.streams.iter().zip(&planned.streams) {
            stream_lines(&mut text, stream);
            columns(
                &mut text,
                "    ",
                &mix(scenario, stream, planned),
                &[false, true, false],
            );
        }
        for threshold in &planned.stage.abort_when {
            let _ = writeln!(text, "  abort at {}", threshold.text);
        }
        for capture in &scenario.captures {
            for profile in capture.of_stage(&planned.stage) {
                profile_line(&mut text, &capture.component, &profile);
            }
        }
    }
    gauges(&mut text, scenario);
    actions(&mut text, scenario, &plan);
    sessions(&mut text, scenario, &plan);
    text
}

fn profile_line(text: &mut String, component: &str, profile: &PlannedProfile) {
    let length = profile.length;
    let length = length.map_or(String::new(), |length| format!(" for {}", spanned(length)));
    let moment = match profile.moment {
        Moment::Middle => "in the middle".to_owned(),
        Moment::Spread => format!("after {}", spanned(profile.offset)),
        Moment::End => "at the end".to_owned(),
    };
    let _ = writeln!(
        text,
        "  a {} profile of {component}{length}, {moment}",
        profile.kind
    );
}

/// What is read beside the generator itself.
fn gauges(text: &mut String, scenario: &Scenario) {
    let host = scenario.gauges.host.then_some("host".to_owned());
    let sources = scenario.gauges.sources.iter().map(GaugeSpec::title);
    let all: Vec<String> = host.into_iter().chain(sources).collect();
    if !all.is_empty() {
        let _ = writeln!(text, "\ngauges\n  {}", all.join(", "));
    }
}

fn head(scenario: &Scenario, overrides: &Overrides, stages: &[StagePlan]) -> String {
    let mut text = scenario.name.clone();
    if !scenario.description.is_empty() {
        let _ = write!(text, ": {}", scenario.description);
    }
    let sum = |part: fn(&StagePlan) -> u64| stages.iter().map(part).sum::<u64>();
    let streams = || stages.iter().flat_map(|stage| &stage.streams);
    let requests: f64 = streams().filter_map(StreamPlan::requests).sum();
    let drawn = streams().any(|stream| stream.expected.iter().any(|e| !e.certain));
    let closed = streams().any(|stream| stream.arrivals.is_none());
    let _ = writeln!(
        text,
        "\n\ntime       {}, and up to {} of grace",
        span(sum(|s| s.duration_us)),
        span(sum(|s| s.grace_us))
    );
    let _ = writeln!(
        text,
        "requests   {}{}{}",
        count(requests.round() as u64),
        if drawn { EXPECTED_TOO } else { "" },
        if closed { CLOSED_TOO } else { "" }
    );
    if let Some(users) = &scenario.users {
        let each = each_user_arrivals(scenario);
        let most = each.iter().map(|(_, arrivals)| *arrivals).max();
        let needed = most.map_or(String::new(), |most| format!(", {} needed", count(most)));
        let _ = writeln!(text, "users      {}{needed}", count(users.count));
    }
    let _ = writeln!(text, "seed       {}", scenario.seed);
    if let Some(share) = scenario.success_target {
        let _ = writeln!(
            text,
            "success    {} in every judged stage",
            share_target(share)
        );
    }
    let addresses = &scenario.addresses;
    for threshold in &scenario.abort_when {
        let _ = writeln!(text, "abort      {}", threshold.text);
    }
    for (name, address) in addresses.named() {
        let _ = writeln!(text, "{name:<10} {address}");
    }
    for change in overrides.as_written() {
        let _ = writeln!(text, "override   {change}");
    }
    text
}

fn stage_head(text: &mut String, stage: &StagePlan) {
    let _ = write!(text, "\nstage {}: {}", stage.name, span(stage.duration_us));
    if stage.warmup_us > 0 {
        let _ = write!(text, ", the first {} warm-up", span(stage.warmup_us));
    }
    let _ = write!(text, ", grace {}", span(stage.grace_us));
    text.push_str(if stage.judged { "\n" } else { ", not judged\n" });
}

fn stream_lines(text: &mut String, stream: &StreamPlan) {
    let _ = write!(text, "  stream {}: {}", stream.name, stream.process);
    if let (Some(rate_per_s), Some(arrivals)) = (stream.rate_per_s, stream.arrivals) {
        let rate = per_second(rate_per_s);
        let rate = match stream.process.as_str() {
            "constant" => format!(" {rate}"),
            _ => format!(", {rate} in the mean"),
        };
        let _ = write!(
            text,
            "{rate}, {}, at most {} {}",
            plural(arrivals, "arrival"),
            count(stream.max_in_flight),
            if stream.expected.is_empty() {
                "in flight"
            } else {
                "under way"
            }
        );
    }
    text.push('\n');
}

/// What the arrivals of a stream are, and what its sessions come to.
fn mix(scenario: &Scenario, stream: &StreamPlan, planned: &PlannedStream) -> Vec<[String; 3]> {
    let counts = planned.arrivals().map(|n| planned.mix.counts(n));
    let counted = |index: usize| {
        let mut counts = counts.iter().flatten();
        counts.find(|(of, _)| *of == index).map(|(_, n)| *n)
    };
    let indices = planned.mix.shares().map(|(index, _)| index);
    let mut rows = Vec::new();
    for (index, share) in indices.zip(&stream.mix) {
        let n = counted(index);
        let number = match n {
            Some(n) => count(n),
            // How often each comes nobody knows before: the weights stand for it.
            None => format!("weight {}", share.weight),
        };
        let Arriving::Session(session) = scenario.arriving(index) else {
            rows.push([share.action.clone(), number, String::new()]);
            continue;
        };
        rows.push([format!("session {}", session.name), number, String::new()]);
        for action in session.actions() {
            let name = format!("  {}", scenario.actions[action].name);
            let mean = session.mean_of(action);
            let chance = !session.is_certain(action);
            rows.push(match n {
                Some(n) => [name, expected(mean * n as f64), remark(chance, "expected")],
                None => [name, each(mean), remark(chance, "in the mean")],
            });
        }
    }
    rows
}

fn remark(is_so: bool, remark: &str) -> String {
    if is_so { remark } else { "" }.to_owned()
}

/// A number of requests, to whole ones.
fn expected(requests: f64) -> String {
    count(requests.round() as u64)
}

/// Requests in one session: `2 each`, `0.3 each`.
fn each(mean: f64) -> String {
    format!("{} each", (mean * 1e3).round() / 1e3)
}

/// How often something arrives in all: at rates, and by users.
fn how_many(at_rates: f64, drawn: bool, by_users: bool) -> String {
    // What users send besides is not known before, so it is no number.
    let number = format!(
        "{}{}",
        expected(at_rates),
        if drawn { EXPECTED_TOO } else { "" }
    );
    match (at_rates > 0.0, by_users) {
        (false, true) => "by users".to_owned(),
        (_, true) => format!("{number} and by users"),
        _ => number,
    }
}

fn actions(text: &mut String, scenario: &Scenario, plan: &Plan) {
    text.push_str("\nactions\n");
    let streams: Vec<&PlannedStream> = plan.stages.iter().flat_map(|s| &s.streams).collect();
    let open: Vec<(usize, f64, bool)> = streams
        .iter()
        .filter_map(|stream| Some(stream.expected(stream.arrivals()?)))
        .flatten()
        .collect();
    let closed: Vec<usize> = streams
        .iter()
        .filter(|stream| stream.arrivals().is_none())
        .flat_map(|stream| stream.actions())
        .collect();
    let rows: Vec<[String; 4]> = record_actions(scenario)
        .iter()
        .filter_map(|action| {
            let index = scenario
                .actions
                .iter()
                .position(|a| a.name == action.name)?;
            let here = || open.iter().filter(|(of, ..)| *of == index);
            let requests = here().map(|(_, requests, _)| requests).sum();
            let drawn = here().any(|(_, _, certain)| !certain);
            let each_user = scenario.actions[index].user == UserPick::Each;
            Some([
                action.name.clone(),
                how_many(requests, drawn, closed.contains(&index)),
                action.call.clone(),
                remarks(action, each_user),
            ])
        })
        .collect();
    columns(text, "  ", &rows, &[false, true, false, false]);
}

fn sessions(text: &mut String, scenario: &Scenario, plan: &Plan) {
    let used = record_sessions(scenario);
    if used.is_empty() {
        return;
    }
    text.push_str("\nsessions\n");
    let streams: Vec<&PlannedStream> = plan.stages.iter().flat_map(|s| &s.streams).collect();
    let rows: Vec<[String; 3]> = (scenario.actions.len()..)
        .zip(&scenario.sessions)
        .filter_map(|(index, session)| {
            let planned = used.iter().find(|planned| planned.name == session.name)?;
            let open = streams.iter().filter_map(|stream| {
                let counts = stream.mix.counts(stream.arrivals()?).into_iter();
                Some(
                    counts
                        .filter(|(of, _)| *of == index)
                        .map(|(_, n)| n)
                        .sum::<u64>(),
                )
            });
            let arrivals: u64 = open.sum();
            let mut closed = streams.iter().filter(|s| s.arrivals().is_none());
            let by_users = closed.any(|stream| stream.walks(index).is_some());
            let mut remarks = limits(&planned.targets);
            if session.user == UserPick::Each {
                remarks.push("each user once".to_owned());
            }
            let actions = planned.actions.iter().map(|a| a.mean).sum::<f64>();
            remarks.push(format!(
                "{} requests in the mean",
                (actions * 1e3).round() / 1e3
            ));
            remarks.push(format!(
                "pauses of {} in the mean",
                span(planned.mean_pause_us)
            ));
            let how_many = how_many(arrivals as f64, false, by_users);
            Some([session.name.clone(), how_many, remarks.join(", ")])
        })
        .collect();
    columns(text, "  ", &rows, &[false, true, false]);
}

fn remarks(action: &ActionPlan, each_user: bool) -> String {
    let mut remarks = limits(&action.targets);
    if each_user {
        remarks.push("each user once".to_owned());
    }
    remarks.push(format!("timeout {}", span(action.timeout_us)));
    remarks.join(", ")
}

fn limits(targets: &[LatencyTarget]) -> Vec<String> {
    let targets = targets.iter();
    targets
        .map(|target| {
            let percent = (target.quantile * 1e6).round() / 1e4;
            format!("p{percent} <= {}", limit(target.limit_us))
        })
        .collect()
}

/// Rows with their columns aligned; numbers to the right.
fn columns<const N: usize>(
    text: &mut String,
    indent: &str,
    rows: &[[String; N]],
    right: &[bool; N],
) {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for row in rows {
        let mut line = indent.to_owned();
        for ((cell, width), right) in row.iter().zip(widths).zip(right) {
            let _ = if *right {
                write!(line, "{cell:>width$}  ")
            } else {
                write!(line, "{cell:<width$}  ")
            };
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
}

fn per_second(rate_per_s: f64) -> String {
    // Three digits: a rate of 1/min is 0.017/s.
    format!("{}/s", (rate_per_s * 1e3).round() / 1e3)
}

fn spanned(duration: Duration) -> String {
    span(duration.as_micros() as u64)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn outlined(file: &str, overrides: &Overrides) -> String {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        let (mut scenario, _) = Scenario::read(&path).unwrap();
        overrides.apply(&mut scenario).unwrap();
        outline(&scenario, overrides)
    }

    #[test]
    fn the_committed_plans_read_as_they_are_sent() {
        insta::assert_snapshot!(outlined("scenarios/m3.toml", &Overrides::default()));
    }

    #[test]
    fn a_closed_model_has_no_counts() {
        let text = r#"format = 1
name = "closed"
abort_when = ["failed > 5 % for 5s"]
[addresses]
http = "http://127.0.0.1:8000"
[actions.browse]
http = "GET /"
[actions.think]
http = "GET /think"
[[stages]]
name = "load"
duration = "10s"
abort_when = ["p99 > 2s for 10s", "in_flight > 40 for 3s"]
[[stages.streams]]
name = "players"
users = 50
think = { uniform = ["1s", "3s"] }
mix = { browse = 3, think = 1 }
[[stages.streams]]
name = "api"
rate = "5/s"
mix = { browse = 1 }
"#;
        let scenario = Scenario::parse(Path::new("closed.toml"), text).unwrap();
        insta::assert_snapshot!(outline(&scenario, &Overrides::default()));
    }

    #[test]
    fn overrides_are_in_the_plan_and_beside_it() {
        let overrides = Overrides {
            rates: vec!["gameplay/events=90/min".to_owned()],
            scale: Some(0.1),
            durations: vec!["gameplay=10s".to_owned()],
            users: None,
        };
        insta::assert_snapshot!(outlined("scenarios/m3-short.toml", &overrides));
    }

    #[test]
    fn sessions_come_to_what_is_expected_of_their_actions() {
        insta::assert_snapshot!(outlined(
            "scenarios/player-session.toml",
            &Overrides::default()
        ));
    }

    #[test]
    fn sessions_of_users_are_told_one_by_one() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/player-session.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        let text = text.replace("user = \"each\" ", "user = \"any\" ");
        let text = text.replace("rate = \"5/s\"", "users = 20\nthink = \"1s\"");
        let text = text.replace("process = \"poisson\"\n", "");
        let scenario = Scenario::parse(&path, &text).unwrap();
        insta::assert_snapshot!(outline(&scenario, &Overrides::default()));
    }
}
