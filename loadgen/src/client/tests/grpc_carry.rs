//! Values travel from a gRPC answer into later calls; certificates are shown to services that ask.

use super::bench::Bench;
use super::echo::listen;
use super::grpc::{FILES, Reflection, shop};
use super::tls::Authority;
use crate::client::Carried;

#[tokio::test]
async fn what_an_answer_gives_fills_the_places_of_later_calls() {
    let address = listen(shop(Reflection::Off), None).await.address;
    let text = format!(
        r#"{FILES}addresses.grpc = 'http://{address}'
[actions.buy]
grpc = "shop.v1.Shop/Buy"
message = '{{"item": "a \"b\"", "count": 4}}'
extract = {{ id = "$.id", total = "$.total", shop = "header:x-shop" }}
[actions.again]
grpc = "shop.v1.Shop/Buy"
message = '{{"item": "${{id}}", "count": ${{total}}}}'
metadata = {{ x-from = "${{shop}}" }}
checks.json = {{ "$.id" = 'a "b"', "$.total" = 16, "$.seen['x-from']" = "corner" }}
[actions.missing]
grpc = "shop.v1.Shop/Buy"
message = '{{}}'
extract = {{ id = "header:x-none" }}
"#
    );
    let bench = Bench::with_protos(&text).await.unwrap();
    let mut carried = Carried::default();
    bench.step("buy", 0, &mut carried).await.unwrap();
    bench.step("again", 0, &mut carried).await.unwrap();
    let failure = bench.step("missing", 0, &mut carried).await.unwrap_err();
    assert_eq!(failure.kind, "extract");
}

#[tokio::test]
async fn a_service_that_asks_for_a_certificate_is_shown_one() {
    let authority = Authority::new();
    let ca = authority.setting("ca", "ca.pem");
    let both =
        authority.setting("certificate", "client.pem") + &authority.setting("key", "client.key");
    for (tls, want) in [
        (ca.clone() + &both, true),
        ("insecure = true\n".to_owned() + &both, true),
        (ca, false),
    ] {
        let server = authority.server(&["h2"], true);
        let address = listen(shop(Reflection::Off), Some(server)).await.address;
        let text = format!(
            "{FILES}addresses.grpc = 'https://localhost:{}'\n[tls]\n{tls}[actions.a]\ngrpc = 'shop.v1.Shop/Buy'\nmessage = '{{}}'\n",
            address.port()
        );
        let bench = Bench::with_protos(&text).await.unwrap();
        let sent = bench.step("a", 0, &mut Carried::default()).await;
        assert_eq!(sent.is_ok(), want, "{tls}: {sent:?}");
    }
}
