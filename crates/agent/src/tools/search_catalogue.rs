//! `search_catalogue`: offered products that fit what is wanted.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use shopclerk_domain::conversation::Memory;
use shopclerk_domain::money::{Currency, Money};
use shopclerk_domain::ports::{Found, Order, Shelf, ShelfUnavailable, Wanted};
use shopclerk_search::understand::understand;

use crate::tools::hands::Hands;
use crate::turn::Step;

pub(super) const NAME: &str = "search_catalogue";
pub(super) const PURPOSE: &str =
    "Finds products that can be bought, best first, with their prices and stock.";
/// So many rows a model is told of.
const TOLD: usize = 6;
const MOST_CHARS: usize = 300;

/// What to look for.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Arguments {
    /// A few words for the thing itself.
    #[schemars(with = "String")]
    query: Value,
    /// Highest price.
    #[schemars(with = "Option<f64>")]
    at_most: Value,
    /// Lowest price.
    #[schemars(with = "Option<f64>")]
    at_least: Value,
    #[schemars(with = "Option<By>")]
    order: Value,
}

/// How to order them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum By {
    Fit,
    CheapestFirst,
    DearestFirst,
}

impl Arguments {
    /// What they mean: the words are read as a shopper's would be, so that limits among them count too.
    fn wanted(&self, currency: Currency) -> Wanted {
        let query: String = text(&self.query).chars().take(MOST_CHARS).collect();
        let read = understand(&query, &Memory::default(), currency).wanted;
        let amount = |written: &Value| amount(written, currency);
        let order = match serde_json::from_value(self.order.clone()) {
            Ok(By::CheapestFirst) => Order::CheapestFirst,
            Ok(By::DearestFirst) => Order::DearestFirst,
            Ok(By::Fit) | Err(_) => read.order,
        };
        Wanted {
            at_most: amount(&self.at_most).or(read.at_most),
            at_least: amount(&self.at_least).or(read.at_least),
            order,
            like: None,
            ..read
        }
    }
}

fn text(written: &Value) -> String {
    match written {
        Value::String(text) => text.clone(),
        Value::Array(words) => words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
        _ => String::new(),
    }
}

/// An amount as models write it: `40`, `"40"`, `"$40.00"`. What is none of these is no limit.
fn amount(written: &Value, currency: Currency) -> Option<Money> {
    let digits: String = match written {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect(),
        _ => return None,
    };
    Money::parse(&digits, currency).ok().filter(|money| money.minor > 0)
}

/// Does what a model asks for.
pub(super) async fn act(hands: &mut Hands<'_, '_>, arguments: Arguments) -> Result<Value, ShelfUnavailable> {
    let wanted = arguments.wanted(hands.situation.input.shop.currency);
    let found = hands.situation.search(&wanted, TOLD).await?;
    hands.searched(&wanted, &found);
    let products: Vec<Value> = found.rows.iter().map(|row| hands.meet(row)).collect();
    if products.is_empty() {
        return Ok(json!({ "products": [], "note": "nothing fits; try other words or a wider limit" }));
    }
    Ok(json!({ "products": products, "fitting": found.fitting }))
}

/// Searches, and looks again at what the shelf promised: only offered products, each of them once.
pub(crate) async fn search_catalogue(
    shelf: &dyn Shelf,
    wanted: &Wanted,
    most: usize,
    steps: &mut Vec<Step>,
) -> Result<Found, ShelfUnavailable> {
    let mut found = shelf.search(wanted, most).await?;
    let mut seen = Vec::new();
    found.rows.retain(|row| {
        let id = row.product.id;
        let new = row.product.is_offered() && !seen.contains(&id) && !wanted.except.contains(&id);
        seen.push(id);
        new
    });
    found.rows.truncate(most);
    let summary = format!("{} of {} fit", found.fitting, found.offered);
    steps.push(Step { tool: NAME, summary });
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(arguments: &Value, expected: (&str, Option<i64>, Option<i64>, Order)) {
        let read: Arguments = serde_json::from_value(arguments.clone()).unwrap();
        let wanted = read.wanted(Currency::USD);
        let minor = |money: Option<Money>| money.map(|money| money.minor);
        let seen = (wanted.words.as_str(), minor(wanted.at_most), minor(wanted.at_least), wanted.order);
        assert_eq!(seen, expected, "{arguments}");
    }

    #[test]
    fn what_a_model_asks_for_is_read_however_it_is_written() {
        check(&json!({ "query": "candle", "at_most": 40 }), ("candle", Some(4_000), None, Order::Fit));
        check(&json!({ "query": "candle", "at_most": "$39.90" }), ("candle", Some(3_990), None, Order::Fit));
        check(&json!({ "query": "candle under $25" }), ("candle", Some(2_500), None, Order::Fit));
        check(
            &json!({ "query": ["wool", "socks"], "at_least": 5.5 }),
            ("wool socks", None, Some(550), Order::Fit),
        );
        check(
            &json!({ "query": "mug", "order": "cheapest_first" }),
            ("mug", None, None, Order::CheapestFirst),
        );
        check(
            &json!({ "query": "mug", "order": 7, "at_most": -3, "shop": "other" }),
            ("mug", None, None, Order::Fit),
        );
        check(&json!({ "query": null, "at_most": 1e300 }), ("", None, None, Order::Fit));
        check(&json!({}), ("", None, None, Order::Fit));
    }
}
