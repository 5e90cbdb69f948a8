//! A shop that takes signed orders, and works on each for a while.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::signature;

/// How long an order takes.
const WORK: Duration = Duration::from_millis(50);
/// How old a signature may be.
const FRESH: Duration = Duration::from_mins(1);

struct Shop {
    key: String,
    /// When each order is done.
    orders: Mutex<Vec<Instant>>,
}

/// Serves on a free port, on a thread of its own, until the program ends.
pub(crate) fn start(key: &str) -> SocketAddr {
    let shop = Arc::new(Shop {
        key: key.to_owned(),
        orders: Mutex::default(),
    });
    let app = Router::new()
        .route("/shelves/{shelf}", get(shelf))
        .route("/carts/{visitor}", get(cart))
        .route("/orders", post(place))
        .route("/orders/{order}", get(state))
        .with_state(shop);
    let (tell, address) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.expect("a thread can serve").block_on(async move {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
            let listener = listener.expect("a port of the machine is free");
            let _ = tell.send(listener.local_addr());
            let _ = axum::serve(listener, app).await;
        });
    });
    let address = address.recv().ok().and_then(Result::ok);
    address.expect("the shop listens")
}

async fn shelf(Path(shelf): Path<u64>) -> Json<Value> {
    Json(json!({ "shelf": shelf, "items": ["lamp", "chair"] }))
}

async fn cart(Path(visitor): Path<String>) -> Json<Value> {
    Json(json!({ "of": visitor, "items": [] }))
}

async fn place(
    State(shop): State<Arc<Shop>>,
    headers: HeaderMap,
    body: String,
) -> Result<(StatusCode, Json<Value>), StatusCode> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let time = header("x-time").ok_or(StatusCode::UNAUTHORIZED)?;
    let signed = signature::sign(&shop.key, time, &body);
    if header("x-signature") != Some(&*signed) || !is_fresh(time) {
        return Err(StatusCode::UNAUTHORIZED);
    }
    let mut orders = shop.orders.lock().unwrap_or_else(PoisonError::into_inner);
    orders.push(Instant::now() + WORK);
    let order = json!({ "order": orders.len() - 1 });
    Ok((StatusCode::ACCEPTED, Json(order)))
}

fn is_fresh(time: &str) -> bool {
    let since = |time: u64| {
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH + Duration::from_secs(time))
    };
    time.parse()
        .is_ok_and(|time| since(time).is_ok_and(|age| age < FRESH))
}

async fn state(
    State(shop): State<Arc<Shop>>,
    Path(order): Path<usize>,
) -> Result<Json<Value>, StatusCode> {
    let orders = shop.orders.lock().unwrap_or_else(PoisonError::into_inner);
    let done = *orders.get(order).ok_or(StatusCode::NOT_FOUND)?;
    let state = if Instant::now() < done {
        "pending"
    } else {
        "done"
    };
    Ok(Json(json!({ "state": state })))
}
