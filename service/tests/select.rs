//! Goals selected in a batch or by lot: over REST, on both databases.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod support;

use serde_json::json;
use support::Running;
use support::player::{Player, SEASON_END, ids, start_on_postgres, start_on_sqlite};

#[tokio::test]
async fn on_sqlite() {
    cases(&start_on_sqlite().await).await;
}

#[tokio::test]
async fn on_postgres() {
    let (service, _server) = start_on_postgres().await;
    cases(&service).await;
}

async fn cases(service: &Running) {
    a_batch_is_selected_as_a_whole(service.player("ann")).await;
    a_batch_is_refused_with_all_reasons(service.player("bob")).await;
    a_draw_leaves_out_what_cannot_be_selected(service.player("cat")).await;
    a_draw_ends_with_the_goals(service.player("dan")).await;
}

const BATCH: &str = "/season/goals/batch-select";

async fn a_batch_is_selected_as_a_whole(player: Player<'_>) {
    let body = json!({ "goalIds": ["season-4", "season-2"] });
    let first = player.post(BATCH, body).await;
    assert_eq!(ids(&first["selected"]), ["season-4", "season-2"]);
    for goal in first["selected"].as_array().unwrap() {
        assert_eq!(goal["isActive"], true);
        assert_eq!(goal["expiresAt"], SEASON_END);
    }
    assert_eq!(first["deactivated"], json!([]));
    player.switch("day", "day-1", true).await;
    player.event("season-2", 1.0).await;

    let body = json!({ "goalIds": ["season-2", "season-5"], "replaceExisting": true });
    let second = player.post(BATCH, body).await;
    assert_eq!(second["deactivated"], json!(["season-4"]));
    assert_eq!(second["selected"][0]["progress"], 1);
    assert_eq!(player.active().await, ["season-2", "season-5", "day-1"]);

    let body = json!({ "goalIds": ["season-3"], "replaceExisting": false });
    player.post(BATCH, body).await;
    let expected = ["season-2", "season-3", "season-5", "day-1"];
    assert_eq!(player.active().await, expected);
}

async fn a_batch_is_refused_with_all_reasons(player: Player<'_>) {
    player.switch("season", "season-1", true).await;
    player.event("season-1", 2.0).await;
    player.switch("season", "season-3", true).await;
    player.event("season-3", 2.0).await;
    player.post("/season/goals/season-3/claim", json!({})).await;
    player.had("season-5", 2).await;
    let before = player.goals().await;
    let cases = [
        ("season-4", None),
        ("story-1", Some("UNKNOWN_GOAL")),
        ("season-1", Some("ALREADY_COMPLETED")),
        ("season-3", Some("ALREADY_CLAIMED")),
        ("season-4", Some("REPEATED_GOAL")),
        ("season-5", Some("ALREADY_COMPLETED")),
        ("season-6", Some("GOAL_LOCKED")),
    ];
    let goals = cases.map(|(goal, _)| goal);
    let body = json!({ "goalIds": goals, "replaceExisting": true });
    let answer = player.call("POST", BATCH, Some(&body)).await;
    assert_eq!(answer.problem(), (422, "NOT_SELECTABLE".into()));
    let told = answer.json();
    let told: Vec<_> = told["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| {
            let text = |key: &str| error[key].as_str().unwrap();
            assert!(text("detail").contains(text("goalId")), "{error}");
            (text("goalId"), text("code"))
        })
        .collect();
    let expected = cases.into_iter();
    let expected: Vec<_> = expected
        .filter_map(|(goal, code)| Some((goal, code?)))
        .collect();
    assert_eq!(told, expected);
    assert_eq!(player.goals().await, before, "nothing was selected");

    let bad_request = (400, "BAD_REQUEST".to_owned());
    for body in [
        json!({ "goalIds": [] }),
        json!({ "goalIds": "season-1" }),
        json!([]),
    ] {
        assert_eq!(player.refused(BATCH, body).await, bad_request);
    }
    let elsewhere = player.refused("/nowhere/goals/batch-select", body).await;
    assert_eq!(elsewhere, (404, "UNKNOWN_CHALLENGE".into()));
}

async fn a_draw_leaves_out_what_cannot_be_selected(player: Player<'_>) {
    let draw = "/season/goals/random-select";
    player.switch("season", "season-1", true).await;
    player.switch("season", "season-2", true).await;
    player.event("season-2", 2.0).await;
    player.had("season-3", 2).await;
    // season-6 waits for season-2, which is done; season-3 must be claimed first.
    let all = player.post(draw, json!({ "count": 100 })).await;
    let eligible = ["season-1", "season-4", "season-5", "season-6"];
    assert_eq!(ids(&all["selected"]), eligible);

    let two = json!({ "count": 2, "replaceExisting": true });
    let drawn = player.post(draw, two).await;
    let kept = ids(&drawn["selected"]);
    assert_eq!(kept.len(), 2);
    let off = drawn["deactivated"].as_array().unwrap();
    assert_eq!(off.len(), 3, "two of the eligible, and season-2: {drawn}");
    assert_eq!(player.active().await, kept);

    let others = json!({ "count": 100, "excludeActive": true, "replaceExisting": true });
    let drawn_again = player.post(draw, others).await;
    let others = ids(&drawn_again["selected"]);
    assert_eq!(others.len(), 2, "{drawn_again}");
    assert!(kept.iter().all(|id| !others.contains(id)));
    assert_eq!(drawn_again["deactivated"], json!(kept));
}

async fn a_draw_ends_with_the_goals(player: Player<'_>) {
    let draw = "/story/goals/random-select";
    let first = player.post(draw, json!({ "count": 3 })).await;
    assert_eq!(
        ids(&first["selected"]),
        ["story-1"],
        "the others wait for it"
    );
    let insufficient = (409, "INSUFFICIENT_GOALS".to_owned());
    let others = json!({ "count": 1, "excludeActive": true, "replaceExisting": true });
    assert_eq!(player.refused(draw, others).await, insufficient);
    assert_eq!(player.active().await, ["story-1"], "nothing was replaced");
    let again = player.post(draw, json!({ "count": 1 })).await;
    let since = |selected: &serde_json::Value| selected["selected"][0]["assignedAt"].clone();
    assert_eq!(since(&again), since(&first));
    let bad_request = (400, "BAD_REQUEST".to_owned());
    for body in [json!({ "count": 0 }), json!({ "count": -1 }), json!({})] {
        assert_eq!(
            player.refused(draw, body.clone()).await,
            bad_request,
            "{body}"
        );
    }
}
