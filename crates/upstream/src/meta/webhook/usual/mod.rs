//! The usual delivery, messages of Pages and nothing beside them, and the usual message, a text alone, each read in one pass. Whatever
//! differs from that in any way is left to the lenient reading, which looks at each level by itself and comes to the same.

use serde::de::{Deserialize, Deserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::value::RawValue;

/// A delivery of the usual form.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Usual<'a> {
    object: &'a str,
    #[serde(borrow)]
    entry: Vec<Object<UsualEntry<'a>>>,
}

/// What happened at one Page.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UsualEntry<'a> {
    pub(super) id: &'a str,
    pub(super) time: u64,
    #[serde(borrow)]
    pub(super) messaging: Vec<&'a RawValue>,
}

/// A message of the usual form.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct UsualEvent<'a> {
    #[serde(borrow)]
    sender: Object<Named<'a>>,
    #[serde(borrow)]
    recipient: Object<Named<'a>>,
    timestamp: u64,
    #[serde(borrow)]
    message: Object<Text<'a>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Named<'a> {
    id: &'a str,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Text<'a> {
    mid: &'a str,
    #[serde(rename = "text", borrow)]
    _text: &'a RawValue,
}

/// What names a message.
pub(super) struct UsualMessage<'a> {
    pub(super) sender: &'a str,
    pub(super) recipient: &'a str,
    pub(super) timestamp: u64,
    pub(super) id: &'a str,
}

/// The message that `event` is, if it has the usual form.
pub(super) fn message(event: &str) -> Option<UsualMessage<'_>> {
    let Object(event) = serde_json::from_str::<Object<UsualEvent<'_>>>(event).ok()?;
    let UsualEvent { sender: Object(sender), recipient: Object(recipient), timestamp, message } = event;
    Some(UsualMessage { sender: sender.id, recipient: recipient.id, timestamp, id: message.0.mid })
}

/// The entries of a delivery that has the usual form.
pub(super) fn entries(body: &str) -> Option<impl Iterator<Item = UsualEntry<'_>>> {
    let Object(usual) = serde_json::from_str::<Object<Usual<'_>>>(body).ok()?;
    (usual.object == "page").then(|| usual.entry.into_iter().map(|Object(entry)| entry))
}

/// An object and nothing else: what derives `Deserialize` would take a bare list of its fields' values as well.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(AsMap(deserializer)).map(Self)
    }
}

struct AsMap<D>(D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for AsMap<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests;
