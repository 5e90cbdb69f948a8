//! How the values of places are written where they stand.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What cannot stand in the path and query of a URL (RFC 3986), or means something else there.
const NOT_IN_A_URL: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The value inside a JSON text (RFC 8259): quotes, backslashes and control characters escaped.
pub(super) fn json(out: &mut String, value: &str) {
    let harmless = |b: u8| b >= 0x20 && b != b'"' && b != b'\\';
    if value.bytes().all(harmless) {
        return out.push_str(value);
    }
    let quoted = serde_json::Value::from(value).to_string();
    out.push_str(&quoted[1..quoted.len() - 1]);
}

/// The value in a path: percent-encoded where it could not stand in a URL.
///
/// Slashes, question marks and `&` stay what they are, so that a value can be a whole path.
pub(super) fn path(out: &mut String, value: &str) {
    out.extend(utf8_percent_encode(value, NOT_IN_A_URL));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(escape: fn(&mut String, &str), value: &str, want: &str) {
        let mut out = String::new();
        escape(&mut out, value);
        assert_eq!(out, want, "{value}");
    }

    #[test]
    fn values_cannot_break_what_they_stand_in() {
        check(json, "player-7", "player-7");
        check(json, "a \"b\" \\ \n", r#"a \"b\" \\ \n"#);
        check(json, "7.5", "7.5");
        check(path, "a/b?c=d&e", "a/b?c=d&e");
        check(path, "a b#ü", "a%20b%23%C3%BC");
        check(path, "100%", "100%25");
        check(path, "a%2Fb", "a%252Fb");
    }
}
