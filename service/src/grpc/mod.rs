//! The gRPC interface.

mod challenges;
mod ending;
mod event_messages;
mod events;
mod health;
mod messages;
mod observed;
mod server;
mod status;

pub use challenges::ChallengeHandler;
pub use events::EventHandler;
pub use server::{GrpcError, Offer, serve};

/// What the compiler made of `proto/brunt/challenge/v1/challenge.proto`.
#[allow(missing_docs, unreachable_pub, clippy::pedantic)]
pub mod challenge_v1 {
    tonic::include_proto!("brunt.challenge.v1");
}

/// What the compiler made of `proto/brunt/events/v1/events.proto`.
#[allow(missing_docs, unreachable_pub, clippy::pedantic)]
pub mod events_v1 {
    tonic::include_proto!("brunt.events.v1");
}

/// Both protos as a `google.protobuf.FileDescriptorSet`.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
