//! `--dry-run`: the plan of a scenario in words, as it would be sent.

use std::fmt::Write as _;
use std::time::Duration;

use brunt_loadgen::plan::{Plan, each_user_arrivals, record_actions, record_stages};
use brunt_loadgen::scenario::UserPick;
use brunt_loadgen::{Overrides, Scenario};
use brunt_record::{ActionPlan, StagePlan, StreamPlan};
use brunt_report::language::{count, limit, plural, share_target, span};

/// How many requests users send depends on the responses.
const CLOSED_TOO: &str = ", and what the users of closed streams send";

/// Everything that a run of `scenario` would do.
pub(crate) fn outline(scenario: &Scenario, overrides: &Overrides) -> String {
    let plan = Plan::new(scenario);
    let stages = record_stages(&plan, scenario);
    let mut text = head(scenario, overrides, &stages);
    for (stage, planned) in stages.iter().zip(&plan.stages) {
        stage_head(&mut text, stage);
        for (stream, planned) in stage.streams.iter().zip(&planned.streams) {
            let counts = planned.arrivals().map(|n| planned.mix.counts(n));
            let counts = counts.iter().flatten();
            let named = counts.map(|(action, n)| (scenario.actions[*action].name.as_str(), *n));
            stream_lines(&mut text, stream, &named.collect::<Vec<_>>());
        }
        for capture in scenario.captures.iter().filter(|c| c.stage == stage.name) {
            let _ = writeln!(
                text,
                "  a CPU profile of {} for {}, in the middle",
                capture.component,
                spanned(capture.duration)
            );
        }
    }
    actions(&mut text, scenario, &plan);
    text
}

fn head(scenario: &Scenario, overrides: &Overrides, stages: &[StagePlan]) -> String {
    let mut text = scenario.name.clone();
    if !scenario.description.is_empty() {
        let _ = write!(text, ": {}", scenario.description);
    }
    let sum = |part: fn(&StagePlan) -> u64| stages.iter().map(part).sum::<u64>();
    let streams = || stages.iter().flat_map(|stage| &stage.streams);
    let requests: u64 = streams().filter_map(|stream| stream.arrivals).sum();
    let closed = streams().any(|stream| stream.arrivals.is_none());
    let _ = writeln!(
        text,
        "\n\ntime       {}, and up to {} of grace",
        span(sum(|s| s.duration_us)),
        span(sum(|s| s.grace_us))
    );
    let _ = writeln!(
        text,
        "requests   {}{}",
        count(requests),
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

fn stream_lines(text: &mut String, stream: &StreamPlan, counts: &[(&str, u64)]) {
    let _ = write!(text, "  stream {}: {}", stream.name, stream.process);
    if let (Some(rate_per_s), Some(arrivals)) = (stream.rate_per_s, stream.arrivals) {
        let rate = per_second(rate_per_s);
        let rate = match stream.process.as_str() {
            "constant" => format!(" {rate}"),
            _ => format!(", {rate} in the mean"),
        };
        let _ = write!(
            text,
            "{rate}, {}, at most {} in flight",
            plural(arrivals, "arrival"),
            count(stream.max_in_flight)
        );
    }
    text.push('\n');
    let rows: Vec<[String; 2]> = if stream.arrivals.is_some() {
        let counts = counts.iter();
        counts
            .map(|(action, n)| [(*action).to_owned(), count(*n)])
            .collect()
    } else {
        // How often each comes nobody knows before: the weights stand for it.
        let mix = stream.mix.iter();
        mix.map(|share| [share.action.clone(), format!("weight {}", share.weight)])
            .collect()
    };
    columns(text, "    ", &rows, &[false, true]);
}

fn actions(text: &mut String, scenario: &Scenario, plan: &Plan) {
    text.push_str("\nactions\n");
    let of = |name: &str| scenario.actions.iter().position(|a| a.name == name);
    let planned = || plan.stages.iter().flat_map(|stage| &stage.streams);
    let arrivals = |name: &str| -> u64 {
        let open = planned().filter_map(|s| Some(s.mix.counts(s.arrivals()?)));
        open.flatten()
            .filter(|(action, _)| Some(*action) == of(name))
            .map(|(_, n)| n)
            .sum()
    };
    let stages = scenario.stages.iter().zip(&plan.stages);
    let streams = stages.flat_map(|(stage, planned)| stage.streams.iter().zip(&planned.streams));
    let closed: Vec<usize> = streams
        .filter(|(_, planned)| planned.arrivals().is_none())
        .flat_map(|(stream, _)| stream.mix.iter().map(|(action, _)| *action))
        .collect();
    // What users send besides is not known before, so it is no number.
    let how_many = |name: &str| match (arrivals(name), of(name)) {
        (0, Some(action)) if closed.contains(&action) => "by users".to_owned(),
        (n, Some(action)) if closed.contains(&action) => format!("{} and by users", count(n)),
        (n, _) => count(n),
    };
    let rows: Vec<[String; 4]> = record_actions(scenario)
        .iter()
        .map(|action| {
            let pick = of(&action.name).map(|index| scenario.actions[index].user);
            [
                action.name.clone(),
                how_many(&action.name),
                action.call.clone(),
                remarks(action, pick == Some(UserPick::Each)),
            ]
        })
        .collect();
    columns(text, "  ", &rows, &[false, true, false, false]);
}

fn remarks(action: &ActionPlan, each_user: bool) -> String {
    let mut remarks: Vec<String> = action
        .targets
        .iter()
        .map(|target| {
            let percent = (target.quantile * 1e6).round() / 1e4;
            format!("p{percent} <= {}", limit(target.limit_us))
        })
        .collect();
    if each_user {
        remarks.push("each user once".to_owned());
    }
    remarks.push(format!("timeout {}", span(action.timeout_us)));
    remarks.join(", ")
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
[addresses]
http = "http://127.0.0.1:8000"
[actions.browse]
http = "GET /"
[actions.think]
http = "GET /think"
[[stages]]
name = "load"
duration = "10s"
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
}
