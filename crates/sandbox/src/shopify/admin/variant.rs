//! Fields of a variant, of the stock-keeping item behind it, and of its stock at the shop's location.

use apollo_compiler::resolvers::ResolveInfo;

use super::super::money;
use super::super::shelf::{Placed, for_sale, variant_title};
use super::super::store::Image;
use super::context::{Answer, Args, Call, Gid, Item, Record, count, gid, leaf, number_of, time, unanswered};
use super::filter::Term;
use super::list::{Kind, connection};
use super::paging::{Key, Position, Window};
use super::product::{int, signed};
use super::{media, product, shop};

/// Fields of `ProductVariant`.
pub(super) fn field<'a>(call: &'a Call<'a>, placed: Placed<'a>, info: &ResolveInfo<'_>) -> Answer<'a> {
    let (of, variant) = (placed.product, placed.variant);
    match info.field_name() {
        "id" => leaf(gid("ProductVariant", variant.id)),
        "legacyResourceId" => leaf(variant.id.to_string()),
        "title" => leaf(variant_title(variant)),
        "displayName" => leaf(format!("{} - {}", of.title, variant_title(variant))),
        "sku" => leaf(given(&variant.sku)),
        "barcode" => leaf(given(&variant.barcode)),
        "position" => leaf(i32::try_from(placed.position).unwrap_or(i32::MAX)),
        "price" => leaf(money::scalar(money::read(&variant.price), call.currency())),
        "compareAtPrice" => {
            let former = variant.compare_at_price.as_deref();
            leaf(former.map(|former| money::scalar(money::read(former), call.currency())))
        }
        "availableForSale" => leaf(for_sale(variant)),
        "inventoryQuantity" | "sellableOnlineQuantity" => leaf(int(variant.quantity)),
        "inventoryPolicy" => leaf(if variant.oversell { "CONTINUE" } else { "DENY" }),
        "taxable" => leaf(true),
        "requiresComponents" => leaf(false),
        "selectedOptions" => {
            call.give_all(selected(placed).into_iter().map(|option| Some(Item::Record(option))))
        }
        "media" => {
            let rows = own_picture(call, placed, media::media).map(|record| (first(), Item::Record(record)));
            connection(call, Kind::MEDIA, Window::read(info)?.sort_and_cut(rows.into_iter()))
        }
        "image" => call.give_any(own_picture(call, placed, media::picture).map(Item::Record)),
        "unitPrice" => leaf(()),
        "inventoryItem" => call.give(Item::Stock(placed)),
        "product" => call.give(Item::Product(of)),
        "createdAt" => leaf(time(of.created_at)),
        "updatedAt" => leaf(time(variant.updated_at)),
        _ => Err(unanswered("ProductVariant", info)),
    }
}

/// Fields of `InventoryItem`.
pub(super) fn stock_field<'a>(call: &'a Call<'a>, placed: Placed<'a>, info: &ResolveInfo<'_>) -> Answer<'a> {
    let variant = placed.variant;
    match info.field_name() {
        "id" => leaf(gid("InventoryItem", variant.inventory_item_id)),
        "legacyResourceId" => leaf(variant.inventory_item_id.to_string()),
        "sku" => leaf(given(&variant.sku)),
        "tracked" => leaf(variant.tracked),
        "requiresShipping" => leaf(variant.requires_shipping),
        "inventoryLevel" => {
            call.need("inventoryLevel", "read_inventory")?;
            let here = Args(info).id("locationId", "Location") == Some(shop::location_id(call));
            call.give_any(here.then_some(Item::Level(placed)))
        }
        "inventoryLevels" => {
            call.need("inventoryLevels", "read_inventory")?;
            let row = (first(), Item::Level(placed));
            connection(call, Kind::LEVELS, Window::read(info)?.sort_and_cut([row].into_iter()))
        }
        "locationsCount" => call.give(Item::Record(count(1))),
        "variant" => call.give(Item::Variant(placed)),
        "variants" => {
            let row = (first(), Item::Variant(placed));
            connection(call, Kind::VARIANTS, Window::read(info)?.sort_and_cut([row].into_iter()))
        }
        "createdAt" => leaf(time(placed.product.created_at)),
        "updatedAt" => leaf(time(variant.updated_at)),
        _ => Err(unanswered("InventoryItem", info)),
    }
}

/// Fields of `InventoryLevel`.
pub(super) fn level_field<'a>(call: &'a Call<'a>, placed: Placed<'a>, info: &ResolveInfo<'_>) -> Answer<'a> {
    let item = placed.variant.inventory_item_id;
    match info.field_name() {
        "id" => leaf(level_gid(call, item)),
        "isActive" => leaf(true),
        "location" => call.give(Item::Record(shop::location(call))),
        "item" => call.give(Item::Stock(placed)),
        "quantities" => {
            let names = Args(info).texts("names").unwrap_or_default();
            let records: Vec<Record> = names.iter().filter_map(|name| quantity(placed, name)).collect();
            call.give_all(records.into_iter().map(|record| Some(Item::Record(record))))
        }
        "createdAt" => leaf(time(placed.product.created_at)),
        "updatedAt" => leaf(time(placed.variant.updated_at)),
        _ => Err(unanswered("InventoryLevel", info)),
    }
}

/// The id of an item's stock at the shop's location.
fn level_gid(call: &Call<'_>, item: u64) -> String {
    format!("gid://shopify/InventoryLevel/{}?inventory_item_id={item}", shop::location_id(call))
}

/// The level an id names.
pub(super) fn level<'a>(call: &'a Call<'a>, gid: &Gid<'_>) -> Option<Item<'a>> {
    let here = gid.kind == "InventoryLevel" && gid.id == shop::location_id(call);
    call.shelf.item(gid.item.filter(|_| here)?).map(Item::Level)
}

/// Where a variant stands in an order of `ProductVariantSortKeys`.
pub(super) fn position(placed: Placed<'_>, sort: &str) -> Position {
    let variant = placed.variant;
    let place = i64::try_from(placed.position).unwrap_or(i64::MAX);
    let key = match sort {
        "TITLE" | "NAME" | "FULL_TITLE" => Key::Text(variant_title(variant).to_lowercase()),
        "SKU" => Key::Text(variant.sku.to_lowercase()),
        "INVENTORY_QUANTITY" | "INVENTORY_LEVELS_AVAILABLE" => Key::Number(variant.quantity),
        "INVENTORY_POLICY" => Key::Number(i64::from(variant.oversell)),
        "INVENTORY_MANAGEMENT" => Key::Number(i64::from(variant.tracked)),
        "ID" => Key::Number(0),
        _ => Key::Number(place),
    };
    Position { key, id: variant.id }
}

/// What the search filters of variants ask of one.
pub(super) fn fulfils(placed: Placed<'_>, term: &Term) -> bool {
    let (of, variant) = (placed.product, placed.variant);
    match term.field.as_deref() {
        Some("id") => term.holds(signed(variant.id)),
        Some("product_id") => term.holds(signed(of.id)),
        Some("inventory_quantity") => term.holds(variant.quantity),
        Some("updated_at") => term.holds(variant.updated_at),
        Some("sku") => term.is(&variant.sku),
        Some("barcode") => term.is(&variant.barcode),
        Some("title") => term.has(&variant_title(variant)),
        Some("product_status") => term.is(product::status(of.status)),
        Some("product_type") => term.is(&of.product_type),
        Some("vendor") => term.is(&of.vendor),
        Some("tag") => of.tags.iter().any(|tag| term.is(tag)),
        _ => term.has(&of.title) || term.has(&variant_title(variant)) || term.is(&variant.sku),
    }
}

fn first() -> Position {
    Position { key: Key::Number(0), id: 0 }
}

fn given(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

fn selected(placed: Placed<'_>) -> Vec<Record> {
    let one = |name: &str, value: &str| {
        Record::new("SelectedOption", [("name", name.into()), ("value", value.into())])
    };
    if placed.product.options.is_empty() {
        return vec![one("Title", "Default Title")];
    }
    placed.product.options.iter().zip(&placed.variant.options).map(|(name, value)| one(name, value)).collect()
}

fn own_picture(
    call: &Call<'_>,
    placed: Placed<'_>,
    make: fn(&Call<'_>, &super::super::store::Product, usize, &Image) -> Record,
) -> Option<Record> {
    let url = placed.variant.image.clone()?;
    let known = placed.product.images.iter().position(|image| image.url == url);
    let image = Image { url, alt: variant_title(placed.variant) };
    Some(make(call, placed.product, known.unwrap_or(500 + placed.position), &image))
}

/// One named quantity; nothing is reserved, damaged or on its way here.
fn quantity(placed: Placed<'_>, name: &str) -> Option<Record> {
    let variant = placed.variant;
    let number = match name {
        "available" | "on_hand" => int(variant.quantity),
        "committed" | "incoming" | "reserved" | "damaged" | "safety_stock" | "quality_control" => 0,
        _ => return None,
    };
    let id = number_of(variant.inventory_item_id, name.len());
    let gid = format!("{}?inventory_item_id={}", gid("InventoryQuantity", id), variant.inventory_item_id);
    Some(Record::new(
        "InventoryQuantity",
        [
            ("id", gid.into()),
            ("name", name.into()),
            ("quantity", number.into()),
            ("updatedAt", time(variant.updated_at).into()),
        ],
    ))
}
