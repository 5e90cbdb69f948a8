//! Is anybody listening?

use std::time::{Duration, Instant};

use tokio::net::TcpStream;

use crate::scenario::port_of;

const PATIENCE: Duration = Duration::from_secs(3);
const RETRY: Duration = Duration::from_millis(200);

/// An address cannot be put under load.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// It is no address.
    #[error("{name} address {address}: {reason}")]
    Unusable {
        /// Its name in the scenario.
        name: String,
        /// As given.
        address: String,
        /// What to write instead.
        reason: String,
    },
    /// TLS cannot be spoken as the scenario wants it.
    #[error("tls: {0}\nhint: see [tls] in the scenario")]
    Tls(String),
    /// Nobody answers there.
    #[error(
        "{name} address {address}: {source}\nhint: start the service, or give another address by --address {name}=URL"
    )]
    Unreachable {
        /// Its name in the scenario.
        name: String,
        /// As given.
        address: String,
        /// What the system said last.
        source: std::io::Error,
    },
}

/// Opens a connection to `address`, trying for a few seconds.
pub(crate) async fn await_reachable(name: &str, address: &str) -> Result<(), AddressError> {
    let unusable = |reason: String| AddressError::Unusable {
        name: name.to_owned(),
        address: address.to_owned(),
        reason,
    };
    let uri: http::Uri = address.parse().map_err(|e| unusable(format!("{e}")))?;
    let host = uri
        .host()
        .ok_or_else(|| unusable("no host".to_owned()))?
        .trim_matches(['[', ']']);
    let port = port_of(&uri);
    let started = Instant::now();
    loop {
        let attempt = tokio::time::timeout(PATIENCE, TcpStream::connect((host, port))).await;
        let source = match attempt {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(source)) => source,
            Err(_) => std::io::Error::from(std::io::ErrorKind::TimedOut),
        };
        if started.elapsed() >= PATIENCE {
            return Err(AddressError::Unreachable {
                name: name.to_owned(),
                address: address.to_owned(),
                source,
            });
        }
        tokio::time::sleep(RETRY).await;
    }
}
