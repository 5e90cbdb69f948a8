//! Goals that expire and goals that wait for others: over REST, on both databases.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod support;

use std::time::Duration;

use challenge_service::catalogue::Catalogue;
use challenge_service::progress::Status;
use serde_json::{Value, json};
use support::player::{Player, SEASON_END, ids, rotating, start_on_postgres, start_on_sqlite};
use support::{Running, reward_mock, start};
use tokio_util::sync::CancellationToken;

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
    a_goal_waits_for_its_prerequisites(service.player("ann")).await;
    what_expired_counts_as_not_assigned(service.player("bob")).await;
    a_reward_outlives_its_window(service.player("cat")).await;
    initialise_assigns_expired_defaults_anew(service.player("dan")).await;
    a_rotation_says_when_what_expires(service.player("eve")).await;
}

async fn a_goal_waits_for_its_prerequisites(player: Player<'_>) {
    let initialised = player.post("/initialize", json!({})).await;
    let goals = initialised["goals"].as_array().unwrap().iter();
    let states: Vec<_> = goals
        .map(|goal| {
            (
                goal["goalId"].as_str().unwrap(),
                &goal["isActive"],
                &goal["locked"],
            )
        })
        .collect();
    let (yes, absent) = (&json!(true), &Value::Null);
    assert_eq!(
        states,
        [
            ("story-1", yes, absent),
            ("story-2", yes, yes),
            ("season-1", yes, absent)
        ]
    );
    assert_eq!(player.locked().await, ["story-2", "story-3", "season-6"]);
    assert_eq!(player.active().await, ["story-1", "season-1"]);
    assert_eq!(
        player.goal("story-3").await["prerequisites"],
        json!(["story-1", "story-2"])
    );

    player.event("story-2", 1.0).await;
    assert_eq!(player.goal("story-2").await["progress"], 0);
    let claim = "/story/goals/story-3/claim";
    let is_locked = (409, "GOAL_LOCKED".to_owned());
    assert_eq!(player.not_switched("story", "story-3").await, is_locked);
    assert_eq!(player.refused(claim, json!({})).await, is_locked);
    let off = player.switch("story", "story-3", false).await;
    assert_eq!((&off["isActive"], &off["locked"]), (&json!(false), yes));

    player.event("story-1", 2.0).await;
    assert_eq!(player.locked().await, ["story-3", "season-6"]);
    player.post("/story/goals/story-1/claim", json!({})).await;
    assert_eq!(player.locked().await, ["story-3", "season-6"]);
    player.event("story-2", 1.0).await;
    assert_eq!(player.goal("story-2").await["progress"], 1);
    assert_eq!(player.not_switched("story", "story-3").await, is_locked);
    player.event("story-2", 1.0).await;
    let on = player.switch("story", "story-3", true).await;
    assert_eq!((&on["isActive"], &on["locked"]), (yes, &json!(false)));
    assert_eq!(on["expiresAt"], Value::Null);
    let not_completed = (409, "NOT_COMPLETED".to_owned());
    assert_eq!(player.refused(claim, json!({})).await, not_completed);
}

async fn what_expired_counts_as_not_assigned(player: Player<'_>) {
    player.had("season-1", 1).await;
    let gone = player.goal("season-1").await;
    for (key, expected) in [
        ("progress", json!(0)),
        ("status", json!("not_started")),
        ("isActive", json!(false)),
        ("assignedAt", json!(null)),
        ("expiresAt", json!(null)),
    ] {
        assert_eq!(gone[key], expected, "{key}");
    }
    assert!(player.active().await.is_empty());
    player.event("season-1", 1.0).await;
    let claim = "/season/goals/season-1/claim";
    let not_completed = (409, "NOT_COMPLETED".to_owned());
    assert_eq!(player.refused(claim, json!({})).await, not_completed);
    let off = player.switch("season", "season-1", false).await;
    assert_eq!(
        (&off["isActive"], &off["progress"]),
        (&json!(false), &json!(0))
    );

    let anew = player.switch("season", "season-1", true).await;
    assert_eq!(anew["progress"], 0);
    assert_eq!(anew["expiresAt"], SEASON_END);
    player.event("season-1", 1.0).await;
    let again = player.switch("season", "season-1", true).await;
    assert_eq!(again["progress"], 1, "kept within the window");
    assert_eq!(again["assignedAt"], anew["assignedAt"]);
    let off = player.switch("season", "season-1", false).await;
    assert_eq!(
        (&off["isActive"], &off["progress"]),
        (&json!(false), &json!(1))
    );
}

async fn a_reward_outlives_its_window(player: Player<'_>) {
    let granted = player.service.granted().await;
    player.had("season-2", 2).await;
    let owed = player.goal("season-2").await;
    assert_eq!(owed["status"], "completed");
    assert_eq!(owed["isActive"], false);
    let is_locked = async || player.goal("season-6").await["locked"] == true;
    assert!(is_locked().await, "what expired opens nothing");
    let refused = (409, "UNCLAIMED_REWARD".to_owned());
    assert_eq!(player.not_switched("season", "season-2").await, refused);
    let claim = "/season/goals/season-2/claim";
    let claimed = player.post(claim, json!({})).await;
    assert_eq!(claimed["status"], "claimed");
    assert_eq!(claimed["isActive"], false);
    let not_completed = (409, "NOT_COMPLETED".to_owned());
    let again = player.refused(claim, json!({})).await;
    assert_eq!(again, not_completed, "claimed in a window that has ended");

    let anew = player.switch("season", "season-2", true).await;
    assert_eq!(anew["status"], "not_started");
    assert_eq!(anew["progress"], 0);
    player.event("season-2", 2.0).await;
    assert!(!is_locked().await);
    player.post(claim, json!({})).await;
    let granted_now = player.service.granted().await;
    assert_eq!(granted_now, granted + 2, "one in each window");
    let already = (409, "ALREADY_CLAIMED".to_owned());
    assert_eq!(player.refused(claim, json!({})).await, already);
}

async fn initialise_assigns_expired_defaults_anew(player: Player<'_>) {
    player.had("season-1", 1).await;
    player.had("season-2", 1).await;
    let first = player.post("/initialize", json!({})).await;
    assert_eq!(first["assigned"], 3, "two are missing, one expired");
    assert_eq!(first["alreadyInitialized"], false);
    let season = &first["goals"][2];
    assert_eq!(season["goalId"], "season-1");
    assert_eq!(season["progress"], 0);
    assert_eq!(season["isActive"], true);
    assert_eq!(season["expiresAt"], SEASON_END);
    let second = player.post("/initialize", json!({})).await;
    assert_eq!(second["assigned"], 0);
    assert_eq!(second["alreadyInitialized"], true);
    assert_eq!(second["goals"], first["goals"]);
    assert_eq!(player.active().await, ["story-1", "season-1"]);
}

async fn a_rotation_says_when_what_expires(player: Player<'_>) {
    player.post("/initialize", json!({})).await;
    player.switch("season", "season-3", true).await;
    player.switch("season", "season-4", true).await;
    player.switch("season", "season-4", false).await;
    player.had("season-5", 1).await;
    let get = async |challenge: &str| {
        let path = format!("/{challenge}/rotation");
        let answer = player.call("GET", &path, None).await;
        assert_eq!(answer.status, 200);
        answer.json()
    };
    let season = get("season").await;
    assert_eq!(season["challengeId"], "season");
    assert_eq!(season["kind"], "schedule");
    assert_eq!(season["window"]["startsAt"], "2020-01-01T00:00:00Z");
    assert_eq!(season["window"]["endsAt"], SEASON_END);
    assert_eq!(season["nextRotationAt"], SEASON_END);
    assert_eq!(ids(&season["assignments"]), ["season-1", "season-3"]);
    for assignment in season["assignments"].as_array().unwrap() {
        assert_eq!(assignment["expiresAt"], SEASON_END);
        assert!(assignment["assignedAt"].is_string());
    }

    let story = get("story").await;
    assert_eq!(story["kind"], "never");
    for absent in [
        &story["window"],
        &story["nextRotationAt"],
        &story["assignments"][0]["expiresAt"],
    ] {
        assert_eq!(absent, &Value::Null, "{story}");
    }
    assert_eq!(ids(&story["assignments"]), ["story-1", "story-2"]);

    for (challenge, goal, kind, starts, hours) in [
        ("day", "day-1", "daily", "04:30", 24),
        ("week", "week-1", "weekly", "Monday 00:00", 7 * 24),
    ] {
        let assigned = player.switch(challenge, goal, true).await;
        let view = get(challenge).await;
        assert_eq!(view["kind"], kind);
        let instant =
            |value: &Value| -> jiff::Timestamp { value.as_str().unwrap().parse().unwrap() };
        let start = instant(&view["window"]["startsAt"]);
        let end = instant(&view["window"]["endsAt"]);
        assert_eq!(end - start, jiff::SignedDuration::from_hours(hours));
        let told = start.strftime("%A %H:%M").to_string();
        assert!(told.ends_with(starts), "{told}");
        let expires_at = instant(&assigned["expiresAt"]);
        // A window may end between the two requests.
        assert!(expires_at == end || expires_at == start, "{view}");
        assert!(instant(&assigned["assignedAt"]) < expires_at);
    }
    let elsewhere = player.call("GET", "/nowhere/rotation", None).await;
    assert_eq!(elsewhere.problem(), (404, "UNKNOWN_CHALLENGE".into()));
}

#[tokio::test]
async fn a_request_in_flight_keeps_the_catalogue_it_began_with() {
    let stop = CancellationToken::new();
    let slow = reward_mock(Duration::from_millis(500), &stop).await;
    let service = start(|settings| {
        settings.catalogue = Some(rotating());
        settings.rewards = format!("http://{slow}").into();
    })
    .await;
    let player = service.player("ann");
    player.switch("story", "story-1", true).await;
    player.event("story-1", 2.0).await;
    let claim = "/story/goals/story-1/claim";
    let replacing = async {
        let store = &service.app.store;
        while store.rows_of_user("ann").await.unwrap()[0].status == Status::Completed {
            tokio::task::yield_now().await;
        }
        let built_in = Catalogue::built_in().unwrap();
        service.live.replace_catalogue(built_in);
    };
    let (claimed, ()) = tokio::join!(player.post(claim, json!({})), replacing);
    assert_eq!(claimed["goalId"], "story-1");
    assert_eq!(claimed["status"], "claimed");
    assert_eq!(player.goals().await.len(), 500);
    let gone = (404, "UNKNOWN_CHALLENGE".to_owned());
    assert_eq!(player.refused(claim, json!({})).await, gone);
}
