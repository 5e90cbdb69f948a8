//! What functions give is carried as what responses give; gRPC clients of their own use the
//! connection of the thread.

use axum::Router;
use axum::http::HeaderMap;
use axum::routing::get;
use http::Request;

use super::bench::Bench;
use super::echo::listen;
use crate::client::{Actions, Arrival, Carried};

const ACTIONS: &str = r#"
[actions.open]
code = true
extract = ["cart", "etag"]
[actions.forget]
code = true
extract = ["cart"]
[actions.fill]
code = true
values = { all = "${cart}/${etag}" }
extract = ["etag"]
"#;

fn actions() -> Actions {
    Actions::new()
        .add("open", |arrival: Arrival| async move {
            arrival.give("cart", "c1")?;
            arrival.give("etag", "v0")?;
            arrival.give("etag", "v1")
        })
        .add("forget", |_| async { Ok(()) })
        .add("fill", |arrival: Arrival| async move {
            arrival.give("etag", format!("after {}", arrival.value("all")?))
        })
}

#[tokio::test]
async fn what_functions_give_fills_the_values_of_later_ones() {
    let bench = Bench::with_actions(ACTIONS, &actions());
    let mut carried = Carried::default();
    bench.step("open", 0, &mut carried).await.unwrap();
    bench.step("fill", 0, &mut carried).await.unwrap();
    assert_eq!(carried.get("cart"), Some("c1"));
    assert_eq!(carried.get("etag"), Some("after c1/v1"));
}

#[tokio::test]
async fn what_a_function_does_not_give_is_a_failure() {
    let bench = Bench::with_actions(ACTIONS, &actions());
    for (action, message) in [
        ("forget", "cart: the function did not give it"),
        ("fill", "no earlier response gave ${cart}"),
    ] {
        let mut carried = Carried::default();
        let failure = bench.step(action, 0, &mut carried).await.unwrap_err();
        assert_eq!((failure.kind(), failure.message()), ("extract", message));
        assert_eq!(format!("{carried:?}"), "{}", "nothing is carried");
    }
}

#[tokio::test]
async fn a_function_shares_the_cookies_of_its_session_and_of_no_other() {
    let app = Router::new()
        .route("/set", get(async || [("set-cookie", "cart=c1; Path=/")]))
        .route(
            "/seen",
            get(async |headers: HeaderMap| headers.contains_key("cookie").to_string()),
        );
    let address = listen(app, None).await.address;
    let text = format!(
        r#"
[http]
cookies = true
[addresses]
http = "http://{address}"
[users]
count = 1
[actions.open]
http = "GET /set"
[actions.look]
code = true
extract = ["seen"]
[sessions.visit]
steps = ["open", "look"]
"#
    );
    let actions = Actions::new().add("look", |arrival: Arrival| async move {
        let reply = arrival.send(Request::get("/seen").body("")?).await?;
        arrival.give("seen", String::from_utf8_lossy(reply.body()))
    });
    let bench = Bench::with_actions(&text, &actions);
    let (mut one, mut other) = (bench.session(0), bench.session(1));
    bench.step("open", 0, &mut one).await.unwrap();
    bench.step("look", 0, &mut one).await.unwrap();
    bench.step("look", 1, &mut other).await.unwrap();
    assert_eq!(
        (one.get("seen"), other.get("seen")),
        (Some("true"), Some("false")),
        "both are of one user"
    );
}
