//! Requests to real servers over real sockets.

mod bench;
mod carry;
mod check;
mod code;
mod data;
mod echo;
mod grpc;
mod grpc_carry;
mod http;
mod places;
mod timeout;
mod tls;
