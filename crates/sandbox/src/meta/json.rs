//! JSON as Meta writes it: ASCII only, with `/`, `@`, `%` and `<` escaped too. Signatures are over exactly these bytes.

use std::fmt::Write;

use serde_json::Value;

/// The bytes Meta would send for `value`.
pub(super) fn escaped(value: &Value) -> String {
    let plain = value.to_string();
    let mut out = String::with_capacity(plain.len() + plain.len() / 8);
    // Outside strings JSON holds none of these characters, so escaping them everywhere touches strings only.
    for letter in plain.chars() {
        match letter {
            '/' => out.push_str("\\/"),
            '@' => out.push_str("\\u0040"),
            '%' => out.push_str("\\u0025"),
            '<' => out.push_str("\\u003C"),
            ascii if ascii.is_ascii() => out.push(ascii),
            other => {
                for unit in other.encode_utf16(&mut [0; 2]) {
                    // Writing into a `String` cannot fail.
                    write!(out, "\\u{unit:04x}").ok();
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_meta_escapes_is_escaped_and_reads_back_the_same() {
        let value = json!({ "text": "10 % <b>å</b> 👜 \"a/b\" \\ me@shop\n" });

        let wire = escaped(&value);

        assert!(wire.is_ascii());
        assert!(wire.contains(r"10 \u0025 \u003Cb>\u00e5\u003C\/b> \ud83d\udc5c"), "{wire}");
        assert_eq!(serde_json::from_str::<Value>(&wire).unwrap(), value);
    }
}
