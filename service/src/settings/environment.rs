//! Variables that look like ours and are not.

use crate::keys::{Place, VARIABLE_PREFIX};

/// The keys that variables called `CHALLENGE_…` name, beyond those that `is_ours` knows.
pub(super) fn strangers(
    names: impl Iterator<Item = String>,
    is_ours: impl Fn(&str) -> bool,
) -> Vec<(String, Place)> {
    names
        .filter(|name| !is_ours(name))
        .filter_map(|name| {
            let key = name.strip_prefix(VARIABLE_PREFIX)?;
            (!is_of_kubernetes(key))
                .then(|| (key.to_ascii_lowercase(), Place::Variable(name.clone())))
        })
        .collect()
}

/// Whether Kubernetes sets such a variable in every container, for a Service called `challenge` or
/// `challenge-…`: `…_SERVICE_HOST`, `…_SERVICE_PORT_HTTP`, `…_PORT_8000_TCP_ADDR`.
fn is_of_kubernetes(key: &str) -> bool {
    let key = format!("_{key}");
    if key.ends_with("_SERVICE_HOST") || key.ends_with("_PORT") || key.contains("_SERVICE_PORT_") {
        return true;
    }
    key.split_once("_PORT_").is_some_and(|(_, rest)| {
        let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        rest.starts_with("_TCP") || rest.starts_with("_UDP")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_are_found_and_those_of_kubernetes_left_alone() {
        let names = [
            "HOME",
            "CHALLENGE_POOL",
            "CHALLENGE_POOOL",
            "CHALLENGE_PORT",
            "CHALLENGE_SERVICE_HOST",
            "CHALLENGE_API_SERVICE_PORT",
            "CHALLENGE_API_SERVICE_PORT_HTTP",
            "CHALLENGE_PORT_8000_TCP",
            "CHALLENGE_API_PORT_8000_TCP_ADDR",
            "CHALLENGE_PORT_SPEED",
        ];
        let found = strangers(names.map(str::to_owned).into_iter(), |name| {
            name == "CHALLENGE_POOL"
        });
        let keys: Vec<_> = found.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["poool", "port_speed"]);
    }
}
