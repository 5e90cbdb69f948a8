//! `[actions.order]` of shop.toml.

use std::time::{Duration, SystemTime};

use brunt::http::{Request, StatusCode};
use brunt::{Arrival, Failure};
use serde_json::{Value, json};

use crate::signature;

const POLL: Duration = Duration::from_millis(10);

/// Places an order, and asks for it until it is done.
pub(crate) async fn order(arrival: Arrival) -> Result<(), Failure> {
    let body = json!({
        "for": arrival.user()?,
        "shelf": arrival.number("shelf")?,
        "count": arrival.number("count")?,
        // Two runs place different orders.
        "id": format!("{}-{}", arrival.run(), arrival.ordinal()),
    });
    let body = body.to_string();
    let time = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let time = time.as_secs().to_string();
    let request = Request::post("/orders")
        .header(
            "x-signature",
            signature::sign(arrival.value("key")?, &time, &body),
        )
        .header("x-time", time)
        .body(body)?;
    let placed = arrival.send(request).await?;
    if placed.status() != StatusCode::ACCEPTED {
        return Err(Failure::http(placed.status()));
    }
    let placed: Value = serde_json::from_slice(placed.body())?;
    let path = format!("/orders/{}", placed["order"]);
    loop {
        let order = arrival.send(Request::get(&path).body("")?).await?;
        if !order.status().is_success() {
            return Err(Failure::http(order.status()));
        }
        let order: Value = serde_json::from_slice(order.body())?;
        match order["state"].as_str() {
            Some("done") => return Ok(()),
            Some("pending") => tokio::time::sleep(POLL).await,
            _ => {
                return Err(Failure::new(
                    "order-state",
                    "the order is neither done nor pending",
                ));
            }
        }
    }
}
