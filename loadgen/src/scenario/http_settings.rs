//! How HTTP is spoken.

/// Settings of `[http]`, for all actions that call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpSettings {
    /// The version of the protocol.
    pub version: HttpVersion,
    /// Does every arrival open a connection of its own? Else connections are kept and used again.
    pub connection_per_arrival: bool,
    /// Do users keep cookies?
    pub cookies: bool,
    /// May bodies come compressed?
    pub compression: bool,
    /// How many redirects a request follows.
    pub redirects: u64,
}

/// A version of HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpVersion {
    /// HTTP/1.1.
    Http1,
    /// HTTP/2: over TLS by ALPN, in the clear by prior knowledge (RFC 9113).
    Http2,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            version: HttpVersion::Http1,
            connection_per_arrival: false,
            cookies: false,
            compression: false,
            redirects: 0,
        }
    }
}
