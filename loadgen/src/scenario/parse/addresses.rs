//! `[addresses]`: where the load goes.

use super::super::Addresses;
use super::super::mistake::Mistakes;
use super::super::table::Table;
use super::super::text::Text;
use super::super::wanted::Wanted;
use super::action::any_is_code;
use super::check_slug;

const KNOWN: [&str; 3] = ["http", "grpc", "admin"];

pub(super) fn addresses(root: &mut Table<'_, '_>, mistakes: &mut Mistakes<'_>) -> Addresses {
    let Some(value) = root.get("addresses") else {
        return Addresses::default();
    };
    let Some(mut table) = Table::from_value("addresses".to_owned(), value, mistakes) else {
        return Addresses::default();
    };
    let [http, grpc, admin] = KNOWN.map(|key| address(&mut table, key, mistakes));
    let mut addresses = Addresses {
        http,
        grpc,
        admin,
        ..Addresses::default()
    };
    // Who speaks another protocol has other addresses.
    if !any_is_code(root) {
        table.deny_unknown(mistakes);
        return addresses;
    }
    for (name, span, value) in table.entries() {
        if KNOWN.contains(&name) {
            continue;
        }
        check_slug("address", name, &span, mistakes);
        let Some(text) = value.get_ref().as_str() else {
            table.mistyped(name, value, Wanted::Text, mistakes);
            continue;
        };
        if let Some(text) = table.filled(name, text, value.span(), mistakes) {
            let address = checked(&text, name, mistakes);
            addresses.of_code.insert(name.to_owned(), address);
        }
    }
    addresses
}

fn address(
    table: &mut Table<'_, '_>,
    key: &'static str,
    mistakes: &mut Mistakes<'_>,
) -> Option<String> {
    let text = table.text(key, mistakes)?;
    Some(checked(&text, key, mistakes))
}

fn checked(text: &Text<'_>, name: &str, mistakes: &mut Mistakes<'_>) -> String {
    if let Err(hint) = Addresses::check(&text.value, name) {
        // A password must not come back in a message either.
        let written = text.written;
        let shown = written.rsplit_once('@').map_or(written, |(_, host)| host);
        let what = format!("addresses: {name} {shown:?} cannot be used");
        mistakes.add(&text.span, what, hint);
    }
    text.value.clone()
}
