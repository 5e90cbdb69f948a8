//! What a check says of a response.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;

use super::bench::{Bench, serve};
use crate::client::Carried;

const SECRET: &str = "hunter2";

/// Sends `GET /PATH` with these checks: the kind and the message, or nothing for a success.
async fn check(path: &str, checks: &str, want: Option<(&str, &str)>) {
    let order = async || {
        let body =
            format!(r#"{{"status": "{SECRET}", "n": 5, "items": [{{"id": "a"}}], "none": null}}"#);
        ([("etag", "v1"), ("content-type", "application/json")], body)
    };
    let app = Router::new()
        .route("/order", get(order))
        .route("/gone", get(async || (StatusCode::GONE, SECRET)))
        .route(
            "/moved",
            get(async || (StatusCode::FOUND, [("location", "/order")])),
        );
    let text = format!("[actions.a]\nhttp = \"GET /{path}\"\nchecks = {checks}\n");
    let bench = Bench::http(serve(app).await, &text);
    let result = bench.step("a", 0, &mut Carried::default()).await;
    let failure = result.as_ref().err().map(|f| (&*f.kind, &*f.message));
    assert_eq!(failure, want, "{path}: {checks}");
}

#[tokio::test]
async fn a_check_that_holds_makes_a_success() {
    for (path, checks) in [
        ("order", "{}"),
        ("order", "{ status = 200 }"),
        ("gone", "{ status = 410 }"),
        ("gone", r#"{ status = ["2xx", 410] }"#),
        (
            "moved",
            r#"{ status = "3xx", headers = { location = "/order" } }"#,
        ),
        ("order", r#"{ headers = ["etag"] }"#),
        (
            "order",
            r#"{ headers = { etag = "v1", server = { exists = false } } }"#,
        ),
        ("order", r#"{ json = ["$.items[0].id", "$.none"] }"#),
        (
            "order",
            r#"{ json = { "$.n" = 5, "$.items[0].id" = "a", "$.x" = { exists = false } } }"#,
        ),
        ("order", r#"{ json = { "$.n" = 5.0 } }"#),
        (
            "order",
            r#"{ contains = "items", regex = ['"n":\s*\d', "status"] }"#,
        ),
        ("order", "{ size = { min = 10, max = 100 } }"),
        ("gone", "{ status = 410, size = { max = 7 } }"),
    ] {
        check(path, checks, None).await;
    }
}

#[tokio::test]
async fn a_check_that_does_not_hold_says_what_was_expected_and_never_what_was_found() {
    for (path, checks, kind, message) in [
        ("gone", "{}", "http-410", "HTTP 410 Gone"),
        ("moved", "{}", "http-302", "HTTP 302 Found"),
        (
            "gone",
            r#"{ status = [201, "3xx"] }"#,
            "check-status",
            "expected HTTP 201 or 3xx, got 410 Gone",
        ),
        (
            "order",
            r#"{ headers = ["server"] }"#,
            "check-header",
            "expected header server, there is none",
        ),
        (
            "order",
            r#"{ headers = { etag = "v2" } }"#,
            "check-header",
            "expected header etag to be \"v2\", it is not",
        ),
        (
            "order",
            r"{ headers = { etag = { exists = false } } }",
            "check-header",
            "expected no header etag, there is one",
        ),
        (
            "order",
            r#"{ json = ["$.items[1]"] }"#,
            "check-json",
            "expected something at $.items[1], there is nothing",
        ),
        (
            "order",
            r#"{ json = { "$.status" = "open" } }"#,
            "check-json",
            "expected \"open\" at $.status, there is another text",
        ),
        (
            "order",
            r#"{ json = { "$.items" = 3 } }"#,
            "check-json",
            "expected 3 at $.items, there is a list",
        ),
        (
            "order",
            r#"{ json = { "$.x" = true } }"#,
            "check-json",
            "expected true at $.x, there is nothing",
        ),
        (
            "order",
            r#"{ json = { "$.n" = { exists = false } } }"#,
            "check-json",
            "expected nothing at $.n, there is a number",
        ),
        (
            "gone",
            r#"{ status = 410, json = ["$.a"] }"#,
            "check-json",
            "expected JSON, the body is none",
        ),
        (
            "order",
            r#"{ contains = "closed" }"#,
            "check-body",
            "expected \"closed\" in the body, it is not there",
        ),
        (
            "order",
            "{ regex = '^\\d+$' }",
            "check-body",
            "expected a match of ^\\d+$ in the body",
        ),
        (
            "gone",
            "{ status = 410, size = { max = 6 } }",
            "check-size",
            "expected a body of at most 6 bytes, got 7",
        ),
        (
            "gone",
            "{ status = 410, size = { min = 8 } }",
            "check-size",
            "expected a body of at least 8 bytes, got 7",
        ),
    ] {
        assert!(!message.contains(SECRET));
        check(path, checks, Some((kind, message))).await;
    }
}
