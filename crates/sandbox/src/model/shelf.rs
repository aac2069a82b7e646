//! What the model has seen of the shop: the products that tools or the prompt told it of. Any JSON that looks like one counts,
//! so that it depends on no wording of the client's.

use serde_json::Value;

use super::ask::Ask;

/// A product as the model knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) reference: String,
    pub(super) name: String,
    /// Every price that was told of it.
    pub(super) prices: Vec<String>,
}

/// All that was told, once each, in order.
pub(super) fn seen(ask: &Ask) -> Vec<Seen> {
    let mut found: Vec<Seen> = Vec::new();
    for message in &ask.messages {
        let mut rest = message.text.as_str();
        while let Some(at) = rest.find(['{', '[']) {
            rest = rest.get(at..).unwrap_or_default();
            let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
            let end = match values.next() {
                Some(Ok(value)) => {
                    collect(&value, &mut found);
                    values.byte_offset()
                }
                _ => 1,
            };
            rest = rest.get(end..).unwrap_or_default();
        }
    }
    found
}

fn collect(value: &Value, found: &mut Vec<Seen>) {
    match value {
        Value::Object(fields) => {
            let text = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
            if let (Some(reference), Some(name)) = (text("ref"), text("name")) {
                let mut prices = Vec::new();
                collect_prices(value, &mut prices);
                if !found.iter().any(|seen| seen.name == name) {
                    found.push(Seen { reference, name, prices });
                }
                return;
            }
            fields.values().for_each(|inner| collect(inner, found));
        }
        Value::Array(items) => items.iter().for_each(|inner| collect(inner, found)),
        _ => {}
    }
}

fn collect_prices(value: &Value, prices: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                match inner.as_str() {
                    Some(text) if name == "price" || name == "was" => prices.push(text.to_owned()),
                    _ => collect_prices(inner, prices),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|inner| collect_prices(inner, prices)),
        _ => {}
    }
}
