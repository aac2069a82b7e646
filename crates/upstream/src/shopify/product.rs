//! A product as the Admin API writes it, made into one of ours. Figures are never guessed: a product with a price or a stock
//! that cannot be read is refused as a whole, with the reason.

use serde::Deserialize;
use serde_json::value::RawValue;
use shopclerk_domain::ids::{CollectionId, ProductId, VariantId};
use shopclerk_domain::money::{Currency, Money};
use shopclerk_domain::product::{Product, ProductStatus, Stock, Variant};
use url::Url;

use super::text::plain;
use crate::error::UpstreamError;
use crate::lenient::instant;

/// A product of the shop that cannot be taken over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedProduct {
    /// The shop's number of it; empty if not even that can be read.
    pub id: String,
    /// Its handle, by which the merchant finds it; may be empty.
    pub handle: String,
    /// What is wrong with it.
    pub why: String,
}

/// A product, and where its further variants begin if it has more than one answer holds.
pub(super) struct ReadProduct {
    pub(super) product: Product,
    pub(super) more: Option<String>,
}

const LONGEST_TITLE: usize = 300;
const LONGEST_WORD: usize = 255;
const LONGEST_FACT: usize = 500;
const MOST_TAGS: usize = 250;

/// Metafields whose values read as words.
const WORDED: [&str; 6] = [
    "single_line_text_field",
    "multi_line_text_field",
    "number_integer",
    "number_decimal",
    "boolean",
    "list.single_line_text_field",
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireProduct {
    id: String,
    handle: String,
    title: String,
    description_html: Option<String>,
    vendor: Option<String>,
    product_type: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    status: Option<String>,
    online_store_url: Option<String>,
    is_gift_card: Option<bool>,
    requires_selling_plan: Option<bool>,
    updated_at: String,
    #[serde(default)]
    options: Vec<WireOption>,
    featured_media: Option<Media>,
    collections: Option<Nodes<Titled>>,
    metafields: Option<Nodes<Metafield>>,
    variants: Variants,
}

#[derive(Deserialize)]
struct Nodes<T> {
    nodes: Vec<T>,
}

#[derive(Deserialize)]
struct Titled {
    id: String,
    title: String,
}

#[derive(Deserialize)]
struct Metafield {
    key: String,
    #[serde(rename = "type")]
    kind: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireOption {
    name: String,
    #[serde(default)]
    option_values: Vec<OptionValue>,
}

#[derive(Deserialize)]
struct OptionValue {
    name: String,
}

#[derive(Deserialize)]
struct Media {
    preview: Option<Preview>,
}

#[derive(Deserialize)]
struct Preview {
    image: Option<Image>,
}

#[derive(Deserialize)]
struct Image {
    url: String,
}

/// Variants of one product, and whether there are more.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Variants {
    nodes: Vec<WireVariant>,
    page_info: PageInfo,
}

/// Where a list goes on.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

impl PageInfo {
    /// Where the next page begins, if there is one. A list that goes on without saying where is not read to its end.
    pub(super) fn next(self) -> Result<Option<String>, UpstreamError> {
        match (self.has_next_page, self.end_cursor) {
            (false, _) => Ok(None),
            (true, Some(cursor)) => Ok(Some(cursor)),
            (true, None) => Err(UpstreamError::Malformed),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireVariant {
    id: String,
    sku: Option<String>,
    price: String,
    compare_at_price: Option<String>,
    available_for_sale: Option<bool>,
    inventory_quantity: Option<i64>,
    inventory_policy: Option<String>,
    #[serde(default)]
    selected_options: Vec<Selected>,
    media: Option<Nodes<Media>>,
    inventory_item: Option<InventoryItem>,
}

#[derive(Deserialize)]
struct Selected {
    name: String,
    value: String,
}

#[derive(Deserialize)]
struct InventoryItem {
    id: String,
    tracked: bool,
}

/// The number in `gid://shopify/{kind}/123`; what follows a `?` belongs to other things.
pub(super) fn gid(kind: &str, text: &str) -> Option<u64> {
    let number = text.strip_prefix("gid://shopify/")?.strip_prefix(kind)?.strip_prefix('/')?;
    let number = number.split('?').next()?;
    number
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| number.parse().ok())
        .flatten()
        .filter(|number| *number > 0)
}

/// Reads one product of a page.
pub(super) fn read_product(raw: &RawValue, currency: Currency) -> Result<ReadProduct, RefusedProduct> {
    let wire: WireProduct = serde_json::from_str(raw.get()).map_err(|_| unreadable(raw))?;
    let (id, handle) = (number(&wire.id), cut(wire.handle.clone(), LONGEST_WORD));
    product(wire, currency).map_err(|why| RefusedProduct { id, handle, why })
}

/// What names a product that does not even have the form of one.
fn unreadable(raw: &RawValue) -> RefusedProduct {
    #[derive(Deserialize)]
    struct Named {
        id: Option<String>,
        handle: Option<String>,
    }
    let named: Option<Named> = serde_json::from_str(raw.get()).ok();
    let (id, handle) = named.map(|named| (named.id, named.handle)).unwrap_or_default();
    RefusedProduct {
        id: id.map(|id| number(&id)).unwrap_or_default(),
        handle: cut(handle.unwrap_or_default(), LONGEST_WORD),
        why: "a field is missing or of the wrong kind".to_owned(),
    }
}

fn number(id: &str) -> String {
    gid("Product", id).map(|number| number.to_string()).unwrap_or_default()
}

fn product(wire: WireProduct, currency: Currency) -> Result<ReadProduct, String> {
    let id = gid("Product", &wire.id).ok_or("its id is not a product's")?;
    let updated_at = instant(&wire.updated_at).ok_or("the time of its last change cannot be read")?;
    if wire.title.trim().is_empty() || wire.handle.is_empty() {
        return Err("it has no title or no handle".to_owned());
    }
    let options = option_names(&wire.options);
    let Variants { nodes, page_info } = wire.variants;
    let product = Product {
        id: ProductId::new(id),
        handle: cut(wire.handle, LONGEST_WORD),
        title: cut(wire.title, LONGEST_TITLE),
        vendor: cut(wire.vendor.unwrap_or_default(), LONGEST_WORD),
        product_type: cut(wire.product_type.unwrap_or_default(), LONGEST_WORD),
        tags: wire.tags.into_iter().take(MOST_TAGS).map(|tag| cut(tag, LONGEST_WORD)).collect(),
        description: plain(&wire.description_html.unwrap_or_default()),
        status: status(wire.status.as_deref()),
        url: wire.online_store_url.filter(|url| is_web(url)),
        image: image(wire.featured_media),
        variants: read_variants(nodes, &options, currency)?,
        options,
        in_collections: collection_ids(wire.collections.as_ref()),
        collections: titles(wire.collections),
        facts: facts(wire.metafields),
        gift_card: wire.is_gift_card.unwrap_or(false),
        subscription_only: wire.requires_selling_plan.unwrap_or(false),
        updated_at,
    };
    let more = page_info.next().map_err(|_| BREAKS_OFF.to_owned())?;
    Ok(ReadProduct { product, more })
}

const BREAKS_OFF: &str = "its list of variants breaks off";

/// Adds a further page of variants to a product; tells where the next begins.
pub(super) fn add_variants(
    product: &mut Product,
    further: Variants,
    currency: Currency,
) -> Result<Option<String>, RefusedProduct> {
    let Variants { nodes, page_info } = further;
    let read = read_variants(nodes, &product.options, currency)
        .and_then(|variants| Ok((variants, page_info.next().map_err(|_| BREAKS_OFF.to_owned())?)));
    match read {
        Ok((variants, next)) => {
            product.variants.extend(variants);
            Ok(next)
        }
        Err(why) => Err(RefusedProduct { id: product.id.to_string(), handle: product.handle.clone(), why }),
    }
}

fn read_variants(
    nodes: Vec<WireVariant>,
    options: &[String],
    currency: Currency,
) -> Result<Vec<Variant>, String> {
    nodes.into_iter().map(|wire| variant(wire, options, currency)).collect()
}

fn variant(wire: WireVariant, options: &[String], currency: Currency) -> Result<Variant, String> {
    let id = gid("ProductVariant", &wire.id).ok_or("the id of a variant is not a variant's")?;
    let price = money(&wire.price, currency).map_err(|why| format!("variant {id}: its price: {why}"))?;
    let compare_at = wire.compare_at_price.map(|was| money(&was, currency)).transpose();
    let compare_at = compare_at.map_err(|why| format!("variant {id}: its former price: {why}"))?;
    let chosen = |option: &String| {
        let value = wire.selected_options.iter().find(|selected| selected.name == *option);
        value.map(|selected| cut(selected.value.clone(), LONGEST_WORD))
    };
    let chosen: Option<Vec<String>> = options.iter().map(chosen).collect();
    let item = wire.inventory_item;
    let stock = Stock {
        for_sale: wire.available_for_sale.unwrap_or(false),
        counted: wire.inventory_quantity.is_some() && item.as_ref().is_some_and(|item| item.tracked),
        quantity: wire.inventory_quantity.unwrap_or(0),
        // Whatever is not surely "no sales below zero" makes a figure dishonest.
        oversell: wire.inventory_policy.as_deref() != Some("DENY"),
    };
    Ok(Variant {
        id: VariantId::new(id),
        // Without an item no change of stock can be announced; zero is nobody's number.
        stock_item: item.and_then(|item| gid("InventoryItem", &item.id)).unwrap_or(0),
        options: chosen.ok_or_else(|| format!("variant {id}: it does not name a value of each option"))?,
        sku: cut(wire.sku.unwrap_or_default(), LONGEST_WORD),
        price,
        compare_at: compare_at.filter(|was| was.minor > 0),
        stock,
        image: wire.media.and_then(|media| image(media.nodes.into_iter().next())),
    })
}

fn money(amount: &str, currency: Currency) -> Result<Money, String> {
    match Money::parse(amount, currency) {
        Ok(money) if money.minor >= 0 => Ok(money),
        Ok(_) => Err("it is below zero".to_owned()),
        Err(why) => Err(why.to_string()),
    }
}

/// A product without a choice has one option, `Title`, with one value, `Default Title`: neither is for people.
fn option_names(options: &[WireOption]) -> Vec<String> {
    if let [only] = options
        && only.name == "Title"
        && only.option_values.iter().all(|value| value.name == "Default Title")
    {
        return Vec::new();
    }
    options.iter().map(|option| option.name.clone()).collect()
}

fn status(word: Option<&str>) -> ProductStatus {
    match word {
        Some("ACTIVE") => ProductStatus::Active,
        Some("DRAFT") => ProductStatus::Draft,
        Some("ARCHIVED") => ProductStatus::Archived,
        Some("UNLISTED") => ProductStatus::Unlisted,
        _ => ProductStatus::Other,
    }
}

fn image(media: Option<Media>) -> Option<String> {
    media.and_then(|media| media.preview?.image).map(|image| image.url).filter(|url| is_web(url))
}

fn is_web(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "https" | "http") && url.host_str().is_some())
}

fn titles(collections: Option<Nodes<Titled>>) -> Vec<String> {
    let found = collections.map(|found| found.nodes).unwrap_or_default();
    found.into_iter().map(|one| cut(one.title, LONGEST_WORD)).collect()
}

fn collection_ids(collections: Option<&Nodes<Titled>>) -> Vec<CollectionId> {
    let found = collections.map(|found| found.nodes.as_slice()).unwrap_or_default();
    found.iter().filter_map(|one| gid("Collection", &one.id)).map(CollectionId::new).collect()
}

fn facts(metafields: Option<Nodes<Metafield>>) -> Vec<(String, String)> {
    let found = metafields.map(|found| found.nodes).unwrap_or_default();
    let worded = found.into_iter().filter(|field| WORDED.contains(&field.kind.as_str()));
    let fact = |field: Metafield| {
        let listed =
            || serde_json::from_str::<Vec<String>>(&field.value).ok().map(|values| values.join(", "));
        let value = if field.kind.starts_with("list.") { listed()? } else { field.value.clone() };
        let value = cut(value, LONGEST_FACT);
        (!value.trim().is_empty()).then(|| (cut(field.key, LONGEST_WORD), value))
    };
    worded.filter_map(fact).collect()
}

fn cut(text: String, most: usize) -> String {
    if text.len() <= most { text } else { text.chars().take(most).collect() }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn candle() -> Value {
        json!({
            "id": "gid://shopify/Product/9007199254740993", "legacyResourceId": "9007199254740993", "handle": "winter-amber",
            "title": "Winter Amber", "descriptionHtml": "<p>Soy &amp; amber</p>", "vendor": "Nordlys",
            "productType": "Candle", "tags": ["warm", "gift"], "status": "ACTIVE", "updatedAt": "2026-11-20T10:00:00Z",
            "onlineStoreUrl": "https://nordlys.example/products/winter-amber", "isGiftCard": false,
            "requiresSellingPlan": false, "somethingNew": 1,
            "options": [{ "name": "Size", "optionValues": [{ "name": "S" }, { "name": "L" }] }],
            "featuredMedia": { "preview": { "image": { "url": "https://cdn.example/1.png" } } },
            "collections": { "nodes": [{ "id": "gid://shopify/Collection/90", "title": "Winter" }] },
            "metafields": { "nodes": [
                { "key": "wax", "type": "single_line_text_field", "value": "soy" },
                { "key": "scents", "type": "list.single_line_text_field", "value": "[\"amber\",\"pine\"]" },
                { "key": "maker", "type": "metaobject_reference", "value": "gid://shopify/Metaobject/1" },
            ] },
            "variants": { "nodes": [variant_of("24.90", &json!(null))], "pageInfo": { "hasNextPage": false, "endCursor": "c" } },
        })
    }

    fn variant_of(price: &str, was: &Value) -> Value {
        json!({
            "id": "gid://shopify/ProductVariant/7", "sku": "WA-S", "price": price, "compareAtPrice": was,
            "availableForSale": true, "inventoryQuantity": 7, "inventoryPolicy": "DENY",
            "selectedOptions": [{ "name": "Size", "value": "S" }], "media": { "nodes": [] },
            "inventoryItem": { "id": "gid://shopify/InventoryItem/70", "tracked": true },
        })
    }

    fn read(product: &Value) -> Result<ReadProduct, RefusedProduct> {
        let raw = serde_json::value::to_raw_value(product).unwrap();
        read_product(&raw, Currency::USD)
    }

    fn with(path: &str, value: Value) -> Value {
        let mut product = candle();
        *product.pointer_mut(path).unwrap() = value;
        product
    }

    #[test]
    fn a_product_is_taken_over_whole() {
        let ReadProduct { product, more } = read(&candle()).unwrap();
        let usd = |minor| Money::new(minor, Currency::USD);

        assert_eq!(product.id.number(), 9_007_199_254_740_993);
        assert_eq!((product.title.as_str(), product.description.as_str()), ("Winter Amber", "Soy & amber"));
        assert_eq!(
            (product.options.as_slice(), product.collections.as_slice()),
            (&["Size".to_owned()][..], &["Winter".to_owned()][..])
        );
        let facts = [("wax", "soy"), ("scents", "amber, pine")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(product.facts, facts);
        let variant = &product.variants[0];
        assert_eq!((variant.price, variant.compare_at, variant.stock_item), (usd(2_490), None, 70));
        assert_eq!((variant.title(), variant.stock.figure()), ("S".to_owned(), Some(7)));
        assert!(product.is_offered() && more.is_none());
    }

    #[test]
    fn a_product_without_a_choice_has_no_options() {
        let mut product =
            with("/options", json!([{ "name": "Title", "optionValues": [{ "name": "Default Title" }] }]));
        *product.pointer_mut("/variants/nodes/0/selectedOptions").unwrap() =
            json!([{ "name": "Title", "value": "Default Title" }]);
        let read = read(&product).unwrap().product;
        assert!(read.options.is_empty() && read.variants[0].options.is_empty());
    }

    #[test]
    fn what_we_do_not_know_is_not_offered_and_not_counted() {
        for (path, value) in [
            ("/status", json!("SOMETHING")),
            ("/status", json!("UNLISTED")),
            ("/status", json!(null)),
            ("/onlineStoreUrl", json!(null)),
            ("/onlineStoreUrl", json!("javascript:alert(1)")),
            ("/variants/nodes", json!([])),
        ] {
            assert!(!read(&with(path, value)).unwrap().product.is_offered(), "{path}");
        }
        for (path, value) in [
            ("/availableForSale", json!(null)),
            ("/inventoryPolicy", json!("CONTINUE")),
            ("/inventoryPolicy", json!("SOMETHING")),
            ("/inventoryQuantity", json!(null)),
            ("/inventoryQuantity", json!(-3)),
            ("/inventoryItem", json!(null)),
            ("/inventoryItem/tracked", json!(false)),
        ] {
            let product = read(&with(&format!("/variants/nodes/0{path}"), value)).unwrap().product;
            assert_eq!(product.variants[0].stock.figure(), None, "{path}");
        }
        assert_eq!(read(&with("/featuredMedia", json!(null))).unwrap().product.image, None);
    }

    #[test]
    fn a_former_price_of_zero_is_none() {
        for (was, minor) in [(json!("0.00"), None), (json!("30.00"), Some(3_000)), (json!(null), None)] {
            let product = read(&with("/variants/nodes", json!([variant_of("24.90", &was)]))).unwrap().product;
            assert_eq!(product.variants[0].compare_at.map(|was| was.minor), minor);
        }
    }

    #[test]
    fn a_product_with_an_unreadable_figure_is_refused_by_name_and_reason() {
        let price = |price: &str| with("/variants/nodes", json!([variant_of(price, &json!(null))]));
        for (product, why) in [
            (price("24.901"), "variant 7: its price: the amount has more digits than the currency"),
            (price("-1.00"), "variant 7: its price: it is below zero"),
            (price("24,90"), "variant 7: its price: an amount is a plain decimal number, such as 24.90"),
            (
                with("/variants/nodes", json!([variant_of("1", &json!("1e3"))])),
                "variant 7: its former price: an amount is a plain decimal number, such as 24.90",
            ),
            (
                with("/variants/nodes/0/id", json!("gid://shopify/Product/7")),
                "the id of a variant is not a variant's",
            ),
            (
                with("/variants/nodes/0/selectedOptions", json!([])),
                "variant 7: it does not name a value of each option",
            ),
            (with("/updatedAt", json!("yesterday")), "the time of its last change cannot be read"),
            (with("/title", json!(" ")), "it has no title or no handle"),
            (with("/variants/nodes/0/price", json!(24.9)), "a field is missing or of the wrong kind"),
            (
                with("/variants/nodes/0/inventoryQuantity", json!(1.5)),
                "a field is missing or of the wrong kind",
            ),
            (with("/variants", json!(null)), "a field is missing or of the wrong kind"),
        ] {
            let refused = read(&product).err().unwrap();
            assert_eq!(
                (refused.id.as_str(), refused.handle.as_str(), refused.why.as_str()),
                ("9007199254740993", "winter-amber", why)
            );
        }
        let nameless = read(&with("/id", json!("gid://shopify/Product/0"))).err().unwrap();
        assert_eq!((nameless.id.as_str(), nameless.why.as_str()), ("", "its id is not a product's"));
    }

    #[test]
    fn ids_are_numbers_of_their_kind() {
        for (text, number) in [
            ("gid://shopify/Product/1", Some(1)),
            ("gid://shopify/Product/18446744073709551615", Some(u64::MAX)),
            ("gid://shopify/Product/1?inventory_item_id=2", Some(1)),
            ("gid://shopify/Product/18446744073709551616", None),
            ("gid://shopify/ProductVariant/1", None),
            ("gid://shopify/Product/", None),
            ("gid://shopify/Product/+1", None),
            ("gid://shopify/Product/0", None),
            ("Product/1", None),
            ("1", None),
        ] {
            assert_eq!(gid("Product", text), number, "{text}");
        }
    }
}
