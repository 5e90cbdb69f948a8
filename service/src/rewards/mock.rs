//! A reward platform that grants everything, after a while.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::serve::ListenerExt;
use axum::{Json, Router};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::span;

/// How the mock behaves.
#[derive(Debug, Clone, clap::Args)]
pub struct MockArgs {
    /// Where to listen; port 0 takes any free port
    #[arg(
        long,
        value_name = "ADDR",
        default_value = "127.0.0.1:8003",
        env = "REWARD_MOCK_LISTEN"
    )]
    pub listen: SocketAddr,

    /// Shortest time until an answer
    #[arg(long, value_name = "TIME", default_value = "50ms", value_parser = span::parse, env = "REWARD_MOCK_LATENCY_MIN")]
    pub latency_min: Duration,

    /// Longest time until an answer; times are spread evenly between the two
    #[arg(long, value_name = "TIME", default_value = "200ms", value_parser = span::parse, env = "REWARD_MOCK_LATENCY_MAX")]
    pub latency_max: Duration,

    /// Seed of the latencies
    #[arg(
        long,
        value_name = "NUMBER",
        default_value_t = 1,
        env = "REWARD_MOCK_SEED"
    )]
    pub seed: u64,
}

/// Why the mock could not run.
#[derive(Debug, thiserror::Error)]
pub enum MockError {
    /// The latencies make no range.
    #[error("--latency-min {min:?} is above --latency-max {max:?}")]
    Latency {
        /// The shortest time.
        min: Duration,
        /// The longest time.
        max: Duration,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
    /// Serving failed.
    #[error("reward mock: {0}")]
    Serve(#[from] std::io::Error),
}

/// A mock that is bound and ready to run.
#[derive(Debug)]
pub struct Mock {
    listener: TcpListener,
    /// Where it listens.
    pub address: SocketAddr,
    platform: Platform,
}

/// Runs a mock until `shutdown` completes.
pub async fn run(
    args: MockArgs,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), MockError> {
    let mock = Mock::bind(args).await?;
    tracing::info!(listen = %mock.address, "reward mock ready");
    mock.run(shutdown).await
}

impl Mock {
    /// Binds the address.
    pub async fn bind(args: MockArgs) -> Result<Self, MockError> {
        if args.latency_min > args.latency_max {
            return Err(MockError::Latency {
                min: args.latency_min,
                max: args.latency_max,
            });
        }
        let listen = |source| MockError::Listen {
            address: args.listen,
            source,
        };
        let listener = TcpListener::bind(args.listen).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let platform = Platform {
            latency: args.latency_min..=args.latency_max,
            state: Arc::new(Mutex::new(PlatformState {
                latencies: fastrand::Rng::with_seed(args.seed),
                keyed: HashMap::new(),
                granted: 0,
            })),
        };
        Ok(Self {
            listener,
            address,
            platform,
        })
    }

    /// Serves until `shutdown` completes, and then what was accepted.
    pub async fn run(
        self,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), MockError> {
        let router = Router::new()
            .route("/v1/grants", get(count).post(grant))
            .route("/healthz", get(async || "ok"))
            .with_state(self.platform);
        let listener = self.listener.tap_io(|stream| {
            // Fails on a connection that is gone already.
            let _ = stream.set_nodelay(true);
        });
        axum::serve(listener, router)
            .with_graceful_shutdown(shutdown)
            .await?;
        Ok(())
    }
}

#[derive(Debug, Clone)]
struct Platform {
    latency: std::ops::RangeInclusive<Duration>,
    state: Arc<Mutex<PlatformState>>,
}

#[derive(Debug)]
struct PlatformState {
    latencies: fastrand::Rng,
    /// What was asked for and answered, by idempotency key.
    keyed: HashMap<String, (Value, Value)>,
    granted: u64,
}

enum Outcome {
    Granted(Value),
    Repeated(Value),
    KeyReused,
}

impl Platform {
    fn decide(&self, key: Option<&str>, asked: Value) -> (Outcome, Duration) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (min, max) = (self.latency.start(), self.latency.end());
        let wait = min.as_micros() as u64..=max.as_micros() as u64;
        let wait = Duration::from_micros(state.latencies.u64(wait));
        let next = state.granted + 1;
        let answer = json!({ "grantId": format!("grant-{next}"), "status": "granted" });
        let outcome = match key.map(|key| state.keyed.entry(key.to_owned())) {
            Some(Entry::Occupied(before)) => {
                let (first_asked, first_answer) = before.get();
                if *first_asked == asked {
                    Outcome::Repeated(first_answer.clone())
                } else {
                    Outcome::KeyReused
                }
            }
            Some(Entry::Vacant(place)) => {
                place.insert((asked, answer.clone()));
                Outcome::Granted(answer)
            }
            None => Outcome::Granted(answer),
        };
        if matches!(outcome, Outcome::Granted(_)) {
            state.granted = next;
        }
        (outcome, wait)
    }
}

async fn grant(
    State(platform): State<Platform>,
    headers: HeaderMap,
    Json(asked): Json<Value>,
) -> Response {
    for field in ["userId", "rewardId"] {
        if !asked[field].is_string() {
            let error = json!({ "error": format!("{field} is missing") });
            return (StatusCode::BAD_REQUEST, Json(error)).into_response();
        }
    }
    let key = headers
        .get("idempotency-key")
        .and_then(|key| key.to_str().ok());
    let (outcome, wait) = platform.decide(key, asked);
    tokio::time::sleep(wait).await;
    match outcome {
        Outcome::Granted(answer) => (StatusCode::CREATED, Json(answer)).into_response(),
        Outcome::Repeated(answer) => (StatusCode::OK, Json(answer)).into_response(),
        Outcome::KeyReused => {
            let error = json!({ "error": "this idempotency key was used for another grant" });
            (StatusCode::UNPROCESSABLE_ENTITY, Json(error)).into_response()
        }
    }
}

async fn count(State(platform): State<Platform>) -> Json<Value> {
    let state = platform.state.lock();
    let granted = state.unwrap_or_else(PoisonError::into_inner).granted;
    Json(json!({ "granted": granted }))
}
