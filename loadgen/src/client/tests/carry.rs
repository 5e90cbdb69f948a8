//! Values travel from a response into later requests.

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};

use super::bench::{Bench, serve};
use crate::client::Carried;

const ACTIONS: &str = r#"
[actions.list]
http = "GET /goals"
extract = { goal = "$.challenges[0].goals[1].goalId", level = "$.level", etag = "header:etag" }
[actions.claim]
http = "POST /goals/${goal}/claim"
headers = { if-match = "${etag}" }
json = '{"note": "${goal}", "level": ${level}}'
[actions.missing]
http = "GET /goals"
extract = { goal = "$.challenges[7].name" }
[actions.list-of]
http = "GET /goals"
extract = { goal = "$.challenges" }
[actions.no-header]
http = "GET /goals"
extract = { goal = "header:location" }
[actions.no-json]
http = "GET /text"
extract = { goal = "$.a" }
"#;

async fn goals() -> impl IntoResponse {
    let body =
        r#"{"level": 7, "challenges": [{"goals": [{"goalId": "a"}, {"goalId": "b \"c\""}]}]}"#;
    ([("etag", "\"v1\"")], body)
}

async fn claim(Path(goal): Path<String>, headers: HeaderMap, body: String) -> StatusCode {
    let whole = goal == r#"b "c""#
        && headers["if-match"] == "\"v1\""
        && body == r#"{"note": "b \"c\"", "level": 7}"#;
    if whole {
        StatusCode::OK
    } else {
        StatusCode::BAD_REQUEST
    }
}

async fn bench() -> Bench {
    let app = Router::new()
        .route("/goals", get(goals))
        .route("/text", get(async || "no json"))
        .route("/goals/{goal}/claim", post(claim));
    Bench::http(serve(app).await, ACTIONS)
}

#[tokio::test]
async fn what_a_response_gives_fills_the_places_of_later_requests() {
    let bench = bench().await;
    let mut carried = Carried::default();
    bench.step("list", 0, &mut carried).await.unwrap();
    assert_eq!(carried.get("goal"), Some(r#"b "c""#));
    assert_eq!(carried.get("level"), Some("7"));
    bench.step("claim", 0, &mut carried).await.unwrap();
}

#[tokio::test]
async fn a_value_that_is_not_there_is_a_failure_of_its_own_kind() {
    let bench = bench().await;
    for (action, message) in [
        (
            "missing",
            "goal: the body has nothing at $.challenges[7].name",
        ),
        (
            "list-of",
            "goal: the body has a list at $.challenges, not a text, a number or true or false",
        ),
        ("no-header", "goal: the response has no header location"),
        ("no-json", "goal: the body is no JSON"),
        ("claim", "no earlier response gave ${etag}"),
    ] {
        let mut carried = Carried::default();
        let failure = bench.step(action, 0, &mut carried).await.unwrap_err();
        assert_eq!(failure.kind, "extract", "{action}");
        assert_eq!(failure.message, message, "{action}");
        assert_eq!(format!("{carried:?}"), "{}", "{action}");
    }
}
