//! Redis, by `INFO`.

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, InfoDict};

use super::reading::Reading;

/// What `INFO` calls it, and what records do.
const GAUGES: [(&str, &str); 16] = [
    ("total_commands_processed", "commands_total"),
    ("total_connections_received", "connections_total"),
    ("rejected_connections", "rejected_connections_total"),
    ("keyspace_hits", "hits_total"),
    ("keyspace_misses", "misses_total"),
    ("expired_keys", "expired_keys_total"),
    ("evicted_keys", "evicted_keys_total"),
    ("total_net_input_bytes", "received_bytes_total"),
    ("total_net_output_bytes", "sent_bytes_total"),
    ("total_error_replies", "errors_total"),
    ("connected_clients", "clients"),
    ("blocked_clients", "blocked_clients"),
    ("used_memory", "memory_bytes"),
    ("used_memory_peak", "memory_peak_bytes"),
    ("used_memory_rss", "memory_resident_bytes"),
    ("mem_fragmentation_ratio", "memory_fragmentation"),
];
/// These are in seconds.
const TIMES: [(&str, &str); 2] = [
    ("used_cpu_user", "cpu_user_us_total"),
    ("used_cpu_sys", "cpu_system_us_total"),
];

/// A server, and the connection to it.
pub(super) struct Redis {
    client: Client,
    connection: Option<MultiplexedConnection>,
}

impl Redis {
    pub(super) fn new(client: Client) -> Self {
        Self {
            client,
            connection: None,
        }
    }

    /// Reads what the server tells, connecting where that is needed.
    pub(super) async fn read(&mut self, reading: &mut Reading) -> Result<(), String> {
        let told = |e: redis::RedisError| e.to_string();
        if self.connection.is_none() {
            // Whoever reads waits no longer than it likes.
            let config = AsyncConnectionConfig::new()
                .set_connection_timeout(None)
                .set_response_timeout(None);
            let client = &self.client;
            let opened = client.get_multiplexed_async_connection_with_config(&config);
            self.connection = Some(opened.await.map_err(told)?);
        }
        let Some(connection) = &mut self.connection else {
            return Ok(());
        };
        let info = redis::cmd("INFO").query_async::<String>(connection).await;
        match info {
            Ok(text) => {
                tell(&InfoDict::new(&text), reading);
                Ok(())
            }
            Err(error) => {
                self.connection = None;
                Err(told(error))
            }
        }
    }
}

fn tell(info: &InfoDict, reading: &mut Reading) {
    let value = |key: &str| -> Option<f64> { info.get::<String>(key)?.parse().ok() };
    for (key, gauge) in GAUGES {
        reading.add_if(gauge, value(key));
    }
    for (key, gauge) in TIMES {
        reading.add_if(gauge, value(key).map(|seconds| (seconds * 1e6).round()));
    }
}
