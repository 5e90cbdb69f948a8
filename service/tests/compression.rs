//! Responses for those who accept them compressed.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod support;

use std::io::Read;

use challenge_service::phase::{CatalogueBody, Compression};
use flate2::read::GzDecoder;
use support::{Answer, Running, send, start};

const LIST: &str = "/challenge/v1/challenges";
const INITIALIZE: &str = "/challenge/v1/challenges/initialize";

async fn ask(service: &Running, path: &str, accept: Option<&str>) -> Answer {
    let url = format!("http://{}{path}", service.addresses.http);
    let mut headers = vec![("x-mock-user", "ann")];
    headers.extend(accept.map(|accept| ("accept-encoding", accept)));
    send("GET", &url, &headers, None).await
}

fn encoding(answer: &Answer) -> Option<&str> {
    Some(answer.headers.get("content-encoding")?.to_str().unwrap())
}

#[tokio::test]
async fn gzip_is_for_those_who_accept_it_where_it_is_switched_on() {
    for body in [CatalogueBody::Serde, CatalogueBody::Template] {
        let service = start(|settings| {
            settings.phase.switches.compression = Compression::Gzip;
            settings.phase.switches.catalogue_body = body;
        })
        .await;
        // With goals of the player the template is sent in many pieces.
        let initialised = service.call("POST", INITIALIZE, "ann", None).await;
        assert_eq!(initialised.status, 200);
        let plain = ask(&service, LIST, None).await;
        assert_eq!(encoding(&plain), None);
        let small = ask(
            &service,
            "/challenge/v1/challenges/challenge-01/rotation",
            Some("gzip"),
        )
        .await;
        assert_eq!((small.status, encoding(&small)), (200, None));
        let packed = ask(&service, LIST, Some("gzip, br")).await;
        assert_eq!((packed.status, encoding(&packed)), (200, Some("gzip")));
        assert_eq!(packed.headers["vary"], "accept-encoding");
        assert!(
            packed.body.len() * 4 < plain.body.len(),
            "{body:?}: {}",
            packed.body.len()
        );
        let mut unpacked = Vec::new();
        GzDecoder::new(&packed.body[..])
            .read_to_end(&mut unpacked)
            .unwrap();
        assert!(unpacked == plain.body, "{body:?}");
        let active = plain.json()["challenges"][0]["goals"][0]["isActive"].clone();
        assert_eq!(active, true, "{body:?}");

        let service = start(|settings| {
            settings.phase.switches.compression = Compression::None;
            settings.phase.switches.catalogue_body = body;
        })
        .await;
        assert_eq!(encoding(&ask(&service, LIST, Some("gzip")).await), None);
    }
}
