//! Services that take too long.

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use tokio_stream::StreamExt as _;

use super::bench::Bench;
use super::echo::listen;
use crate::client::Carried;

/// The head of a response, a part of its body, and then nothing.
async fn begun() -> Body {
    let first = tokio_stream::once(Ok::<_, Infallible>("one"));
    Body::from_stream(first.chain(tokio_stream::pending()))
}

#[tokio::test]
async fn a_response_must_be_whole_in_time() {
    let app = Router::new()
        .route("/silent", get(std::future::pending::<()>))
        .route("/begun", get(begun))
        .route("/quick", get(async || "done"));
    let address = listen(app, None).await.address;
    for (version, path, want) in [
        (
            "1.1",
            "silent",
            Err(("timeout", "no response within 100ms")),
        ),
        ("1.1", "begun", Err(("timeout", "no response within 100ms"))),
        ("2", "silent", Err(("timeout", "no response within 100ms"))),
        ("2", "begun", Err(("timeout", "no response within 100ms"))),
        ("1.1", "quick", Ok(())),
    ] {
        let timeout = if want.is_ok() { "1min" } else { "100ms" };
        let text = format!(
            "[http]\nversion = '{version}'\n[actions.a]\nhttp = 'GET /{path}'\ntimeout = '{timeout}'\n"
        );
        let sent = Bench::http(address, &text);
        let sent = sent.step("a", 0, &mut Carried::default()).await;
        let told = sent.as_ref().map_err(|f| (&*f.kind, &*f.message));
        assert_eq!(
            told,
            want.as_ref().map_err(|told| *told),
            "{version} {path}"
        );
    }
}
