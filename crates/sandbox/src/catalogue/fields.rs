//! A JSON object opened one level at a time. Values stay the text they were written in, so that a number never passes
//! through a float, and nothing is parsed deeper than it is asked for, so that no nesting can exhaust the stack.

use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// More fields than any product has; an object of millions would cost more memory than its text.
const MOST_FIELDS: usize = 4_096;
/// Members of one list that are looked at: more than a product has of anything.
const MOST_MEMBERS: usize = 4_096;
/// Brackets within brackets that are still looked into.
pub(crate) const MOST_DEPTH: usize = 64;

/// The fields of one object, each as the text it was written in. A field that is `null` counts as present but empty.
#[derive(Debug)]
pub(crate) struct Fields<'a>(HashMap<String, &'a str>);

impl<'a> Fields<'a> {
    /// Opens an object.
    pub(crate) fn parse(text: &'a str) -> Result<Self, serde_json::Error> {
        let Object(fields) = serde_json::from_str(text)?;
        Ok(Self(fields))
    }

    /// Whether the field is there at all, `null` included.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Whether the field is there and `null`.
    pub(crate) fn is_null(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|text| *text == "null")
    }

    /// The text of the first of these fields that is there and not `null`.
    pub(crate) fn raw(&self, names: &[&str]) -> Option<&'a str> {
        names.iter().filter_map(|name| self.0.get(*name).copied()).find(|text| *text != "null")
    }

    /// A string, or a number or flag as it was written.
    pub(crate) fn text(&self, names: &[&str]) -> Option<String> {
        self.raw(names).and_then(text_of)
    }

    /// A flag.
    pub(crate) fn flag(&self, names: &[&str]) -> Option<bool> {
        self.text(names).and_then(|text| text.to_ascii_lowercase().parse().ok())
    }

    /// An object within.
    pub(crate) fn object(&self, names: &[&str]) -> Option<Fields<'a>> {
        self.raw(names).and_then(|text| Fields::parse(text).ok())
    }

    /// The members of a list, of `{"edges":[{"node":..}]}` or of `{"nodes":[..]}`; empty when it is neither.
    pub(crate) fn list(&self, names: &[&str]) -> Vec<&'a str> {
        self.raw(names).map(|text| members_of(text, MOST_MEMBERS)).unwrap_or_default()
    }

    /// As [`Self::list`], of objects.
    pub(crate) fn objects(&self, names: &[&str]) -> Vec<Fields<'a>> {
        self.list(names).into_iter().filter_map(|text| Fields::parse(text).ok()).collect()
    }
}

/// A string's content, or a number or flag as it was written.
pub(crate) fn text_of(text: &str) -> Option<String> {
    match text.as_bytes().first()? {
        b'"' => serde_json::from_str(text).ok(),
        b'{' | b'[' => None,
        _ if text == "null" => None,
        _ => Some(text.to_owned()),
    }
}

/// The first `most` members of a list or of a connection.
pub(crate) fn members_of(text: &str, most: usize) -> Vec<&str> {
    if text.starts_with('[') {
        return Members { most }
            .deserialize(&mut serde_json::Deserializer::from_str(text))
            .unwrap_or_default();
    }
    let Ok(connection) = Fields::parse(text) else { return Vec::new() };
    let direct = |name| connection.raw(&[name]).filter(|text| text.starts_with('['));
    if let Some(nodes) = direct("nodes") {
        return members_of(nodes, most);
    }
    let edges = direct("edges").map(|edges| members_of(edges, most)).unwrap_or_default();
    edges.into_iter().filter_map(|edge| Fields::parse(edge).ok()?.raw(&["node"])).collect()
}

/// Whether brackets nest deeper than is looked into.
pub(crate) fn is_too_deep(text: &str) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => depth += 1,
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MOST_DEPTH {
            return true;
        }
    }
    false
}

struct Object<'a>(HashMap<String, &'a str>);

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        struct Fill;

        impl<'de> Visitor<'de> for Fill {
            type Value = Object<'de>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut source: A) -> Result<Self::Value, A::Error> {
                let mut fields = HashMap::new();
                while let Some((name, value)) = source.next_entry::<String, &'de RawValue>()? {
                    if fields.len() >= MOST_FIELDS {
                        return Err(A::Error::custom(format_args!("more than {MOST_FIELDS} fields")));
                    }
                    fields.insert(name, value.get());
                }
                Ok(Object(fields))
            }
        }

        source.deserialize_map(Fill)
    }
}

/// Reads a list and keeps its first `most` members.
struct Members {
    most: usize,
}

impl<'de> DeserializeSeed<'de> for Members {
    type Value = Vec<&'de str>;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Self::Value, D::Error> {
        source.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Members {
    type Value = Vec<&'de str>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut source: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while members.len() < self.most {
            let Some(member) = source.next_element::<&'de RawValue>()? else { return Ok(members) };
            members.push(member.get());
        }
        while source.next_element::<IgnoredAny>()?.is_some() {}
        Ok(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_the_text_they_were_written_in() {
        let fields =
            Fields::parse(r#"{"id":12345678901234567890,"price":19.90,"title":"Caf\u00e9","tags":null}"#)
                .unwrap();

        assert_eq!(fields.text(&["id"]).as_deref(), Some("12345678901234567890"));
        assert_eq!(fields.text(&["cost", "price"]).as_deref(), Some("19.90"));
        assert_eq!(fields.text(&["title"]).as_deref(), Some("Café"));
        assert!(fields.has("tags") && fields.is_null("tags") && fields.text(&["tags"]).is_none());
    }

    #[test]
    fn lists_come_in_three_shapes() {
        for text in [
            r#"["a","b"]"#,
            r#"{"nodes":["a","b"]}"#,
            r#"{"edges":[{"node":"a"},{"cursor":1},{"node":"b"}]}"#,
        ] {
            assert_eq!(members_of(text, 10), ["\"a\"", "\"b\""], "{text}");
            assert_eq!(members_of(text, 1), ["\"a\""], "{text}");
        }
        assert!(members_of("7", 10).is_empty() && members_of("{", 10).is_empty());
    }

    #[test]
    fn deep_nesting_and_endless_objects_are_refused() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(200_000), "]".repeat(200_000));
        assert!(is_too_deep(&deep));
        assert!(Fields::parse(&deep).unwrap().has("a"));
        assert!(!is_too_deep(r#"{"a":"[[[[\"[[[["}"#));

        let wide: Vec<String> = (0..5_000).map(|n| format!("\"{n}\":1")).collect();
        assert!(Fields::parse(&format!("{{{}}}", wide.join(","))).is_err());
    }
}
