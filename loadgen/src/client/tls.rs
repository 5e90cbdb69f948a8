//! TLS by rustls, for HTTP and gRPC alike.

use std::net::{Ipv6Addr, UdpSocket};
use std::sync::Arc;

use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_platform_verifier::BuilderVerifierExt as _;

use crate::scenario::{HttpVersion, Tls};

pub(super) type Connector = HttpsConnector<HttpConnector>;

/// A connector for `http` and `https` addresses that speaks `version` on them.
///
/// Over TLS the version is agreed on by ALPN (RFC 7301); in the clear both sides know it.
pub(super) fn connector(tls: &Tls, version: HttpVersion, https: bool) -> Result<Connector, String> {
    let mut tcp = HttpConnector::new();
    // A request is written in one piece; waiting to fill a segment only adds latency.
    tcp.set_nodelay(true);
    tcp.enforce_http(false);
    if !has_ipv6() {
        // Of the addresses of a name the first one tells what is wrong, and not the other family, which
        // says here what it would if the generator had no port left.
        tcp.set_happy_eyeballs_timeout(None);
    }
    // Without an https address no certificate is ever looked at, and none need be installed.
    let config = if https {
        config(tls)?
    } else {
        with_roots(RootCertStore::empty())?
    };
    let builder = HttpsConnectorBuilder::new()
        .with_tls_config(config)
        .https_or_http();
    Ok(match version {
        HttpVersion::Http1 => builder.enable_http1().wrap_connector(tcp),
        HttpVersion::Http2 => builder.enable_http2().wrap_connector(tcp),
    })
}

/// Is IPv6 switched on?
fn has_ipv6() -> bool {
    UdpSocket::bind((Ipv6Addr::LOCALHOST, 0)).is_ok()
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

fn with_roots(roots: RootCertStore) -> Result<ClientConfig, String> {
    Ok(ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|e| e.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

fn config(tls: &Tls) -> Result<ClientConfig, String> {
    let builder = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|e| e.to_string())?;
    let builder = if tls.insecure {
        builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Anybody(provider())))
    } else if tls.authorities.is_empty() {
        builder
            .with_platform_verifier()
            .map_err(|e| format!("the certificates of this machine cannot be used: {e}"))?
    } else {
        let mut roots = RootCertStore::empty();
        for authority in &tls.authorities {
            roots
                .add(authority.clone())
                .map_err(|e| format!("ca cannot be used: {e}"))?;
        }
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider())
            .build()
            .map_err(|e| format!("ca cannot be used: {e}"))?;
        builder.with_webpki_verifier(verifier)
    };
    match &tls.identity {
        None => Ok(builder.with_no_client_auth()),
        Some(identity) => builder
            .with_client_auth_cert(identity.chain.clone(), identity.key.clone_key())
            .map_err(|e| format!("certificate and key cannot be used: {e}")),
    }
}

/// Takes every certificate; signatures are checked all the same, so that the work is the same.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(
            message,
            cert,
            dss,
            &self.0.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(
            message,
            cert,
            dss,
            &self.0.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
