//! Reference challenge service to put under load.
//!
//! Players complete goals, goals belong to challenges, and a claim grants the reward of a goal.
//! Players speak REST ([`http`]) or gRPC ([`grpc`]), over which the game sends its events; all of it
//! ends in the [`operations`], which keep progress in a [`store`]: PostgreSQL or SQLite. Which of the
//! recorded optimisations are on is said by a [`phase`]. The service does not know that it is measured.

pub mod activator;
pub mod admin;
pub mod admission;
pub mod allocator;
pub mod app;
pub mod assigner;
mod background;
pub mod batch;
pub mod catalogue;
mod chance;
pub mod cli;
pub mod content;
mod contention;
pub mod day;
pub mod event_key;
pub mod event_path;
pub mod failure;
pub mod faults;
pub mod grpc;
pub mod http;
pub mod initialised;
pub mod instant;
pub mod keys;
pub mod latency_law;
mod listener;
pub mod metrics;
#[cfg(thread_timers)]
mod native;
pub mod observe;
pub mod operations;
pub mod outbox;
pub mod phase;
pub mod pieces;
pub mod player;
pub mod progress;
pub mod readiness;
mod reload;
pub mod rewards;
pub mod rotation;
mod rounds;
pub mod rule;
pub mod runtime;
mod sampler;
pub mod service;
pub mod settings;
pub mod share;
pub mod shutdown;
mod span;
pub mod standing;
pub mod stop_signal;
pub mod store;
mod tasks;
pub mod telemetry;
pub mod template;
pub mod throwaway;
pub mod view;
