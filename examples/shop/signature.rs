//! HMAC-SHA256 (RFC 2104) over the time and the body of a request.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// In small hexadecimal digits.
pub(crate) fn sign(key: &str, time: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("a key is of any length");
    for part in [time, "\n", body] {
        mac.update(part.as_bytes());
    }
    let mut text = String::new();
    for byte in mac.finalize().into_bytes() {
        let _ = write!(text, "{byte:02x}");
    }
    text
}
