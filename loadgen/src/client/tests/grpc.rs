//! gRPC calls to a real service, with definitions from files and by reflection.

use std::collections::HashMap;
use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use tonic::body::Body;
use tonic::codegen::{BoxFuture, Context, Poll, Service};
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::service::Routes;
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;

use super::bench::Bench;
use super::echo::listen;
use super::tls::Authority;
use crate::client::{Actions, Arrival, Carried, Failure};

#[derive(Clone, PartialEq, prost::Message)]
struct Order {
    #[prost(string, tag = "1")]
    item: String,
    #[prost(int64, tag = "2")]
    count: i64,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Receipt {
    #[prost(string, tag = "1")]
    id: String,
    #[prost(int64, tag = "2")]
    total: i64,
    /// The metadata of the request.
    #[prost(map = "string, string", tag = "3")]
    seen: HashMap<String, String>,
}

#[derive(Clone)]
struct Shop;

impl NamedService for Shop {
    const NAME: &'static str = "shop.v1.Shop";
}

impl Service<http::Request<Body>> for Shop {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Self::Error>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Box::pin(async move {
            let mut grpc = Grpc::new(ProstCodec::<Receipt, Order>::default());
            Ok(grpc.unary(Buy, request).await)
        })
    }
}

struct Buy;

impl UnaryService<Order> for Buy {
    type Response = Receipt;
    type Future = BoxFuture<Response<Receipt>, Status>;

    fn call(&mut self, request: Request<Order>) -> Self::Future {
        Box::pin(async move {
            let seen = request.metadata().clone().into_headers();
            let seen = seen
                .iter()
                .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
            let seen = seen.collect();
            let order = request.into_inner();
            match order.item.as_str() {
                "none" => return Err(Status::not_found("no such item")),
                "slow" => tokio::time::sleep(Duration::from_mins(1)).await,
                _ => {}
            }
            let mut response = Response::new(Receipt {
                id: order.item,
                total: order.count * 2,
                seen,
            });
            response
                .metadata_mut()
                .insert("x-shop", "corner".parse().unwrap());
            Ok(response)
        })
    }
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Reflection {
    Off,
    V1,
    V1Alpha,
}

pub(super) fn shop(reflection: Reflection) -> Router {
    let files = protox::compile(
        ["tests/data/protos/shop/shop.proto"],
        ["tests/data/protos/shop", "tests/data/protos/include"],
    );
    // The second has no definition.
    let builder = tonic_reflection::server::Builder::configure()
        .register_file_descriptor_set(files.unwrap())
        .with_service_name("shop.v1.Shop")
        .with_service_name("shop.v1.Ghost");
    let routes = Routes::new(Shop);
    let routes = match reflection {
        Reflection::Off => routes,
        Reflection::V1 => routes.add_service(builder.build_v1().unwrap()),
        Reflection::V1Alpha => routes.add_service(builder.build_v1alpha().unwrap()),
    };
    routes.prepare().into_axum_router()
}

pub(super) const FILES: &str =
    "proto = ['tests/data/protos/stock.proto', 'tests/data/protos/shop/shop.proto']
grpc = { include = ['tests/data/protos/include'] }
";
const REFLECTION: &str = "grpc = { reflection = true }\n";

async fn send(definitions: &str, reflection: Reflection, action: &str) -> Result<(), Failure> {
    let address = listen(shop(reflection), None).await.address;
    let text = format!(
        "{definitions}addresses.grpc = 'http://{address}'\n[actions.a]\ngrpc = 'shop.v1.Shop/Buy'\n{action}\n"
    );
    let bench = Bench::with_protos(&text).await.unwrap();
    bench.step("a", 3, &mut Carried::default()).await
}

#[tokio::test]
async fn calls_arrive_as_the_scenario_has_them_and_answers_are_checked() {
    let seen = r#"
message = '{"item": "${ordinal}", "count": "4", "price": {"currency": "EUR", "cents": 5}}'
metadata = { x-user = 'u-${ordinal}' }
bearer = '${env:CARGO_PKG_NAME}'
timeout = "30s"
[actions.a.checks]
headers = { x-shop = "corner" }
size = { min = 10 }
[actions.a.checks.json]
"$.id" = "3"
"$.total" = 8
"$.seen['x-user']" = "u-3"
"$.seen.authorization" = "Bearer brunt-loadgen"
"$.seen['grpc-timeout']" = "30000000u"
"$.seen['user-agent']" = { exists = true }
"#;
    for (definitions, reflection) in [
        (FILES, Reflection::Off),
        (REFLECTION, Reflection::V1),
        (REFLECTION, Reflection::V1Alpha),
    ] {
        send(definitions, reflection, seen).await.unwrap();
    }
    let escaped = "message = '{\"item\": \"${env:BRUNT_NOT_SET:-a \"b\" \\}\"}'\nchecks.json = { '$.id' = 'a \"b\" \\' }";
    send(FILES, Reflection::Off, escaped).await.unwrap();
    let default = "message = '{}'\nchecks.json = { '$.total' = 0, '$.id' = '' }";
    send(FILES, Reflection::Off, default).await.unwrap();
}

/// As clients do that tonic has generated.
#[tokio::test]
async fn functions_call_by_the_connection_of_their_thread() {
    let address = listen(shop(Reflection::Off), None).await.address;
    let actions = Actions::new().add("a", |arrival: Arrival| async move {
        let mut grpc = tonic::client::Grpc::new(arrival.channel()?);
        grpc.ready().await?;
        let item = ["lamp", "none"][arrival.ordinal() as usize].to_owned();
        let order = Request::new(Order { item, count: 2 });
        let path = http::uri::PathAndQuery::from_static("/shop.v1.Shop/Buy");
        let codec = ProstCodec::<Order, Receipt>::default();
        let receipt = grpc.unary(order, path, codec).await?;
        assert_eq!(receipt.get_ref().total, 4);
        Ok(())
    });
    let text = format!("addresses.grpc = 'http://{address}'\n[actions.a]\ncode = true\n");
    let bench = Bench::with_actions(&text, &actions);
    let mut carried = Carried::default();
    bench.step("a", 0, &mut carried).await.unwrap();
    let failure = bench.step("a", 1, &mut carried).await.unwrap_err();
    assert_eq!(
        failure,
        Failure::new("grpc-not-found", "gRPC not-found: no such item")
    );
}

#[tokio::test]
async fn codes_are_successes_or_failures_as_the_scenario_says() {
    let none = r#"message = '{"item": "none"}'"#;
    let slow = "message = '{\"item\": \"slow\"}'\ntimeout = '100ms'";
    for (action, want) in [
        (
            none.to_owned(),
            Err(("grpc-not-found", "gRPC not-found: no such item")),
        ),
        (format!("{none}\nchecks.code = 'NOT_FOUND'"), Ok(())),
        (
            format!("{none}\nchecks.code = ['ok', 'aborted']"),
            Err(("check-code", "expected gRPC ok or aborted, got not-found")),
        ),
        (
            slow.to_owned(),
            Err(("timeout", "no response within 100ms")),
        ),
        (
            "message = '{\"item\": \"a\", \"count\": ${ordinal}}'\nchecks.json = { '$.total' = 7 }"
                .to_owned(),
            Err((
                "check-json",
                "expected 7 at $.total, there is another number",
            )),
        ),
    ] {
        let sent = send(FILES, Reflection::Off, &action).await;
        let told = sent.as_ref().map_err(|f| (&*f.kind, &*f.message));
        assert_eq!(told, want.as_ref().map_err(|told| *told), "{action}");
    }
}

#[tokio::test]
async fn a_service_is_spoken_to_by_tls() {
    let authority = Authority::new();
    let server = authority.server(&["h2"], false);
    let port = listen(shop(Reflection::V1), Some(server))
        .await
        .address
        .port();
    let text = format!(
        "{REFLECTION}addresses.grpc = 'https://localhost:{port}'\n[tls]\n{}[actions.a]\ngrpc = 'shop.v1.Shop/Buy'\nmessage = '{{}}'\n",
        authority.setting("ca", "ca.pem")
    );
    let bench = Bench::with_protos(&text).await.unwrap();
    bench.step("a", 0, &mut Carried::default()).await.unwrap();
}

/// Why the call cannot be made.
async fn refused(definitions: &str, reflection: Reflection, call: &str, message: &str) -> String {
    let address = listen(shop(reflection), None).await.address;
    let text = format!(
        "{definitions}addresses.grpc = 'http://{address}'\n[actions.a]\ngrpc = '{call}'\nmessage = '{message}'\n"
    );
    let error = Bench::with_protos(&text).await.err().unwrap().to_string();
    assert!(!error.contains("brunt-loadgen"), "{error}");
    error
}

#[tokio::test]
async fn what_cannot_be_called_is_told_with_what_can() {
    let alone = "proto = 'tests/data/protos/shop/shop.proto'\n";
    let none = "proto = 'tests/data/protos/none.proto'\n";
    for (definitions, call, message, want) in [
        (
            FILES,
            "shop.v1.Shop/Sell",
            "{}",
            "action \"a\": grpc: no method shop.v1.Shop/Sell in ",
        ),
        (FILES, "shop.v1.Shop/Sell", "{}", "stock.v1.Stock/Count"),
        (FILES, "shop.v1.Shop/Sell", "{}", "shop.v1.Shop/Buy"),
        (
            FILES,
            "shop.v1.Shop/Watch",
            "{}",
            "shop.v1.Shop/Watch is a streaming method",
        ),
        (
            FILES,
            "shop.v1.Shop/Buy",
            r#"{"itm": 1}"#,
            "hint: shop.v1.Order has item, count, price",
        ),
        (
            FILES,
            "shop.v1.Shop/Buy",
            r#"{"count": "${env:CARGO_PKG_NAME}"}"#,
            "message: it is no shop.v1.Order: see its column ",
        ),
        (alone, "shop.v1.Shop/Buy", "{}", "common/money.proto"),
        (none, "shop.v1.Shop/Buy", "{}", "none.proto"),
    ] {
        let error = refused(definitions, Reflection::Off, call, message).await;
        assert!(error.contains(want), "{error}");
    }
}

#[tokio::test]
async fn what_reflection_does_not_tell_cannot_be_called() {
    for (reflection, call, want) in [
        (
            Reflection::V1,
            "shop.v1.Shop/Sell",
            "reflection of http://127.0.0.1:",
        ),
        (Reflection::V1, "shop.v1.Shop/Sell", "shop.v1.Shop/Buy"),
        (
            Reflection::V1,
            "shop.v1.Shops/Buy",
            "hint: there is service shop.v1.Shop, service shop.v1.Ghost",
        ),
        (
            Reflection::V1,
            "shop.v1.Ghost/Buy",
            "not-found: symbol 'shop.v1.Ghost' not found",
        ),
        (
            Reflection::Off,
            "shop.v1.Shop/Buy",
            "it does not offer reflection\nhint: ",
        ),
    ] {
        let error = refused(REFLECTION, reflection, call, "{}").await;
        assert!(error.contains(want), "{error}");
    }
}
