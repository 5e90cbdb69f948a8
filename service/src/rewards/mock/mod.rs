//! A reward platform that grants what it is asked for, after a while.
//!
//! A key that was used before has the answer of its first use and no second grant; with another body
//! it is refused. What befalls the n-th request depends on the seed and on n alone.

mod admin;
mod behaviour;
mod ledger;
mod platform;

use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroUsize;

pub use behaviour::Behaviour;
use ledger::Ledger;
use platform::Platform;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::listener;

/// Three times the claims of the longest plan.
const REMEMBER: NonZeroUsize = NonZeroUsize::new(100_000).unwrap();

/// Where the mock listens, and how it behaves.
#[derive(Debug, Clone, clap::Args)]
pub struct MockArgs {
    /// Where to grant rewards; port 0 takes any free port
    #[arg(
        long,
        value_name = "ADDR",
        default_value = "127.0.0.1:8003",
        env = "REWARD_MOCK_LISTEN"
    )]
    pub listen: SocketAddr,

    /// Where to tell what was granted (GET /counts, /counts/users/USER) and to change how it behaves
    /// (GET and PATCH /behaviour)
    #[arg(
        long,
        value_name = "ADDR",
        default_value = "127.0.0.1:8004",
        env = "REWARD_MOCK_ADMIN"
    )]
    pub admin: SocketAddr,

    /// How it behaves at the start.
    #[command(flatten)]
    pub behaviour: Behaviour,

    /// Seed of latencies and failures
    #[arg(
        long,
        value_name = "NUMBER",
        default_value_t = 1,
        env = "REWARD_MOCK_SEED"
    )]
    pub seed: u64,

    /// Grants whose idempotency keys are remembered, about 400 bytes each
    #[arg(
        long,
        value_name = "NUMBER",
        default_value_t = REMEMBER,
        env = "REWARD_MOCK_REMEMBER"
    )]
    pub remember: NonZeroUsize,
}

impl MockArgs {
    /// For a program with a mock of its own: free ports of this machine, all else as by default.
    pub fn on_free_ports() -> Self {
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            listen: any,
            admin: any,
            behaviour: Behaviour::default(),
            seed: 1,
            remember: REMEMBER,
        }
    }
}

/// Why the mock could not run.
#[derive(Debug, thiserror::Error)]
pub enum MockError {
    /// It cannot behave so.
    #[error("reward mock: {0}")]
    Behaviour(String),
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
    /// Where it grants.
    pub address: SocketAddr,
    /// Where it tells what it granted.
    pub admin_address: SocketAddr,
    listener: TcpListener,
    admin: TcpListener,
    platform: Platform,
    stop: CancellationToken,
}

/// Runs a mock until `shutdown` completes.
pub async fn run(args: MockArgs, shutdown: impl Future<Output = ()>) -> Result<(), MockError> {
    let mock = Mock::bind(args).await?;
    tracing::info!(listen = %mock.address, admin = %mock.admin_address, "reward mock ready");
    mock.run(shutdown).await
}

impl Mock {
    /// Binds the addresses.
    pub async fn bind(args: MockArgs) -> Result<Self, MockError> {
        args.behaviour.check().map_err(MockError::Behaviour)?;
        let (listener, address) = listen(args.listen).await?;
        let (admin, admin_address) = listen(args.admin).await?;
        let stop = CancellationToken::new();
        let ledger = Ledger::new(args.remember);
        Ok(Self {
            address,
            admin_address,
            listener,
            admin,
            platform: Platform::new(args.behaviour, ledger, args.seed, stop.clone()),
            stop,
        })
    }

    /// Serves until `shutdown` completes, and then what was accepted.
    pub async fn run(self, shutdown: impl Future<Output = ()>) -> Result<(), MockError> {
        let admin = admin::router(self.platform.clone());
        let stopping = async {
            shutdown.await;
            self.stop.cancel();
            Ok(())
        };
        let stop = || self.stop.clone();
        tokio::try_join!(
            listener::serve(self.listener, self.platform.router(), stop()),
            listener::serve(self.admin, admin, stop()),
            stopping,
        )?;
        Ok(())
    }
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), MockError> {
    let bound = listener::bind(address).await;
    bound.map_err(|source| MockError::Listen { address, source })
}
