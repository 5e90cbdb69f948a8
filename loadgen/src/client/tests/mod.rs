//! Requests to real servers over real sockets.

mod bench;
mod carry;
mod check;
mod code;
mod data;
mod echo;
mod grpc;
mod http;
mod tls;
