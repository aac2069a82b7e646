//! A discount as the Admin API writes it, made into one of ours. Whatever is in a form we do not know leaves the discount
//! without terms: it is kept, and nobody is told of it.

use serde::Deserialize;
use serde_json::value::RawValue;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::discount::{Benefit, Conditions, Covers, Discount, Minimum, Terms, Withheld};
use shopclerk_domain::ids::{CollectionId, DiscountId, ProductId, VariantId};
use shopclerk_domain::money::{Currency, Money};

use super::product::gid;
use crate::lenient::instant;

/// Names of node kinds under which a discount's number comes.
const KINDS: [&str; 3] = ["DiscountNode", "DiscountCodeNode", "DiscountAutomaticNode"];
const LONGEST_TITLE: usize = 255;
const LONGEST_CODE: usize = 64;

#[derive(Deserialize)]
struct Node<'a> {
    id: String,
    #[serde(borrow)]
    discount: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    #[serde(rename = "__typename")]
    kind: String,
    title: String,
    status: String,
    starts_at: String,
    ends_at: Option<String>,
    updated_at: String,
    usage_limit: Option<u64>,
    async_usage_count: Option<u64>,
    applies_once_per_customer: Option<bool>,
    codes: Option<List<Code>>,
    codes_count: Option<Count>,
    context: Option<Typed>,
    #[serde(borrow)]
    minimum_requirement: Option<&'a RawValue>,
    #[serde(borrow)]
    customer_gets: Option<Gets<'a>>,
}

#[derive(Deserialize)]
struct Typed {
    #[serde(rename = "__typename")]
    kind: String,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

#[derive(Deserialize)]
struct Count {
    count: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List<T> {
    nodes: Vec<T>,
    page_info: Option<More>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct More {
    has_next_page: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Gets<'a> {
    applies_on_one_time_purchase: bool,
    #[serde(borrow)]
    items: &'a RawValue,
    #[serde(borrow)]
    value: &'a RawValue,
}

/// What a value has besides its kind: a percentage or an amount.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Value<'a> {
    #[serde(rename = "__typename")]
    kind: String,
    #[serde(borrow)]
    percentage: Option<&'a RawValue>,
    amount: Option<MoneyV2>,
    applies_on_each_item: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MoneyV2 {
    amount: String,
    currency_code: String,
}

#[derive(Deserialize)]
#[serde(tag = "__typename")]
enum Items {
    #[serde(rename = "AllDiscountItems")]
    Everything {
        #[serde(rename = "allItems")]
        all: bool,
    },
    DiscountProducts {
        products: List<Named>,
        #[serde(rename = "productVariants")]
        variants: List<Named>,
    },
    DiscountCollections {
        collections: List<Named>,
    },
}

#[derive(Deserialize)]
struct Named {
    id: String,
}

#[derive(Deserialize)]
#[serde(tag = "__typename")]
enum Least {
    DiscountMinimumSubtotal {
        #[serde(rename = "greaterThanOrEqualToSubtotal")]
        subtotal: MoneyV2,
    },
    DiscountMinimumQuantity {
        #[serde(rename = "greaterThanOrEqualToQuantity")]
        pieces: String,
    },
}

/// Reads one discount of a page; `None` if it has not even a number.
pub(super) fn read_discount(raw: &RawValue, currency: Currency) -> Option<Discount> {
    let node: Node<'_> = serde_json::from_str(raw.get()).ok()?;
    let id = KINDS.iter().find_map(|kind| gid(kind, &node.id)).map(DiscountId::new)?;
    let wire = node.discount.and_then(|raw| serde_json::from_str::<Wire<'_>>(raw.get()).ok());
    let Some(wire) = wire else {
        let updated_at = Timestamp::from_millis(0);
        return Some(Discount { id, title: String::new(), terms: Err(Withheld::Unclear), updated_at });
    };
    let title = wire.title.chars().take(LONGEST_TITLE).collect();
    let updated_at = instant(&wire.updated_at).unwrap_or(Timestamp::from_millis(0));
    Some(Discount { id, title, terms: terms(wire, currency), updated_at })
}

fn terms(wire: Wire<'_>, currency: Currency) -> Result<Terms, Withheld> {
    // Offered publicly is only what is said to be for all: a context we do not know is not public.
    if wire.context.as_ref().is_none_or(|context| context.kind != "DiscountBuyerSelectionAll") {
        return Err(Withheld::NotForEveryone);
    }
    let by_code = match wire.kind.as_str() {
        "DiscountCodeBasic" => true,
        "DiscountAutomaticBasic" => false,
        _ => return Err(Withheld::OtherKind),
    };
    let code = if by_code { Some(only_code(wire.codes, wire.codes_count)?) } else { None };
    let gets = wire.customer_gets.ok_or(Withheld::Unclear)?;
    let counts = matches!(wire.status.as_str(), "ACTIVE" | "SCHEDULED");
    if !counts || !gets.applies_on_one_time_purchase {
        return Err(Withheld::Unclear);
    }
    let ends_at = wire.ends_at.map(|text| instant(&text).ok_or(Withheld::Unclear)).transpose()?;
    let minimum = wire.minimum_requirement.map(|raw| least(raw, currency)).transpose()?;
    Ok(Terms {
        code,
        benefit: benefit(gets.value, currency)?,
        covers: covers(gets.items)?,
        conditions: Conditions {
            minimum,
            ends_at,
            once_each: wire.applies_once_per_customer.unwrap_or(false),
        },
        starts_at: instant(&wire.starts_at).ok_or(Withheld::Unclear)?,
        uses_left: wire.usage_limit.map(|limit| limit.saturating_sub(wire.async_usage_count.unwrap_or(0))),
    })
}

/// The code where there is just one, in letters that anybody can type.
fn only_code(codes: Option<List<Code>>, count: Option<Count>) -> Result<String, Withheld> {
    let mut codes = codes.map(|codes| codes.nodes).unwrap_or_default();
    let code = codes.pop().filter(|_| codes.is_empty() && count.is_none_or(|count| count.count <= 1));
    let code = code.ok_or(Withheld::NoSingleCode)?.code;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let fits = (1..=LONGEST_CODE).contains(&code.len()) && code.bytes().all(plain);
    if fits { Ok(code) } else { Err(Withheld::Unclear) }
}

fn benefit(raw: &RawValue, currency: Currency) -> Result<Benefit, Withheld> {
    let value: Value<'_> = serde_json::from_str(raw.get()).map_err(|_| Withheld::OtherKind)?;
    match (value.kind.as_str(), value.percentage, value.amount, value.applies_on_each_item) {
        ("DiscountPercentage", Some(percentage), ..) => hundredths(percentage.get()).map(Benefit::Percent),
        ("DiscountAmount", _, Some(amount), Some(on_each)) => {
            let amount = money(&amount, currency)?;
            Ok(if on_each { Benefit::AmountEach(amount) } else { Benefit::Amount(amount) })
        }
        _ => Err(Withheld::OtherKind),
    }
}

/// `0.15` as 1,500 hundredths of a percent, read digit by digit: no float decides what is promised.
fn hundredths(written: &str) -> Result<u32, Withheld> {
    let (whole, fraction) = written.split_once('.').unwrap_or((written, ""));
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > 4 {
        return Err(Withheld::Unclear);
    }
    let digits = format!("{whole}{fraction:0<4}");
    let plain = !whole.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let read: Option<u32> = plain.then(|| digits.parse().ok()).flatten();
    read.filter(|read| (1..=10_000).contains(read)).ok_or(Withheld::Unclear)
}

fn money(wire: &MoneyV2, currency: Currency) -> Result<Money, Withheld> {
    let ours = Currency::parse(&wire.currency_code).is_ok_and(|theirs| theirs == currency);
    let money = Money::parse(&wire.amount, currency).ok().filter(|money| ours && money.minor > 0);
    money.ok_or(Withheld::Unclear)
}

fn least(raw: &RawValue, currency: Currency) -> Result<Minimum, Withheld> {
    match serde_json::from_str(raw.get()).map_err(|_| Withheld::Unclear)? {
        Least::DiscountMinimumSubtotal { subtotal } => money(&subtotal, currency).map(Minimum::Subtotal),
        Least::DiscountMinimumQuantity { pieces } => {
            pieces.parse().map(Minimum::Pieces).map_err(|_| Withheld::Unclear)
        }
    }
}

fn covers(raw: &RawValue) -> Result<Covers, Withheld> {
    match serde_json::from_str(raw.get()).map_err(|_| Withheld::Unclear)? {
        Items::Everything { all: true } => Ok(Covers::Everything),
        Items::Everything { all: false } => Err(Withheld::Unclear),
        Items::DiscountProducts { products, variants } => Ok(Covers::Goods {
            products: numbers(products, "Product", ProductId::new)?,
            variants: numbers(variants, "ProductVariant", VariantId::new)?,
        }),
        Items::DiscountCollections { collections } => {
            numbers(collections, "Collection", CollectionId::new).map(Covers::Collections)
        }
    }
}

/// The numbers of a whole list; one that goes on is not known to its end.
fn numbers<T>(list: List<Named>, kind: &str, id: fn(u64) -> T) -> Result<Vec<T>, Withheld> {
    if list.page_info.is_none_or(|more| more.has_next_page) {
        return Err(Withheld::Unclear);
    }
    list.nodes.iter().map(|named| gid(kind, &named.id).map(id).ok_or(Withheld::Unclear)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn code() -> Json {
        json!({ "id": "gid://shopify/DiscountNode/9007199254740993", "discount": {
            "__typename": "DiscountCodeBasic", "title": "WARM10", "status": "ACTIVE",
            "startsAt": "2026-11-01T05:00:00Z", "endsAt": "2027-01-01T05:00:00Z", "updatedAt": "2026-11-20T10:00:00Z",
            "discountClasses": ["ORDER"], "usageLimit": 100, "asyncUsageCount": 7, "appliesOncePerCustomer": true,
            "codes": { "nodes": [{ "code": "WARM10" }] }, "codesCount": { "count": 1, "precision": "EXACT" },
            "context": { "__typename": "DiscountBuyerSelectionAll", "all": "ALL" },
            "minimumRequirement": { "__typename": "DiscountMinimumSubtotal",
                "greaterThanOrEqualToSubtotal": { "amount": "50.0", "currencyCode": "USD" } },
            "customerGets": { "appliesOnOneTimePurchase": true, "appliesOnSubscription": false,
                "items": { "__typename": "AllDiscountItems", "allItems": true },
                "value": { "__typename": "DiscountPercentage", "percentage": 0.1 } },
        } })
    }

    fn read(node: &Json) -> Discount {
        let raw = serde_json::value::to_raw_value(node).unwrap();
        read_discount(&raw, Currency::USD).unwrap()
    }

    fn with(path: &str, value: Json) -> Result<Terms, Withheld> {
        let mut node = code();
        *node.pointer_mut(&format!("/discount{path}")).unwrap() = value;
        read(&node).terms
    }

    #[test]
    fn a_code_is_read_with_all_it_asks() {
        let discount = read(&code());
        let terms = discount.terms.unwrap();

        assert_eq!(discount.id.number(), 9_007_199_254_740_993);
        assert_eq!((terms.code.as_deref(), terms.benefit), (Some("WARM10"), Benefit::Percent(1_000)));
        assert_eq!((terms.covers, terms.uses_left), (Covers::Everything, Some(93)));
        assert_eq!(
            terms.conditions,
            Conditions {
                minimum: Some(Minimum::Subtotal(Money::new(5_000, Currency::USD))),
                ends_at: instant("2027-01-01T05:00:00Z"),
                once_each: true,
            }
        );
    }

    #[test]
    fn what_it_is_for_and_what_it_gives_come_in_several_forms() {
        let page = json!({ "hasNextPage": false });
        let goods = json!({ "__typename": "DiscountProducts",
            "products": { "nodes": [{ "id": "gid://shopify/Product/7" }], "pageInfo": page },
            "productVariants": { "nodes": [], "pageInfo": page } });
        let collections = json!({ "__typename": "DiscountCollections",
            "collections": { "nodes": [{ "id": "gid://shopify/Collection/8", "title": "x" }], "pageInfo": page } });
        let amount = |each: bool| {
            json!({ "__typename": "DiscountAmount", "appliesOnEachItem": each,
                "amount": { "amount": "5.00", "currencyCode": "USD" } })
        };
        let five = Money::new(500, Currency::USD);

        let terms = |path, value| with(path, value).unwrap();
        let expected = Covers::Goods { products: vec![ProductId::new(7)], variants: Vec::new() };
        assert_eq!(terms("/customerGets/items", goods).covers, expected);
        let expected = Covers::Collections(vec![CollectionId::new(8)]);
        assert_eq!(terms("/customerGets/items", collections).covers, expected);
        assert_eq!(terms("/customerGets/value", amount(true)).benefit, Benefit::AmountEach(five));
        assert_eq!(terms("/customerGets/value", amount(false)).benefit, Benefit::Amount(five));
        let pieces = json!({ "__typename": "DiscountMinimumQuantity", "greaterThanOrEqualToQuantity": "3" });
        assert_eq!(terms("/minimumRequirement", pieces).conditions.minimum, Some(Minimum::Pieces(3)));
        assert_eq!(terms("/minimumRequirement", json!(null)).conditions.minimum, None);
        assert_eq!(terms("/customerGets/value/percentage", json!(0.125)).benefit, Benefit::Percent(1_250));
        assert_eq!(terms("/customerGets/value/percentage", json!(1)).benefit, Benefit::Percent(10_000));
    }

    #[test]
    fn what_is_not_fully_known_is_kept_and_never_told() {
        let gets = "/customerGets";
        let cut = json!({ "__typename": "DiscountCollections",
            "collections": { "nodes": [{ "id": "gid://shopify/Collection/8" }], "pageInfo": { "hasNextPage": true } } });
        for (path, value, why) in [
            ("/context/__typename", json!("DiscountCustomers"), Withheld::NotForEveryone),
            ("/context/__typename", json!("DiscountCustomerSegments"), Withheld::NotForEveryone),
            ("/context/__typename", json!("DiscountMarkets"), Withheld::NotForEveryone),
            ("/context", json!(null), Withheld::NotForEveryone),
            ("/__typename", json!("DiscountCodeBxgy"), Withheld::OtherKind),
            ("/__typename", json!("DiscountCodeApp"), Withheld::OtherKind),
            ("/__typename", json!("DiscountAutomaticSomethingNew"), Withheld::OtherKind),
            ("/codes/nodes", json!([]), Withheld::NoSingleCode),
            ("/codes/nodes", json!([{ "code": "A" }, { "code": "B" }]), Withheld::NoSingleCode),
            ("/codesCount/count", json!(5_000), Withheld::NoSingleCode),
            ("/codes/nodes/0/code", json!("TEN % OFF"), Withheld::Unclear),
            ("/codes/nodes/0/code", json!("\u{202e}01MRAW"), Withheld::Unclear),
            ("/codes/nodes/0/code", json!("x".repeat(65)), Withheld::Unclear),
            ("/status", json!("EXPIRED"), Withheld::Unclear),
            ("/startsAt", json!("soon"), Withheld::Unclear),
            ("/endsAt", json!("never"), Withheld::Unclear),
            ("/usageLimit", json!(-1), Withheld::Unclear),
            ("/minimumRequirement/__typename", json!("DiscountMinimumMood"), Withheld::Unclear),
            (
                "/minimumRequirement/greaterThanOrEqualToSubtotal/currencyCode",
                json!("EUR"),
                Withheld::Unclear,
            ),
            (gets, json!(null), Withheld::Unclear),
            ("/customerGets/appliesOnOneTimePurchase", json!(false), Withheld::Unclear),
            ("/customerGets/items", cut, Withheld::Unclear),
            ("/customerGets/items/allItems", json!(false), Withheld::Unclear),
            ("/customerGets/value/__typename", json!("DiscountOnQuantity"), Withheld::OtherKind),
            ("/customerGets/value/percentage", json!(0.15001), Withheld::Unclear),
            ("/customerGets/value/percentage", json!(0), Withheld::Unclear),
            ("/customerGets/value/percentage", json!(1.5), Withheld::Unclear),
            ("/customerGets/value/percentage", json!(-0.1), Withheld::Unclear),
            ("/customerGets/value/percentage", json!("0.1"), Withheld::Unclear),
        ] {
            assert_eq!(with(path, value.clone()).err(), Some(why), "{path} {value}");
        }
    }

    #[test]
    fn what_has_no_number_cannot_be_kept() {
        for node in [json!({ "id": "gid://shopify/Product/1" }), json!({}), json!([]), json!(null)] {
            let raw = serde_json::value::to_raw_value(&node).unwrap();
            assert_eq!(read_discount(&raw, Currency::USD), None, "{node}");
        }
        let bare = json!({ "id": "gid://shopify/DiscountAutomaticNode/5", "discount": null });
        assert_eq!(read(&bare).terms, Err(Withheld::Unclear));
    }
}
