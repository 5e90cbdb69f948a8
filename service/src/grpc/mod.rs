//! The gRPC interface.

mod events;
mod observed;

/// What the compiler made of `proto/brunt/events/v1/events.proto`.
#[allow(missing_docs, unreachable_pub, clippy::pedantic)]
pub mod events_v1 {
    tonic::include_proto!("brunt.events.v1");
}

pub use events::EventHandler;
pub(crate) use observed::Observing;
