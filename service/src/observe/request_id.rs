//! What tells one request from all others, in logs and for those who ask about them.

use http::{HeaderMap, HeaderName, HeaderValue};

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is taken over.
const MAX_LEN: usize = 128;

/// The id of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RequestId(HeaderValue);

impl RequestId {
    /// The id that the caller gave the request, if it is one; else a new one.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        match headers.get(HEADER) {
            Some(given) if is_valid(given.as_bytes()) => Self(given.clone()),
            _ => Self::new(),
        }
    }

    /// Random, and no secret: it need not be hard to guess.
    fn new() -> Self {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut bits = fastrand::u128(..);
        let mut text = [0; 32];
        for digit in &mut text {
            *digit = DIGITS[(bits & 15) as usize];
            bits >>= 4;
        }
        // Hexadecimal digits are always a value.
        Self(HeaderValue::from_bytes(&text).unwrap_or(HeaderValue::from_static("")))
    }

    pub(super) fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    pub(super) fn put(&self, headers: &mut HeaderMap) {
        headers.insert(HEADER, self.0.clone());
    }
}

/// Whether it is one word that no log has trouble with.
fn is_valid(id: &[u8]) -> bool {
    let harmless = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:+/=".contains(byte);
    (1..=MAX_LEN).contains(&id.len()) && id.iter().all(harmless)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_taken_over_where_it_is_one() {
        let check = |given: &str, taken: bool| {
            let headers = HeaderMap::from_iter([(HEADER, given.parse().unwrap())]);
            let id = RequestId::of(&headers);
            assert_eq!(id.as_str() == given, taken, "{given}");
            assert!(is_valid(id.as_str().as_bytes()), "{id:?}");
        };
        check("0af7651916cd43dd8448eb211c80319c", true);
        check("a.b-c_d:e+f/g=", true);
        check(&"x".repeat(128), true);
        check(&"x".repeat(129), false);
        check("", false);
        check("two words", false);
        check("quo\"te", false);
    }

    #[test]
    fn new_ids_differ() {
        let (one, other) = (RequestId::new(), RequestId::new());
        assert_ne!(one, other);
        assert_eq!(one.as_str().len(), 32);
    }
}
