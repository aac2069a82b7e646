//! `list_promotions`: what can be had for less right now. A model is told of a discount by a reference that it writes where a
//! sentence about it is to stand; what it gives, what it asks and its code are said by us, so that the model has none to give
//! away or to get wrong.

use serde_json::{Map, Value, json};
use shopclerk_domain::discount::{DiscountRow, Terms};
use shopclerk_domain::ports::{Shelf, ShelfUnavailable, Wanted};

use crate::rules;
use crate::tools::hands::Hands;
use crate::turn::Step;

pub(super) const NAME: &str = "list_promotions";
pub(super) const PURPOSE: &str =
    "Tells of discounts and codes that apply now, and which products are reduced.";
/// So many discounts are told of in one turn.
const MOST_OFFERS: usize = 5;
const HOW: &str = "write the ref, braces and all, as a sentence of its own: it becomes the whole sentence about that promotion";

/// Does what a model asks for.
pub(super) async fn act(hands: &mut Hands<'_, '_>) -> Result<Value, ShelfUnavailable> {
    let mut offers = hands.situation.promotions().await?;
    offers.truncate(MOST_OFFERS);
    let mut told: Vec<Value> = Vec::new();
    for row in offers {
        let Ok(terms) = row.discount.terms.clone() else { continue };
        if let Some(mut one) = of(hands, &terms).await? {
            one.insert("ref".to_owned(), Value::String(hands.offer(row)));
            told.push(Value::Object(one));
        }
    }
    let rows = rules::reduced(hands.situation, &Wanted::default()).await?;
    hands.note(NAME, format!("{} reduced", rows.len()));
    let reduced: Vec<Value> = rows.iter().take(rules::MOST_CARDS).map(|row| hands.meet(row)).collect();
    if told.is_empty() {
        let codes = "there is none to give; a person of the shop can help";
        return Ok(json!({ "reduced": reduced, "codes": codes }));
    }
    Ok(json!({ "promotions": told, "how": HOW, "reduced": reduced }))
}

/// What a model is told of a discount; `None` if nothing of what it is for can be shown.
async fn of(
    hands: &mut Hands<'_, '_>,
    terms: &Terms,
) -> Result<Option<Map<String, Value>>, ShelfUnavailable> {
    let mut fields = Map::new();
    let had = if terms.code.is_some() { "with a code" } else { "at checkout, without a code" };
    fields.insert("had".to_owned(), json!(had));
    if terms.is_for_everything() {
        fields.insert("for".to_owned(), json!("the whole order"));
        return Ok(Some(fields));
    }
    let covered = rules::covered(hands.situation, terms, &Wanted::default()).await?;
    fields.insert("for".to_owned(), covered.iter().map(|row| hands.meet(row)).collect());
    Ok((!covered.is_empty()).then_some(fields))
}

/// The discounts that may be told of now, looked at again whatever the shelf says.
pub(crate) async fn list_promotions(
    shelf: &dyn Shelf,
    may_be_told: impl Fn(&DiscountRow) -> bool,
    steps: &mut Vec<Step>,
) -> Result<Vec<DiscountRow>, ShelfUnavailable> {
    let mut rows = shelf.promotions().await?;
    rows.retain(may_be_told);
    let summary = match rows.len() {
        1 => "1 discount may be told of".to_owned(),
        count => format!("{count} discounts may be told of"),
    };
    steps.push(Step { tool: NAME, summary });
    Ok(rows)
}
