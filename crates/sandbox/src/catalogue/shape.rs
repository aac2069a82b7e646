//! A product or a variant out of a JSON object, whichever of Shopify's interfaces wrote it: REST and storefront names
//! (`body_html`) and GraphQL names (`descriptionHtml`) stand side by side, and what is absent keeps Shopify's default.

use std::collections::BTreeSet;

use crate::shopify::store::Status;

use super::draft::{Choice, Draft, DraftCollection, DraftVariant, Stock, status, without_apostrophe};
use super::fields::{Fields, members_of, text_of};
use super::report::{Report, quote};

const DESCRIPTION: [&str; 3] = ["body_html", "descriptionHtml", "bodyHtml"];
const TYPE: [&str; 2] = ["product_type", "productType"];
const PICTURE_ADDRESS: [&str; 4] = ["src", "url", "originalSrc", "transformedSrc"];
const PICTURE_TEXT: [&str; 2] = ["altText", "alt"];
/// More options than Shopify allows a product.
const MOST_OPTIONS: usize = 10;

/// A product with the variants, pictures, collections and extra fields that stand within the object.
pub(crate) fn product(fields: &Fields<'_>, line: u64, report: &mut Report) -> Draft {
    let text = |names: &[&str]| fields.text(names).unwrap_or_default();
    let mut draft = Draft::at(line);
    draft.id = id(fields);
    text(&["handle"]).trim().clone_into(&mut draft.handle);
    text(&["title"]).trim().clone_into(&mut draft.title);
    match fields.text(&DESCRIPTION) {
        Some(html) => draft.describe(&html),
        None => draft.describe(&escaped(&text(&["description"]))),
    }
    draft.vendor = text(&["vendor"]);
    draft.product_type = text(&TYPE);
    labels(fields, &mut draft);
    draft.status = status(&text(&["status"])).unwrap_or_else(|| {
        let what = format!("the status {} is not known; taken for draft", quote(&text(&["status"])));
        report.find(line, &draft.handle, what, "write active, draft, archived or unlisted");
        Status::Draft
    });
    draft.published = is_published(fields, draft.status);
    draft.created_at = instant(fields, &["created_at", "createdAt"]);
    draft.updated_at = instant(fields, &["updated_at", "updatedAt"]);
    draft.options = option_names(fields);
    draft.requires_selling_plan =
        fields.flag(&["requiresSellingPlan", "requires_selling_plan"]).unwrap_or(false);
    let variants = fields.objects(&["variants"]);
    draft.is_gift_card = is_gift_card(fields, &variants, &draft.product_type);

    pictures(fields, &mut draft);
    for member in fields.objects(&["collections"]).iter().filter_map(collection) {
        draft.add_collection(member);
    }
    for (key, value) in fields.objects(&["metafields"]).iter().filter_map(metafield) {
        draft.add_metafield(key, value);
    }
    let by_id = pictures_by_id(fields);
    draft.variants = variants.iter().map(|fields| variant(fields, line)).collect();
    for (variant, fields) in draft.variants.iter_mut().zip(&variants) {
        let wanted = fields.text(&["image_id"]);
        let image = || by_id.iter().find(|(id, _)| Some(id) == wanted.as_ref()).map(|(_, url)| url.clone());
        variant.image = variant.image.take().or_else(image);
    }
    draft
}

/// A variant. Prices stay as they were written.
pub(crate) fn variant(fields: &Fields<'_>, line: u64) -> DraftVariant {
    let item = fields.object(&["inventoryItem"]);
    let of_item = |name: &str| item.as_ref().and_then(|item| item.flag(&[name]));
    let text = |names: &[&str]| fields.text(names).unwrap_or_default();
    let item_id = item.as_ref().and_then(id).or_else(|| number(&text(&["inventory_item_id"])));
    let policy = text(&["inventory_policy", "inventoryPolicy"]);
    DraftVariant {
        line,
        id: id(fields),
        inventory_item_id: item_id,
        choices: choices(fields),
        sku: without_apostrophe(text(&["sku"]).trim()).to_owned(),
        barcode: without_apostrophe(text(&["barcode"]).trim()).to_owned(),
        price: amount(fields, &["price", "priceV2"]).unwrap_or_default(),
        compare_at: amount(fields, &["compare_at_price", "compareAtPrice", "compareAtPriceV2"])
            .filter(|text| !text.trim().is_empty()),
        stock: stock(fields, item.as_ref()),
        levels: item.as_ref().and_then(levels),
        oversell: policy.eq_ignore_ascii_case("continue"),
        requires_shipping: fields
            .flag(&["requires_shipping", "requiresShipping"])
            .or_else(|| of_item("requiresShipping"))
            .unwrap_or(true),
        image: picture_of_variant(fields),
        updated_at: instant(fields, &["updated_at", "updatedAt"]),
    }
}

/// Currency codes that a product or a variant names.
pub(crate) fn currencies(fields: &Fields<'_>, found: &mut BTreeSet<String>) {
    let mut add = |code: Option<String>| found.extend(code.map(|code| code.to_ascii_uppercase()));
    add(fields.text(&["price_currency"]));
    add(fields.object(&["price", "priceV2"]).and_then(|price| price.text(&["currencyCode"])));
    if let Some(range) = fields.object(&["priceRangeV2", "priceRange"]) {
        add(range.object(&["minVariantPrice"]).and_then(|price| price.text(&["currencyCode"])));
    }
    // All variants of a product are in one currency.
    let first = fields.raw(&["variants"]).and_then(|text| members_of(text, 1).into_iter().next());
    if let Some(variant) = first.and_then(|text| Fields::parse(text).ok()) {
        add(variant.text(&["price_currency"]));
        add(variant.object(&["price", "priceV2"]).and_then(|price| price.text(&["currencyCode"])));
    }
}

/// A picture's address and text, from an image or from a media object around one.
pub(crate) fn picture(fields: &Fields<'_>) -> Option<(String, String)> {
    let alt = fields.text(&PICTURE_TEXT);
    let preview = || fields.object(&["preview"])?.object(&["image"]);
    let inner = fields.object(&["image"]).or_else(preview);
    let inner_text = |names: &[&str]| inner.as_ref().and_then(|image| image.text(names));
    let url = fields.text(&PICTURE_ADDRESS).or_else(|| inner_text(&PICTURE_ADDRESS))?;
    Some((url, alt.or_else(|| inner_text(&PICTURE_TEXT)).unwrap_or_default()))
}

/// A collection, where the object says enough to name it.
pub(crate) fn collection(fields: &Fields<'_>) -> Option<DraftCollection> {
    let text = |names: &[&str]| fields.text(names).unwrap_or_default();
    let (handle, title) = (text(&["handle"]), text(&["title"]));
    let description = text(&["description", "descriptionHtml", "body_html"]);
    (!handle.is_empty() || !title.is_empty()).then(|| DraftCollection {
        id: id(fields),
        handle,
        title,
        description,
    })
}

/// An extra field of the namespace `custom`; without a namespace it was asked for by that one.
pub(crate) fn metafield(fields: &Fields<'_>) -> Option<(String, String)> {
    let namespace = fields.text(&["namespace"]).unwrap_or_else(|| "custom".to_owned());
    (namespace == "custom").then_some((fields.text(&["key"])?, fields.text(&["value"])?))
}

/// What can be sold from one location.
pub(crate) fn available(level: &Fields<'_>) -> Option<i64> {
    let quantities = level.objects(&["quantities"]);
    let named = quantities.iter().find(|quantity| quantity.text(&["name"]).as_deref() == Some("available"));
    named
        .and_then(|quantity| quantity.text(&["quantity"]))
        .or_else(|| level.text(&["available"]))?
        .parse()
        .ok()
}

/// The number in an id of either kind: `123`, `"123"` or `gid://shopify/Product/123`.
pub(crate) fn id(fields: &Fields<'_>) -> Option<u64> {
    number(&fields.text(&["id"]).or_else(|| fields.text(&["legacyResourceId", "admin_graphql_api_id"]))?)
}

fn number(id: &str) -> Option<u64> {
    let last = id.rsplit('/').next().unwrap_or(id);
    last.split('?').next().unwrap_or(last).parse().ok().filter(|number| *number > 0)
}

/// A price as it was written: a string, a number, or an amount with its currency.
fn amount(fields: &Fields<'_>, names: &[&str]) -> Option<String> {
    fields.text(names).or_else(|| fields.object(names)?.text(&["amount"]))
}

fn stock(fields: &Fields<'_>, item: Option<&Fields<'_>>) -> Stock {
    let tracked = item.and_then(|item| item.flag(&["tracked"]));
    let by_management =
        ["inventory_management", "inventoryManagement"].into_iter().find(|name| fields.has(name));
    let managed = by_management.map(|name| {
        let manager = fields.text(&[name]).unwrap_or_default();
        !manager.is_empty() && !manager.eq_ignore_ascii_case("not_managed")
    });
    let figure = fields.text(&["inventory_quantity", "inventoryQuantity"]);
    let sold_out = fields.flag(&["available", "availableForSale"]) == Some(false);
    match (tracked.or(managed), figure) {
        (Some(false), _) => Stock::Untracked,
        (_, Some(figure)) => Stock::counted(&figure),
        // A storefront says no more than whether there is one to be had.
        (_, None) if sold_out => Stock::Counted(0),
        (Some(true), None) => Stock::NoFigure,
        (None, None) => Stock::Unsaid,
    }
}

fn levels(item: &Fields<'_>) -> Option<i64> {
    item.objects(&["inventoryLevels"]).iter().filter_map(available).reduce(i64::saturating_add)
}

fn choices(fields: &Fields<'_>) -> Vec<Choice> {
    let selected = fields.objects(&["selectedOptions", "selected_options"]);
    if !selected.is_empty() {
        let value = |option: &Fields<'_>| option.text(&["value"]).unwrap_or_default();
        let choice = |option: &Fields<'_>| Choice { name: option.text(&["name"]), value: value(option) };
        return selected.iter().take(MOST_OPTIONS).map(choice).collect();
    }
    let numbered = ["option1", "option2", "option3"].map(|name| fields.text(&[name]).unwrap_or_default());
    if numbered.iter().any(|value| !value.is_empty()) {
        return numbered.into_iter().map(|value| Choice { name: None, value }).collect();
    }
    let listed = fields.list(&["options"]).into_iter().filter_map(text_of);
    listed.take(MOST_OPTIONS).map(|value| Choice { name: None, value }).collect()
}

fn option_names(fields: &Fields<'_>) -> Vec<String> {
    let members = fields.list(&["options"]).into_iter().take(MOST_OPTIONS);
    members.filter_map(|text| text_of(text).or_else(|| Fields::parse(text).ok()?.text(&["name"]))).collect()
}

fn labels(fields: &Fields<'_>, draft: &mut Draft) {
    if let Some(written) = fields.text(&["tags"]) {
        return draft.add_tags(written.split(','));
    }
    let listed: Vec<String> = fields.list(&["tags"]).into_iter().filter_map(text_of).collect();
    draft.add_tags(listed.iter().map(String::as_str));
}

/// Where the file says nothing, a product is published. The storefront address counts only while the product could
/// have one: drafts and archived products never do.
fn is_published(fields: &Fields<'_>, status: Status) -> bool {
    let said = fields.flag(&["published", "publishedOnCurrentPublication", "isPublished"]).unwrap_or(true);
    let dated = !fields.is_null("published_at") && !fields.is_null("publishedAt");
    let could_have_address = matches!(status, Status::Active | Status::Unlisted);
    said && dated && !(could_have_address && fields.is_null("onlineStoreUrl"))
}

/// REST does not name gift cards; their variants are fulfilled as such, or their type says so.
fn is_gift_card(fields: &Fields<'_>, variants: &[Fields<'_>], product_type: &str) -> bool {
    if let Some(said) = fields.flag(&["isGiftCard", "gift_card"]) {
        return said;
    }
    let fulfilled =
        |variant: &Fields<'_>| variant.text(&["fulfillment_service"]).is_some_and(|by| by == "gift_card");
    let plain: String = product_type.chars().filter(|c| c.is_alphanumeric()).collect();
    plain.eq_ignore_ascii_case("giftcard") || (!variants.is_empty() && variants.iter().all(fulfilled))
}

fn pictures(fields: &Fields<'_>, draft: &mut Draft) {
    let featured =
        ["featuredMedia", "featuredImage", "image"].into_iter().filter_map(|name| fields.object(&[name]));
    let listed = ["images", "media"].into_iter().flat_map(|name| fields.list(&[name]));
    for (url, alt) in featured.filter_map(|fields| picture(&fields)) {
        draft.add_image(&url, &alt);
    }
    for member in listed {
        let bare = || Some((text_of(member)?, String::new()));
        if let Some((url, alt)) = Fields::parse(member).ok().and_then(|fields| picture(&fields)).or_else(bare)
        {
            draft.add_image(&url, &alt);
        }
    }
}

fn pictures_by_id(fields: &Fields<'_>) -> Vec<(String, String)> {
    let members = fields.objects(&["images"]);
    members.iter().filter_map(|image| Some((image.text(&["id"])?, picture(image)?.0))).collect()
}

fn picture_of_variant(fields: &Fields<'_>) -> Option<String> {
    let direct = fields.object(&["image", "featured_image"]).and_then(|image| picture(&image));
    let first = || fields.objects(&["media", "images"]).iter().find_map(picture);
    direct.or_else(first).map(|(url, _)| url)
}

fn instant(fields: &Fields<'_>, names: &[&str]) -> Option<i64> {
    let instant: jiff::Timestamp = fields.text(names)?.parse().ok()?;
    Some(instant.as_millisecond())
}

/// A plain description as HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
