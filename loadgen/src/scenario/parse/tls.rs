//! `[tls]`: certificates, read from files beside the scenario.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::super::mistake::Mistakes;
use super::super::table::Table;
use super::super::text::Text;
use super::super::{Identity, Tls};
use super::file::read;

pub(super) fn tls(root: &mut Table<'_, '_>, folder: &Path, mistakes: &mut Mistakes<'_>) -> Tls {
    let Some(mut table) = root.table("tls", mistakes) else {
        return Tls::default();
    };
    "tls".clone_into(&mut table.name);
    let authorities = certificates(&mut table, "ca", folder, mistakes);
    let insecure = table.boolean("insecure", mistakes).unwrap_or_default();
    if insecure && authorities.is_some() {
        mistakes.add(
            &table.span_of("insecure"),
            "tls: insecure takes every certificate, ca only some",
            "leave one of them out",
        );
    }
    let tls = Tls {
        authorities: authorities.unwrap_or_default(),
        identity: identity(&mut table, folder, mistakes),
        insecure,
    };
    table.deny_unknown(mistakes);
    tls
}

fn identity(
    table: &mut Table<'_, '_>,
    folder: &Path,
    mistakes: &mut Mistakes<'_>,
) -> Option<Identity> {
    let chain = certificates(table, "certificate", folder, mistakes);
    let key = key(table, folder, mistakes);
    let both = ["certificate", "key"].map(|setting| table.get(setting).is_some());
    if both[0] != both[1] {
        mistakes.add(
            &table.span,
            "tls: certificate and key go together",
            "name both files, or none",
        );
    }
    Some(Identity {
        chain: chain?,
        key: Arc::new(key?),
    })
}

fn certificates(
    table: &mut Table<'_, '_>,
    setting: &'static str,
    folder: &Path,
    mistakes: &mut Mistakes<'_>,
) -> Option<Vec<CertificateDer<'static>>> {
    let file = table.text(setting, mistakes)?;
    let bytes = read(&format!("tls: {setting}"), &file, folder, mistakes)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    let found = found.unwrap_or_default();
    if found.is_empty() {
        no_pem(setting, &file, "a certificate", mistakes);
        return None;
    }
    Some(found)
}

fn key(
    table: &mut Table<'_, '_>,
    folder: &Path,
    mistakes: &mut Mistakes<'_>,
) -> Option<PrivateKeyDer<'static>> {
    let file = table.text("key", mistakes)?;
    let bytes = read("tls: key", &file, folder, mistakes)?;
    let key = PrivateKeyDer::from_pem_slice(&bytes).ok();
    if key.is_none() {
        no_pem("key", &file, "a private key", mistakes);
    }
    key
}

fn no_pem(setting: &str, file: &Text<'_>, what: &str, mistakes: &mut Mistakes<'_>) {
    mistakes.add(
        &file.span,
        format!(
            "tls: {setting} {:?} holds no {}",
            file.written,
            what.trim_start_matches("a ")
        ),
        format!("name a PEM file with {what}"),
    );
}
