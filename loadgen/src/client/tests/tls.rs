//! Certificates, of the service and of the generator.

use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;

use super::bench::Bench;
use super::echo::{echo, listen};
use crate::client::{Carried, Failure};

/// An authority whose files lie in a folder: `ca.pem`, `client.pem`, `client.key`.
pub(super) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: tempfile::TempDir,
}

impl Authority {
    pub(super) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let issuer = CertifiedIssuer::self_signed(params, key).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let authority = Self { issuer, folder };
        authority.write("ca.pem", &authority.issuer.pem());
        let (certificate, key) = authority.issue("client");
        authority.write("client.pem", &certificate.pem());
        authority.write("client.key", &key.serialize_pem());
        authority
    }

    fn write(&self, name: &str, content: &str) {
        std::fs::write(self.folder.path().join(name), content).unwrap();
    }

    fn issue(&self, name: &str) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }

    /// A server of `localhost` that speaks `alpn`, and asks for a certificate if `mutual`.
    pub(super) fn server(&self, alpn: &[&str], mutual: bool) -> ServerConfig {
        let (certificate, key) = self.issue("localhost");
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap();
        let builder = if mutual {
            let mut roots = rustls::RootCertStore::empty();
            roots.add(self.issuer.der().clone()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().unwrap())
        } else {
            builder.with_no_client_auth()
        };
        let mut config = builder
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
        config
    }

    pub(super) fn setting(&self, key: &str, file: &str) -> String {
        format!("{key} = '{}'\n", self.folder.path().join(file).display())
    }
}

async fn send(server: ServerConfig, settings: &str, checks: &str) -> Result<(), Failure> {
    let port = listen(echo(), Some(server)).await.address.port();
    let text = format!(
        "[addresses]\nhttp = 'https://localhost:{port}'\n{settings}\n[actions.a]\nhttp = 'GET /'\n{checks}\n"
    );
    let bench = Bench::new(&text);
    bench.step("a", 0, &mut Carried::default()).await
}

#[tokio::test]
async fn only_trusted_servers_are_spoken_to() {
    let (authority, other) = (Authority::new(), Authority::new());
    let ca = authority.setting("ca", "ca.pem");
    let both =
        authority.setting("certificate", "client.pem") + &authority.setting("key", "client.key");
    let others = other.setting("certificate", "client.pem") + &other.setting("key", "client.key");
    for (tls, mutual, want) in [
        (ca.clone(), false, true),
        (String::new(), false, false),
        ("insecure = true".to_owned(), false, true),
        (other.setting("ca", "ca.pem"), false, false),
        (ca.clone(), true, false),
        (ca.clone() + &both, true, true),
        (ca.clone() + &others, true, false),
    ] {
        let server = authority.server(&[], mutual);
        let sent = send(server, &format!("[tls]\n{tls}"), "").await;
        assert_eq!(sent.is_ok(), want, "{tls}: {sent:?}");
        if let Err(failure) = sent {
            let kinds = ["connect", "connection-lost"];
            assert!(kinds.contains(&&*failure.kind), "{failure:?}");
        }
    }
}

#[tokio::test]
async fn the_version_is_agreed_on_by_alpn() {
    let authority = Authority::new();
    let tls = format!("[tls]\n{}", authority.setting("ca", "ca.pem"));
    for (version, offered, want) in [
        ("1.1", &["h2", "http/1.1"][..], Some("HTTP/1.1")),
        ("2", &["h2", "http/1.1"], Some("HTTP/2.0")),
        ("2", &["http/1.1"], None),
    ] {
        let settings = format!("{tls}[http]\nversion = '{version}'");
        let checks = format!(
            "checks.json = {{ '$.version' = '{}' }}",
            want.unwrap_or_default()
        );
        let sent = send(authority.server(offered, false), &settings, &checks).await;
        assert_eq!(sent.is_ok(), want.is_some(), "{version}: {sent:?}");
    }
}

#[test]
fn what_is_wrong_with_certificates_is_a_mistake_of_the_file() {
    let authority = Authority::new();
    authority.write("broken.pem", "nothing");
    authority.write(
        "load.toml",
        "format = 1\nname = 'a'\nactions = {}\nstages = []\n[tls]\nca = 'broken.pem'\nkey = 'missing.key'\n",
    );
    let path = authority.folder.path().join("load.toml");
    let found = crate::Scenario::read(Path::new(&path))
        .unwrap_err()
        .to_string();
    assert!(
        found.contains("load.toml:6: tls: ca \"broken.pem\" holds no certificate"),
        "{found}"
    );
    assert!(
        found.contains("load.toml:7: tls: key \"missing.key\" cannot be read: "),
        "{found}"
    );
    assert!(
        found.contains("tls: certificate and key go together"),
        "{found}"
    );
}
