//! What the model has seen of the shop: the products that tools or the prompt told it of. Any JSON that looks like one counts,
//! so that it depends on no wording of the client's.

use serde_json::Value;

use super::ask::Ask;

/// A product as the model knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) reference: String,
    pub(super) name: String,
    /// What it comes in; a single nameless one where it comes in one version only.
    pub(super) versions: Vec<Version>,
    /// Everything that was told of it, in lower case.
    pub(super) told: String,
}

/// A version with its figures as they were told; empty where nothing was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Version {
    pub(super) name: String,
    pub(super) price: String,
    pub(super) was: String,
    pub(super) stock: String,
}

impl Seen {
    /// Every price that was told of it, former ones too, in hundredths.
    pub(super) fn cents(&self) -> Vec<u64> {
        self.versions
            .iter()
            .flat_map(|version| [&version.price, &version.was])
            .filter_map(|price| cents(price))
            .collect()
    }

    /// What is saved on each version that costs less than before: hundredths, and per cent as anybody might round it.
    pub(super) fn savings(&self) -> Vec<(u64, [u64; 2])> {
        let saving = |version: &Version| {
            let (now, was) = (cents(&version.price)?, cents(&version.was)?);
            let saved = was.checked_sub(now).filter(|saved| *saved > 0)?;
            Some((saved, [100 * saved / was, (100 * saved).div_ceil(was)]))
        };
        self.versions.iter().filter_map(saving).collect()
    }

    /// Whether it can be had: `None` where that differs or is not known.
    pub(super) fn can_be_had(&self) -> Option<bool> {
        let had = |version: &Version| !version.stock.starts_with("sold");
        let known =
            self.versions.iter().all(|version| !version.stock.is_empty()) && !self.versions.is_empty();
        match (known, self.versions.iter().all(had), self.versions.iter().any(had)) {
            (true, true, _) => Some(true),
            (true, _, false) => Some(false),
            _ => None,
        }
    }

    /// How many pieces there are of each version.
    pub(super) fn pieces(&self) -> Vec<u64> {
        let digits = |text: &String| text.split(' ').next().and_then(|count| count.parse().ok());
        self.versions.iter().filter_map(|version| digits(&version.stock)).collect()
    }
}

/// The hundredths of a price such as `$1,299.00`.
pub(super) fn cents(price: &str) -> Option<u64> {
    price.chars().filter(char::is_ascii_digit).collect::<String>().parse().ok()
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
            if let (Some(reference), Some(name)) = (text(value, "ref"), text(value, "name")) {
                if !found.iter().any(|seen| seen.name == name) {
                    let told = value.to_string().to_lowercase();
                    found.push(Seen { reference, name, versions: versions(value), told });
                }
                return;
            }
            fields.values().for_each(|inner| collect(inner, found));
        }
        Value::Array(items) => items.iter().for_each(|inner| collect(inner, found)),
        _ => {}
    }
}

fn versions(product: &Value) -> Vec<Version> {
    let read = |value: &Value| {
        let field = |name: &str| text(value, name).unwrap_or_default();
        Version { name: field("version"), price: field("price"), was: field("was"), stock: field("stock") }
    };
    match product.get("versions").and_then(Value::as_array) {
        Some(several) => several.iter().map(read).collect(),
        None => vec![read(product)],
    }
}

fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name).and_then(Value::as_str).map(str::to_owned)
}
