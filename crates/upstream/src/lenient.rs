//! Reads JSON that keeps to no schema: numbers written as text, missing and surplus fields, any depth. Nothing here recurses
//! before the depth has been looked at, and no number passes through a float.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use shopclerk_domain::clock::Timestamp;

/// The deepest nesting that is looked into.
pub(crate) const DEEPEST: usize = 32;

/// The fields of an object, each as it was written; of a field written twice the last counts. A list, because what is delivered has
/// few of them and is read while somebody waits.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Fields<'a> {
    /// What stands in the field `name`.
    pub(crate) fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| *value)
    }

    pub(crate) fn contains_key(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Fields<'de>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::with_capacity(8);
                while let Some((Name(name), value)) = map.next_entry()? {
                    fields.push((name, value));
                }
                Ok(Fields(fields))
            }
        }

        deserializer.deserialize_map(Object)
    }
}

/// The name of a field, copied only where it is written with escapes.
struct Name<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl<'de> Visitor<'de> for Text {
            type Value = Name<'de>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("the name of a field")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Owned(text.to_owned())))
            }
        }

        deserializer.deserialize_str(Text)
    }
}

/// The fields of the object that `json` is.
pub(crate) fn fields(json: &str) -> Option<Fields<'_>> {
    serde_json::from_str(json).ok()
}

/// The elements of the list that `json` is.
pub(crate) fn elements(json: &str) -> Option<Vec<&RawValue>> {
    serde_json::from_str(json).ok()
}

/// The object in the field `name`.
pub(crate) fn object<'a>(of: &Fields<'a>, name: &str) -> Option<Fields<'a>> {
    of.get(name).and_then(|raw| fields(raw.get()))
}

/// The text in the field `name`, also where it is written as a whole number.
pub(crate) fn text(of: &Fields<'_>, name: &str) -> Option<String> {
    of.get(name).and_then(as_text)
}

/// Whether the field `name` says true.
pub(crate) fn says(of: &Fields<'_>, name: &str) -> bool {
    of.get(name).is_some_and(|raw| raw.get() == "true")
}

/// A text, or a whole number as the text it is written as.
pub(crate) fn as_text(raw: &RawValue) -> Option<String> {
    let written = raw.get();
    if written.starts_with('"') {
        return serde_json::from_str(written).ok();
    }
    let digits = written.strip_prefix('-').unwrap_or(written);
    let whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    whole.then(|| written.to_owned())
}

/// An instant: seconds or milliseconds as number or text, or RFC 3339. What is below 10^12 is seconds.
pub(crate) fn instant(text: &str) -> Option<Timestamp> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.bytes().all(|byte| byte.is_ascii_digit())
        && let Ok(number) = whole.parse::<u64>()
    {
        return instant_of(number);
    }
    text.parse::<jiff::Timestamp>().ok().map(|at| Timestamp::from_millis(at.as_millisecond()))
}

/// An instant: seconds, or milliseconds from 10^12 on.
pub(crate) fn instant_of(number: u64) -> Option<Timestamp> {
    let millis = if number < 1_000_000_000_000 { number.saturating_mul(1_000) } else { number };
    i64::try_from(millis).ok().map(Timestamp::from_millis)
}

/// The instant in the field `name`, also where it is a number with a fraction.
pub(crate) fn instant_in(of: &Fields<'_>, name: &str) -> Option<Timestamp> {
    let raw = of.get(name)?;
    as_text(raw).map_or_else(|| instant(raw.get()), |text| instant(&text))
}

/// The same bytes for the same value, however it is spaced and in whatever order its fields stand.
pub(crate) fn canonical(json: &str) -> Vec<u8> {
    let value: Option<serde_json::Value> = serde_json::from_str(json).ok();
    value.and_then(|value| serde_json::to_vec(&value).ok()).unwrap_or_else(|| json.as_bytes().to_vec())
}

/// Whether brackets are nested deeper than [`DEEPEST`]; counts, does not recurse.
pub(crate) fn too_deep(json: &[u8]) -> bool {
    let opens = |byte: &&u8| matches!(byte, b'{' | b'[');
    // Few brackets cannot be nested deeply, wherever they stand.
    if json.iter().filter(opens).count() <= DEEPEST {
        return false;
    }
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => depth += 1,
            b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_come_in_seconds_milliseconds_and_words() {
        for (written, millis) in [
            ("1795258800876", Some(1_795_258_800_876)),
            ("1795258800", Some(1_795_258_800_000)),
            ("1795258800.5", Some(1_795_258_800_000)),
            ("2026-11-21T11:00:00Z", Some(1_795_258_800_000)),
            ("2026-11-21T12:00:00.123456789+01:00", Some(1_795_258_800_123)),
            ("", None),
            ("-5", None),
            ("1e12", None),
            ("yesterday", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(instant(written).map(Timestamp::millis), millis, "{written}");
        }
    }

    #[test]
    fn of_a_field_written_twice_the_last_counts() {
        let written = fields(r#"{ "a": 1, "\u0061": "two", "b": null }"#).unwrap();
        assert_eq!(text(&written, "a").unwrap(), "two");
        assert!(written.contains_key("b") && !written.contains_key("c"));
        assert!(fields("[]").is_none() && fields(r#"{"a":1"#).is_none());
    }

    #[test]
    fn brackets_count_only_outside_texts() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(!too_deep(nested(DEEPEST).as_bytes()));
        assert!(too_deep(nested(DEEPEST + 1).as_bytes()));
        assert!(!too_deep(format!(r#"{{"text":"\"{}"}}"#, "[".repeat(100)).as_bytes()));
        assert!(too_deep(format!(r#"{{"text":"\\","list":{}}}"#, nested(40)).as_bytes()));
    }

    #[test]
    fn the_same_value_has_one_canonical_form() {
        assert_eq!(canonical(r#"{ "b": 1, "a": "\u0041" }"#), canonical(r#"{"a":"A","b":1}"#));
    }
}
