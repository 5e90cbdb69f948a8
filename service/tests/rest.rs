//! The REST interface over a socket.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod support;

use challenge_service::phase::Phase;
use challenge_service::settings::Role;
use serde_json::{Value, json};
use support::{Running, send, start};

const LIST: &str = "/challenge/v1/challenges";
const INITIALIZE: &str = "/challenge/v1/challenges/initialize";
const ACTIVE: &str = "/challenge/v1/challenges/challenge-01/goals/goal-01-50/active";

fn goals(list: &Value) -> Vec<&Value> {
    let challenges = list["challenges"].as_array().unwrap();
    challenges
        .iter()
        .flat_map(|challenge| challenge["goals"].as_array().unwrap())
        .collect()
}

async fn list(service: &Running, user: &str) -> Value {
    let answer = service.call("GET", LIST, user, None).await;
    assert_eq!(answer.status, 200);
    answer.json()
}

#[tokio::test]
async fn a_new_player_sees_every_goal() {
    let service = start(|_| ()).await;
    let answer = service.call("GET", LIST, "ann", None).await;
    assert_eq!(answer.status, 200);
    assert!(
        (210_000..236_000).contains(&answer.body.len()),
        "the recorded response has about 223 KB, this one {}",
        answer.body.len()
    );
    let list = answer.json();
    assert_eq!(list["challenges"].as_array().unwrap().len(), 10);
    assert_eq!(goals(&list).len(), 500);
    let goal = goals(&list)[49];
    assert_eq!(goal["goalId"], "goal-01-50");
    assert_eq!(
        goal["requirement"],
        json!({ "statCode": "stat-50", "kind": "absolute", "target": 100 })
    );
    assert_eq!(
        (&goal["progress"], &goal["status"]),
        (&json!(0), &json!("not_started"))
    );
    assert_eq!(goal["isActive"], false);
}

async fn initialises(phase: &str, rows: u64) {
    let service = start(|settings| settings.phase = Phase::load(phase).unwrap()).await;
    let first = service.call("POST", INITIALIZE, "ann", None).await;
    assert_eq!(first.status, 200);
    let first = first.json();
    assert_eq!(first["assigned"], rows);
    assert_eq!(first["alreadyInitialized"], false);
    let defaults = first["goals"].as_array().unwrap();
    assert_eq!(defaults.len(), 10);
    for (n, goal) in defaults.iter().enumerate() {
        assert_eq!(goal["goalId"], format!("goal-{:02}-01", n + 1));
        assert_eq!(goal["isActive"], true);
        assert!(goal["assignedAt"].is_string());
    }
    let second = service.call("POST", INITIALIZE, "ann", None).await.json();
    assert_eq!(second["assigned"], 0);
    assert_eq!(second["alreadyInitialized"], true);
    assert_eq!(second["goals"], first["goals"]);

    let list = list(&service, "ann").await;
    let active: Vec<_> = goals(&list)
        .into_iter()
        .filter(|goal| goal["isActive"] == true)
        .collect();
    assert_eq!(active.len(), 10);
    for query in ["?active_only=true", "?active_only", "?active_only="] {
        let path = format!("{LIST}{query}");
        let only = service.call("GET", &path, "ann", None).await;
        assert_eq!(goals(&only.json()), active, "{query}");
    }
    let path = format!("{LIST}?active_only=false");
    let all = service.call("GET", &path, "ann", None).await;
    assert_eq!(goals(&all.json()).len(), goals(&list).len());
    let stored = service.app.store.rows_of_user("ann").await.unwrap();
    assert_eq!(stored.len() as u64, rows);
}

#[tokio::test]
async fn eager_initialise_inserts_every_goal() {
    initialises("phase8", 500).await;
}

#[tokio::test]
async fn lazy_initialise_inserts_the_defaults() {
    initialises("phase9", 10).await;
}

async fn activated_by_hand_first(phase: &str, missing: u64) {
    let service = start(|settings| settings.phase = Phase::load(phase).unwrap()).await;
    let on = json!({ "isActive": true });
    let goal = service.call("PUT", ACTIVE, "ann", Some(&on)).await;
    assert_eq!(goal.status, 200);
    let goal = goal.json();
    assert_eq!(
        (&goal["goalId"], &goal["isActive"]),
        (&json!("goal-01-50"), &json!(true))
    );
    let initialised = service.call("POST", INITIALIZE, "ann", None).await.json();
    assert_eq!(initialised["assigned"], missing);
    let list = list(&service, "ann").await;
    let active = goals(&list)
        .into_iter()
        .filter(|goal| goal["isActive"] == true);
    assert_eq!(
        active.count(),
        11,
        "the defaults, and the one that was there"
    );
}

#[tokio::test]
async fn a_player_who_activated_a_goal_first_still_gets_the_defaults() {
    activated_by_hand_first("phase9", 10).await;
    activated_by_hand_first("phase8", 499).await;
}

#[tokio::test]
async fn initialising_twice_at_once_assigns_exactly_the_defaults() {
    let service = start(|_| ()).await;
    let mut assigned = 0;
    let mut join = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let url = format!("http://{}{INITIALIZE}", service.addresses.http);
        join.spawn(async move { send("POST", &url, &[("x-mock-user", "ann")], None).await });
    }
    while let Some(answer) = join.join_next().await {
        let answer = answer.unwrap();
        assert_eq!(answer.status, 200);
        let body = answer.json();
        assigned += body["assigned"].as_u64().unwrap();
        assert!(
            body["goals"]
                .as_array()
                .unwrap()
                .iter()
                .all(|goal| goal["isActive"] == true)
        );
    }
    assert_eq!(assigned, 10);
    assert_eq!(
        service.app.store.rows_of_user("ann").await.unwrap().len(),
        10
    );
}

#[tokio::test]
async fn a_goal_is_switched_on_and_off() {
    let service = start(|_| ()).await;
    for is_active in [true, false] {
        let body = json!({ "isActive": is_active });
        let goal = service.call("PUT", ACTIVE, "ann", Some(&body)).await.json();
        assert_eq!(goal["isActive"], is_active);
    }
}

#[tokio::test]
async fn what_cannot_be_done_is_a_problem() {
    let service = start(|_| ()).await;
    let on = json!({ "isActive": true });
    let check = async |method: &str, path: &str, body: Option<&Value>, expected: (u16, &str)| {
        let problem = service.call(method, path, "ann", body).await.problem();
        assert_eq!(
            problem,
            (expected.0, expected.1.to_owned()),
            "{method} {path}"
        );
    };
    let goal = |challenge: &str, goal: &str, verb: &str| {
        format!("/challenge/v1/challenges/{challenge}/goals/{goal}/{verb}")
    };
    check(
        "PUT",
        &goal("challenge-99", "goal-01-50", "active"),
        Some(&on),
        (404, "UNKNOWN_CHALLENGE"),
    )
    .await;
    check(
        "PUT",
        &goal("challenge-01", "goal-99-50", "active"),
        Some(&on),
        (404, "UNKNOWN_GOAL"),
    )
    .await;
    check(
        "PUT",
        &goal("challenge-02", "goal-01-50", "active"),
        Some(&on),
        (404, "UNKNOWN_GOAL"),
    )
    .await;
    check(
        "POST",
        &goal("challenge-01", "goal-99-50", "claim"),
        None,
        (404, "UNKNOWN_GOAL"),
    )
    .await;
    check(
        "POST",
        &goal("challenge-01", "goal-01-50", "claim"),
        None,
        (409, "NOT_COMPLETED"),
    )
    .await;
    check("PUT", ACTIVE, None, (415, "UNSUPPORTED_MEDIA_TYPE")).await;
    check("PUT", ACTIVE, Some(&json!({})), (400, "BAD_REQUEST")).await;
    let long = json!({ "isActive": true, "padding": "x".repeat(70_000) });
    check("PUT", ACTIVE, Some(&long), (413, "BODY_TOO_LARGE")).await;
    let no_utf8 = goal("challenge-01", "%ff", "claim");
    check("POST", &no_utf8, None, (400, "BAD_REQUEST")).await;
    check(
        "PUT",
        ACTIVE,
        Some(&json!({ "isActive": "yes" })),
        (400, "BAD_REQUEST"),
    )
    .await;
    check(
        "GET",
        &format!("{LIST}?active_only=perhaps"),
        None,
        (400, "BAD_REQUEST"),
    )
    .await;
    // Not the list of all goals to somebody who did not ask for that.
    check(
        "GET",
        &format!("{LIST}?activeOnly=true"),
        None,
        (400, "BAD_REQUEST"),
    )
    .await;
    check("GET", "/challenge/v1/nothing", None, (404, "NOT_FOUND")).await;
    check("DELETE", LIST, None, (405, "METHOD_NOT_ALLOWED")).await;
}

#[tokio::test]
async fn who_asks_is_believed_only_where_that_was_allowed() {
    let service = start(|settings| settings.allow_mock_user = false).await;
    for (method, path) in [("GET", LIST), ("POST", INITIALIZE), ("PUT", ACTIVE)] {
        let problem = service.call(method, path, "ann", None).await.problem();
        assert_eq!(problem, (401, "UNAUTHENTICATED".into()), "{method} {path}");
    }
    assert_eq!(
        service.call("GET", "/healthz", "ann", None).await.status,
        200
    );

    let service = start(|_| ()).await;
    let url = format!("http://{}{LIST}", service.addresses.http);
    let long = "x".repeat(129);
    for headers in [&[][..], &[("x-mock-user", "")], &[("x-mock-user", &long)]] {
        let problem = send("GET", &url, headers, None).await.problem();
        assert_eq!(problem, (401, "UNAUTHENTICATED".into()), "{headers:?}");
    }
}

#[tokio::test]
async fn a_process_for_events_serves_no_players() {
    let service = start(|settings| settings.role = Role::Events).await;
    assert_eq!(
        service.call("GET", "/healthz", "ann", None).await.status,
        200
    );
    let problem = service.call("GET", LIST, "ann", None).await.problem();
    assert_eq!(problem, (404, "NOT_FOUND".into()));
    let service = start(|settings| settings.role = Role::Api).await;
    assert_eq!(service.call("GET", LIST, "ann", None).await.status, 200);
}

#[tokio::test]
async fn metrics_count_by_route_method_and_status() {
    let service = start(|_| ()).await;
    service.call("POST", INITIALIZE, "ann", None).await;
    service.call("POST", INITIALIZE, "bob", None).await;
    service.call("PUT", ACTIVE, "ann", None).await;
    let answer = service.call("GET", "/metrics", "", None).await;
    assert_eq!(answer.status, 200);
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    for line in [
        r#"challenge_requests_total{protocol="rest",route="/challenge/v1/challenges/initialize",method="POST",status="200"} 2"#,
        r#"challenge_requests_total{protocol="rest",route="/challenge/v1/challenges/{challenge}/goals/{goal}/active",method="PUT",status="415"} 1"#,
        r#"challenge_request_duration_seconds_count{protocol="rest",route="/challenge/v1/challenges/initialize",method="POST"} 2"#,
        r#"challenge_request_duration_seconds_bucket{le="+Inf",protocol="rest",route="/challenge/v1/challenges/initialize",method="POST"} 2"#,
        r#"challenge_requests_in_progress{protocol="rest",route="/metrics",method="GET"} 1"#,
        r#"challenge_requests_in_progress{protocol="rest",route="/challenge/v1/challenges/initialize",method="POST"} 0"#,
        "challenge_pool_max_connections 8",
        "challenge_pool_waiting 0",
        "challenge_queued_writes 0",
    ] {
        assert!(text.lines().any(|l| l == line), "no {line} in\n{text}");
    }
    assert!(text.contains(r#"challenge_pool_connections{state="in_use"}"#));
}
