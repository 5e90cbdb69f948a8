//! Whom to trust, and as whom to appear.

use std::sync::Arc;

use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Settings of `[tls]`, for `https` addresses of HTTP and gRPC.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tls {
    /// Authorities to trust; none for those that the machine trusts.
    pub authorities: Vec<CertificateDer<'static>>,
    /// What the generator shows to servers that ask.
    pub identity: Option<Identity>,
    /// Is every certificate of a server taken?
    pub insecure: bool,
}

/// A certificate of the generator. Its key is never shown: that is how its type prints itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Identity {
    /// The certificate and those that lead to its authority.
    pub chain: Vec<CertificateDer<'static>>,
    /// The private key.
    pub key: Arc<PrivateKeyDer<'static>>,
}
