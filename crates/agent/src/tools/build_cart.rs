//! `build_cart`: the address at which the shop opens with a filled cart. Nothing is bought or reserved by it.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use shopclerk_domain::ids::VariantId;
use shopclerk_domain::ports::ShelfUnavailable;
use shopclerk_domain::product::{ProductRow, Variant};

use crate::claims::tokens::words;
use crate::gate;
use crate::names;
use crate::tools::hands::Hands;

pub(super) const NAME: &str = "build_cart";
pub(super) const PURPOSE: &str = "Makes the link that opens the shop's cart with these products in it.";
const MOST_ITEMS: usize = 10;
const MOST_PIECES: u64 = 20;

/// What goes into the cart.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Arguments {
    items: Vec<Item>,
}

/// One thing.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Item {
    /// Its `ref`.
    product: String,
    /// Its version, where it has several.
    version: Option<String>,
    #[schemars(with = "Option<u64>")]
    quantity: Value,
}

/// Does what a model asks for.
pub(super) async fn act(hands: &mut Hands<'_, '_>, arguments: Arguments) -> Result<Value, ShelfUnavailable> {
    let mut items: Vec<(VariantId, u64)> = Vec::new();
    for item in arguments.items.iter().take(MOST_ITEMS) {
        let Some(id) = hands.known(&item.product) else {
            return Ok(
                json!({ "error": format!("{} is no ref of this conversation", names::plain(&item.product)) }),
            );
        };
        let Some(row) = hands.situation.rows(&[id]).await?.into_iter().next() else {
            return Ok(json!({ "error": "one of these is no longer offered" }));
        };
        let pieces = item.quantity.as_u64().unwrap_or(1).clamp(1, MOST_PIECES);
        let chosen = chosen(&row, item.version.as_deref()).map(|variant| variant.id);
        let told = hands.meet(&row);
        match chosen {
            Some(variant) => items.push((variant, pieces)),
            None => {
                return Ok(
                    json!({ "error": "say which version of it, one that is in stock", "product": told }),
                );
            }
        }
    }
    if items.is_empty() {
        return Ok(json!({ "error": "no items were named" }));
    }
    hands.note(NAME, format!("{} in the cart", items.len()));
    let link = gate::cart_url(&hands.situation.input.shop, &items);
    // Which code it carries is found when the words are done: the model is told of none.
    for row in hands.situation.promotions().await? {
        hands.offer(row);
    }
    hands.carts.push((link.clone(), items));
    Ok(json!({ "link": link, "note": "say the link by itself, as it is" }))
}

/// The one version that is meant and can be bought.
fn chosen<'r>(row: &'r ProductRow, version: Option<&str>) -> Option<&'r Variant> {
    let for_sale = row.product.variants.iter().filter(|variant| variant.stock.for_sale);
    let asked = words(version.unwrap_or_default());
    let meant = for_sale.filter(|variant| {
        let own = words(&names::plain(&variant.title()));
        asked.is_empty() || asked == own || asked.iter().all(|word| own.contains(word))
    });
    let meant: Vec<&Variant> = meant.collect();
    match meant.as_slice() {
        [only] => Some(only),
        _ => None,
    }
}
