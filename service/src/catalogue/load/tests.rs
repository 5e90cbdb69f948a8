use super::*;
use crate::rule::{Kind, LOGIN_STAT, MAX_PROGRESS};

#[test]
fn the_built_in_catalogue_is_the_recorded_one() {
    let catalogue = Catalogue::built_in().unwrap();
    assert_eq!(catalogue.challenges().len(), 10);
    assert!(catalogue.challenges().iter().all(|c| c.goals.len() == 50));
    let defaults: Vec<_> = catalogue
        .goals()
        .filter(|(_, goal)| goal.default_assigned)
        .map(|(_, goal)| goal.id.clone())
        .collect();
    let expected: Vec<_> = (1..=10).map(|c| format!("goal-{c:02}-01")).collect();
    assert_eq!(defaults, expected);
    for (challenge, goal) in catalogue.goals() {
        let number = challenge.id.trim_start_matches("challenge-");
        let (c, g) = goal.id.trim_start_matches("goal-").split_once('-').unwrap();
        assert_eq!(c, number);
        let stat = &goal.requirement.stat_code;
        match g {
            "01" => assert!(stat == LOGIN_STAT || stat == "stat-01", "{stat}"),
            _ => assert_eq!(stat, &format!("stat-{g}")),
        }
    }
    assert_eq!(catalogue.listening_to("stat-50").count(), 10);
    assert_eq!(catalogue.listening_to(LOGIN_STAT).count(), 5);
    assert_eq!(catalogue.listening_to("stat-99").count(), 0);
}

#[test]
fn the_goal_that_scenarios_claim_is_completed_by_one_event() {
    let catalogue = Catalogue::built_in().unwrap();
    let (challenge, goal) = catalogue.goal("goal-01-50").unwrap();
    assert_eq!(challenge.id, "challenge-01");
    assert_eq!(goal.requirement.kind, Kind::Absolute);
    assert_eq!(goal.requirement.stat_code, "stat-50");
    assert_eq!(goal.requirement.target, 100);
}

#[test]
fn the_example_of_the_documentation_is_a_catalogue() {
    let page = include_str!("../../../../docs/catalogue.md");
    let (_, rest) = page.split_once("```toml\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let catalogue = Catalogue::parse(Path::new("example.toml"), example).unwrap();
    let (challenge, goal) = catalogue.goal("season-streak").unwrap();
    assert!(challenge.rotation.is_some());
    assert_eq!(goal.prerequisites, ["season-wins"]);
}

/// A challenge "one" with these lines, and goals of these ids and lines.
fn catalogue(challenge: &str, goals: &[(&str, &str)]) -> String {
    use std::fmt::Write as _;
    let mut text = format!(
        "namespace = \"test\"\n[[challenges]]\n\
         id = \"one\"\nname = \"\"\ndescription = \"\"\n{challenge}\n"
    );
    for (id, more) in goals {
        write!(
            text,
            "[[challenges.goals]]\nid = \"{id}\"\nname = \"\"\ndescription = \"\"\n\
             requirement = {{ stat_code = \"wins\", kind = \"increment\", target = 1 }}\n\
             reward = {{ reward_id = \"coin\", type = \"wallet\", quantity = 1 }}\n{more}\n"
        )
        .unwrap();
    }
    text
}

/// Checks everything that is wrong with a file, one mistake a line.
fn check<S: AsRef<str>>(text: &str, expected: &[S]) {
    let error = Catalogue::parse(Path::new("bad.toml"), text).unwrap_err();
    let told = error.to_string();
    let lines: Vec<_> = told.lines().skip(1).map(str::trim_start).collect();
    let expected: Vec<_> = expected.iter().map(AsRef::as_ref).collect();
    assert_eq!(lines, expected, "{text}");
}

#[test]
fn all_mistakes_are_reported_at_once_and_with_their_place() {
    let text = r#"namespace = ""
colour = "red"
[[challenges]]
id = "one"
name = ""
[[challenges.goals]]
id = "Goal One"
name = ""
description = ""
requirement = { stat_code = "login", kind = "absolute", target = 0 }
reward = { reward_id = "", type = "item", quantity = 0 }
[[challenges.goals]]
id = "two"
name = 2
description = ""
requirement = { stat_code = "", kind = "increment", target = 1.5 }
reward = "coin"
prerequisites = ["one", "three", 4]
[[challenges]]
id = "one"
name = ""
description = ""
[[challenges.goals]]
id = "two"
name = ""
description = ""
requirement = { stat_code = "wins", kind = "increment", target = 1 }
reward = { reward_id = "coin", type = "wallet", quantity = 1, colour = "red" }
[[challenges]]
id = "empty"
name = ""
description = ""
goals = []
"#;
    check(
        text,
        &[
            "bad.toml:1:13: namespace is empty",
            r#"bad.toml:2:1: the catalogue: unknown key "colour", expected one of challenges, namespace"#,
            r#"bad.toml:3:1: challenge "one" has no description"#,
            r#"bad.toml:7:6: goal "Goal One": id is no slug (lower-case letters, digits and hyphens)"#,
            r#"bad.toml:10:45: goal "Goal One": requirement: logins have no absolute value: use kind "increment""#,
            r#"bad.toml:10:66: goal "Goal One": requirement: target must be 1 or more"#,
            r#"bad.toml:11:24: goal "Goal One": reward: reward_id is empty"#,
            r#"bad.toml:11:54: goal "Goal One": reward: quantity must be 1 or more"#,
            r#"bad.toml:14:8: goal "two": name: invalid type: integer `2`, expected a string"#,
            r#"bad.toml:16:29: goal "two": requirement: stat_code is empty"#,
            r#"bad.toml:16:62: goal "two": requirement: target: invalid type: floating point `1.5`, expected i64"#,
            r#"bad.toml:17:10: goal "two": reward is no table"#,
            r#"bad.toml:18:18: goal "two": prerequisites: there is no goal "one""#,
            r#"bad.toml:18:25: goal "two": prerequisites: there is no goal "three""#,
            r#"bad.toml:18:34: goal "two": prerequisites: invalid type: integer `4`, expected a string"#,
            r#"bad.toml:20:6: challenge "one" stands twice, first at 4:6"#,
            r#"bad.toml:24:6: goal "two" stands twice, first at 13:6"#,
            r#"bad.toml:28:63: goal "two": reward: unknown key "colour", expected one of quantity, reward_id, type"#,
            r#"bad.toml:30:6: challenge "empty" has no goal"#,
        ],
    );
}

#[test]
fn a_target_that_progress_never_reaches_is_a_mistake() {
    let with_target = |target: i64| {
        catalogue("", &[("a", "")]).replace("target = 1", &format!("target = {target}"))
    };
    let reachable = with_target(MAX_PROGRESS);
    let read = Catalogue::parse(Path::new("good.toml"), &reachable).unwrap();
    assert_eq!(read.goal("a").unwrap().1.requirement.target, MAX_PROGRESS);
    check(
        &with_target(MAX_PROGRESS + 1),
        &[
            r#"bad.toml:11:66: goal "a": requirement: target must be 9007199254740992 (2^53) or less: progress stops there"#,
        ],
    );
}

#[test]
fn broken_lines_are_all_reported() {
    check(
        "namespace = \n[[challenges\nname = 'a",
        &[
            "bad.toml:1:13: not TOML: string values must be quoted, expected literal string",
            "bad.toml:2:13: not TOML: unclosed array table, expected `]]`",
        ],
    );
}

#[test]
fn prerequisites_exist_and_do_not_go_round() {
    let goals = [
        ("a", r#"prerequisites = ["b", "nowhere", "b"]"#),
        ("b", r#"prerequisites = ["c"]"#),
        ("c", r#"prerequisites = ["a"]"#),
        ("d", r#"prerequisites = ["d"]"#),
        ("e", r#"prerequisites = ["a"]"#),
    ];
    check(
        &catalogue("", &goals),
        &[
            r#"bad.toml:8:6: prerequisites go round: "a" waits for "b" waits for "c" waits for "a""#,
            r#"bad.toml:13:23: goal "a": prerequisites: there is no goal "nowhere""#,
            r#"bad.toml:13:34: goal "a": prerequisites: "b" stands twice"#,
            r#"bad.toml:29:6: prerequisites go round: "d" waits for "d""#,
        ],
    );
    let goals = [("a", r#"prerequisites = ["b"]"#), ("b", "")];
    let read = Catalogue::parse(Path::new("good.toml"), &catalogue("", &goals)).unwrap();
    assert_eq!(read.goal("a").unwrap().1.prerequisites, ["b"]);
}

#[test]
fn rotations_are_read() {
    let check = |rotation: &str, now: &str, end: Option<&str>| {
        let text = catalogue(&format!("rotation = {rotation}"), &[("a", "")]);
        let read = Catalogue::parse(Path::new("good.toml"), &text).unwrap();
        let challenge = read.challenge("one").unwrap();
        assert_eq!(
            challenge.window_end(instant(now)),
            end.map(instant),
            "{rotation}"
        );
    };
    let now = "2026-11-26T12:00:00Z";
    check(
        r#"{ kind = "daily", at = "04:30" }"#,
        now,
        Some("2026-11-27T04:30:00Z"),
    );
    check(
        r#"{ kind = "weekly", weekday = "monday", at = "00:00" }"#,
        now,
        Some("2026-11-30T00:00:00Z"),
    );
    check(
        r#"{ kind = "schedule", instants = [2026-12-01T00:00:00Z, 2026-12-24T18:00:00+01:00] }"#,
        "2026-12-02T00:00:00Z",
        Some("2026-12-24T17:00:00Z"),
    );
}

#[test]
fn a_wrong_rotation_says_what_is_wrong() {
    for (rotation, expected) in [
        (
            r#""daily""#,
            &["6:12: challenge \"one\": rotation is no table"][..],
        ),
        (
            r#"{ kind = "hourly" }"#,
            &[
                "6:21: {R}: kind: unknown variant `hourly`, expected one of `daily`, `weekly`, `schedule`",
            ],
        ),
        (r#"{ kind = "daily" }"#, &["6:12: {R} has no at"]),
        (
            r#"{ kind = "daily", at = "24:00", weekday = "monday" }"#,
            &[
                "6:35: {R}: at: \"24:00\" is no time of day; write it like 04:30 (UTC)",
                "6:44: {R}: unknown key \"weekday\", expected one of at, kind",
            ],
        ),
        (
            r#"{ kind = "weekly", weekday = "mon" }"#,
            &[
                "6:12: {R} has no at",
                "6:41: {R}: weekday: unknown variant `mon`, expected one of `thursday`, `friday`, `saturday`, `sunday`, `monday`, `tuesday`, `wednesday`",
            ],
        ),
        (
            r#"{ kind = "schedule", instants = [] }"#,
            &["6:12: {R} has no instants"],
        ),
        (
            r#"{ kind = "schedule", instants = [2026-12-01, "soon", 2026-12-02T00:00:00Z, 2026-12-02T00:00:00Z] }"#,
            &[
                "6:45: {R}: instants: 2026-12-01 is no instant; write it like 2026-12-01T04:30:00Z",
                "6:57: {R}: instants: invalid type: string \"soon\", expected a TOML datetime",
                "6:87: {R}: instants: 2026-12-02T00:00:00Z is not after the one before it",
            ],
        ),
    ] {
        let text = catalogue(&format!("rotation = {rotation}"), &[("a", "")]);
        let expected: Vec<_> = expected
            .iter()
            .map(|told| {
                let told = told.replace("{R}", "challenge \"one\": rotation");
                format!("bad.toml:{told}")
            })
            .collect();
        check(&text, &expected);
    }
}

fn instant(text: &str) -> crate::instant::Instant {
    let timestamp: jiff::Timestamp = text.parse().unwrap();
    crate::instant::Instant::from_micros(timestamp.as_microsecond()).unwrap()
}
