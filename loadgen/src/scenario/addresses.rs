//! Where the load goes.

use std::collections::BTreeMap;

/// Where the load goes; each needed only if an action uses its protocol.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    /// Base URL of the HTTP service.
    pub http: Option<String>,
    /// Base URL of the gRPC service.
    pub grpc: Option<String>,
    /// Base URL of the service's admin address, for profiles.
    pub admin: Option<String>,
    /// Those that only functions of the program use, by their slugs: scheme, host and port.
    pub of_code: BTreeMap<String, String>,
}

impl Addresses {
    /// All that there are, by name.
    pub fn named(&self) -> impl Iterator<Item = (&str, &str)> {
        let known = [
            ("http", &self.http),
            ("grpc", &self.grpc),
            ("admin", &self.admin),
        ];
        let known = known
            .into_iter()
            .filter_map(|(name, address)| Some((name, address.as_deref()?)));
        let of_code = self.of_code.iter();
        known.chain(of_code.map(|(name, address)| (name.as_str(), address.as_str())))
    }

    /// The address of that name.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut named = self.named();
        let (_, address) = named.find(|(known, _)| *known == name)?;
        Some(address)
    }

    /// The address of that name, to which a path can be added; the error says that there is none.
    pub(crate) fn known(&self, name: &str) -> Result<&str, String> {
        let address = self.get(name).map(|address| address.trim_end_matches('/'));
        address.ok_or_else(|| format!("the scenario has no {name} address"))
    }

    /// The port of an address on this machine; the error says why there is none.
    pub(crate) fn local_port(&self, name: &str) -> Result<u16, String> {
        let address = self.known(name)?;
        let uri: http::Uri = address.parse().map_err(|e| format!("{address}: {e}"))?;
        if is_loopback(address) {
            Ok(port_of(&uri))
        } else {
            Err(format!("{address} is not on this machine"))
        }
    }

    /// Is `text` a base URL that requests can be sent to, as the address `name`? The error is what
    /// to write instead.
    pub fn check(text: &str, name: &str) -> Result<(), String> {
        let of_code = !matches!(name, "http" | "grpc" | "admin");
        let hint = || {
            let example = if of_code { "tcp" } else { "http" };
            format!("write scheme, host and port, such as \"{example}://127.0.0.1:8000\"")
        };
        let uri: http::Uri = text.parse().map_err(|_| hint())?;
        let authority = uri.authority().ok_or_else(hint)?;
        match uri.scheme_str() {
            Some(_) if of_code && authority.port().is_some() => {}
            _ if of_code => return Err(hint()),
            Some("http") if authority.port().is_some() => {}
            Some("https") if name != "admin" => {}
            Some("https") => return Err("the admin address is read without TLS".to_owned()),
            _ => return Err(hint()),
        }
        if authority.as_str().contains('@') {
            return Err("leave user name and password out: addresses are recorded".to_owned());
        }
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Err("leave the path out: it belongs to the actions".to_owned());
        }
        Ok(())
    }
}

/// The port of an address, stated or that of its scheme.
pub(crate) fn port_of(address: &http::Uri) -> u16 {
    address.port_u16().unwrap_or(match address.scheme_str() {
        Some("https") => 443,
        _ => 80,
    })
}

/// Is an address on this machine?
pub(crate) fn is_loopback(address: &str) -> bool {
    let uri = address.parse::<http::Uri>().ok();
    uri.is_some_and(|uri| uri.host().is_some_and(is_loopback_host))
}

/// Is a host this machine?
pub(crate) fn is_loopback_host(host: &str) -> bool {
    let ip = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_can_be_added_to_an_address_that_there_is() {
        let addresses = Addresses {
            http: Some("http://shop:80/".to_owned()),
            of_code: BTreeMap::from([("cache".to_owned(), "tcp://cache:6379".to_owned())]),
            ..Addresses::default()
        };
        for (name, known) in [
            ("http", Ok("http://shop:80")),
            ("cache", Ok("tcp://cache:6379")),
            ("admin", Err("the scenario has no admin address".to_owned())),
        ] {
            assert_eq!(addresses.known(name), known);
        }
    }
}
