//! Requests to real servers over real sockets.

mod bench;
mod carry;
mod check;
mod data;
mod echo;
mod http;
mod tls;
