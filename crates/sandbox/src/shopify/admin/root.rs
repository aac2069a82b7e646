//! What a query or mutation can begin with.

use std::ops::Bound;

use apollo_compiler::resolvers::{FieldError, ResolveInfo};
use apollo_compiler::response::JsonValue;

use super::super::shelf::Placed;
use super::super::store::Product;
use super::context::{Answer, Args, Call, Gid, Item, Record, coded, count, unanswered};
use super::filter::{Filter, Kind as Compared};
use super::list::{Kind, connection};
use super::paging::{Key, Page, Position, Window};
use super::{collection, discount, product, shop, subscription, variant};

/// Largest list an argument may hold.
const LONGEST_LIST: usize = 250;

const PRODUCT_FILTERS: [(&str, Compared); 18] = [
    ("id", Compared::Id),
    ("title", Compared::Text),
    ("handle", Compared::Text),
    ("tag", Compared::Text),
    ("tag_not", Compared::Text),
    ("vendor", Compared::Text),
    ("product_type", Compared::Text),
    ("status", Compared::Text),
    ("published_status", Compared::Text),
    ("created_at", Compared::Time),
    ("updated_at", Compared::Time),
    ("published_at", Compared::Time),
    ("inventory_total", Compared::Number),
    ("gift_card", Compared::Text),
    ("sku", Compared::Text),
    ("barcode", Compared::Text),
    ("variant_id", Compared::Id),
    ("variant_title", Compared::Text),
];

const VARIANT_FILTERS: [(&str, Compared); 11] = [
    ("id", Compared::Id),
    ("product_id", Compared::Id),
    ("inventory_quantity", Compared::Number),
    ("updated_at", Compared::Time),
    ("sku", Compared::Text),
    ("barcode", Compared::Text),
    ("title", Compared::Text),
    ("product_status", Compared::Text),
    ("product_type", Compared::Text),
    ("vendor", Compared::Text),
    ("tag", Compared::Text),
];

const DISCOUNT_FILTERS: [(&str, Compared); 13] = [
    ("id", Compared::Id),
    ("title", Compared::Text),
    ("status", Compared::Text),
    ("method", Compared::Text),
    ("code", Compared::Text),
    ("discount_class", Compared::Text),
    ("discount_type", Compared::Text),
    ("type", Compared::Text),
    ("times_used", Compared::Number),
    ("created_at", Compared::Time),
    ("updated_at", Compared::Time),
    ("starts_at", Compared::Time),
    ("ends_at", Compared::Time),
];

const COLLECTION_FILTERS: [(&str, Compared); 4] = [
    ("id", Compared::Id),
    ("title", Compared::Text),
    ("handle", Compared::Text),
    ("updated_at", Compared::Time),
];

/// Fields of `QueryRoot`.
pub(super) fn query<'a>(call: &'a Call<'a>, info: &ResolveInfo<'_>) -> Answer<'a> {
    let name = info.field_name();
    match name {
        "shop" => call.give(Item::Shop),
        "currentAppInstallation" => call.give(Item::Record(shop::installation(call))),
        "publicApiVersions" => {
            call.give_all(shop::versions(call).into_iter().map(|version| Some(Item::Record(version))))
        }
        "node" => {
            let gid = Args(info).text("id").unwrap_or_default();
            call.give_any(node(call, gid)?)
        }
        "nodes" => nodes(call, info),
        "location" => {
            let asked = Args(info).text("id").is_some();
            let here = !asked || Args(info).id("id", "Location") == Some(shop::location_id(call));
            call.give_any(here.then(|| Item::Record(shop::location(call))))
        }
        "locations" => {
            let row = (Position { key: Key::Number(0), id: 0 }, Item::Record(shop::location(call)));
            connection(call, Kind::LOCATIONS, Window::read(info)?.sort_and_cut([row].into_iter()))
        }
        "locationsCount" => call.give(Item::Record(count(1))),
        "webhookSubscription" | "webhookSubscriptions" | "webhookSubscriptionsCount" => {
            subscription::query(call, info)
        }
        "discountNode" | "discountNodes" | "discountNodesCount" => {
            call.need(name, "read_discounts")?;
            discounts(call, info)
        }
        _ => {
            call.need(name, "read_products")?;
            catalogue(call, info)
        }
    }
}

/// Root fields over discounts.
fn discounts<'a>(call: &'a Call<'a>, info: &ResolveInfo<'_>) -> Answer<'a> {
    let all = &call.shelf.store().discounts;
    if info.field_name() == "discountNode" {
        let id = Args(info).id("id", "DiscountNode");
        return call.give_any(id.and_then(|id| all.get(&id)).map(Item::Discount));
    }
    let filter = filter(call, info, &DISCOUNT_FILTERS);
    let found = all.values().filter(|one| filter.allows(&|term| discount::fulfils(one, call.now, term)));
    if info.field_name() == "discountNodesCount" {
        return counted(call, info, found.count());
    }
    let window = Window::read(info)?;
    let rows = found.map(|one| (discount::position(one, window.sort()), Item::Discount(one)));
    connection(call, Kind::DISCOUNTS, window.sort_and_cut(rows))
}

/// Fields of `Mutation`.
pub(super) fn mutation<'a>(call: &'a Call<'a>, info: &ResolveInfo<'_>) -> Answer<'a> {
    match info.field_name() {
        "appUninstall" => shop::uninstall(call),
        _ => subscription::mutation(call, info),
    }
}

/// Root fields over products, variants and collections.
fn catalogue<'a>(call: &'a Call<'a>, info: &ResolveInfo<'_>) -> Answer<'a> {
    let args = Args(info);
    match info.field_name() {
        "product" | "productVariant" | "collection" | "inventoryItem" => {
            let kind = match info.field_name() {
                "product" => "Product",
                "productVariant" => "ProductVariant",
                "collection" => "Collection",
                _ => "InventoryItem",
            };
            let gid = args.text("id").and_then(Gid::read).filter(|gid| gid.kind == kind);
            call.give_any(gid.and_then(|gid| numbered(call, &gid)))
        }
        "inventoryLevel" => {
            call.need("inventoryLevel", "read_inventory")?;
            call.give_any(args.text("id").and_then(Gid::read).and_then(|gid| variant::level(call, &gid)))
        }
        "productByHandle" => {
            let found = args.text("handle").and_then(|handle| call.shelf.product_by_handle(handle));
            call.give_any(found.map(Item::Product))
        }
        "collectionByHandle" => {
            let found = args.text("handle").and_then(|handle| call.shelf.store().collections.get(handle));
            call.give_any(found.map(Item::Collection))
        }
        "productByIdentifier" | "collectionByIdentifier" => call.give_any(identified(call, info)?),
        "products" => products(call, info),
        "productVariants" => variants(call, info),
        "collections" => collections(call, info),
        "inventoryItems" => inventory_items(call, info),
        "productsCount" => {
            let filter = filter(call, info, &PRODUCT_FILTERS);
            let found = call.shelf.store().products.values();
            counted(
                call,
                info,
                found.filter(|one| filter.allows(&|term| product::fulfils(one, term))).count(),
            )
        }
        "productVariantsCount" => {
            let filter = filter(call, info, &VARIANT_FILTERS);
            let found = call.shelf.by_variant().keys().filter_map(|id| call.shelf.variant(*id));
            counted(
                call,
                info,
                found.filter(|one| filter.allows(&|term| variant::fulfils(*one, term))).count(),
            )
        }
        "collectionsCount" => {
            let filter = filter(call, info, &COLLECTION_FILTERS);
            let found = call.shelf.store().collections.values();
            counted(
                call,
                info,
                found.filter(|one| filter.allows(&|term| collection::fulfils(one, term))).count(),
            )
        }
        _ => Err(unanswered("QueryRoot", info)),
    }
}

/// A page of products. The orders a sync walks in (id, change) are read off an index; the others are sorted per call.
fn products<'a>(call: &'a Call<'a>, info: &ResolveInfo<'_>) -> Answer<'a> {
    let (window, filter) = (Window::read(info)?, filter(call, info, &PRODUCT_FILTERS));
    let allowed = |one: &&Product| filter.allows(&|term| product::fulfils(one, term));
    let row = |one: &'a Product| (product::position(one, window.sort()), Item::Product(one));
    let store = call.shelf.store();
    let page = match window.sort() {
        "UPDATED_AT" => {
            let earliest = filter.at_least("updated_at").map(|at| (at, 0));
            let ids = by_change(call, &window, earliest);
            window.cut(ids.filter_map(|id| call.shelf.product(id)).filter(allowed).map(row))
        }
        "ID" => {
            let (lower, upper) = window.bounds();
            let ends = (end(lower.map(|at| at.id)), end(upper.map(|at| at.id)));
            match in_order(ends) {
                Some(ends) => {
                    window.cut(store.products.range(ends).map(|(_, one)| one).filter(allowed).map(row))
                }
                None => nothing(),
            }
        }
        _ => window.sort_and_cut(store.products.values().filter(allowed).map(row)),
    };
    connection(call, Kind::PRODUCTS, page)
}

fn by_change<'a>(
    call: &'a Call<'a>,
    window: &Window,
    earliest: Option<(i64, u64)>,
) -> impl DoubleEndedIterator<Item = u64> + use<'a> {
    let place = |at: &Position| match at.key {
        Key::Number(millis) => (millis, at.id),
        Key::Text(_) => (0, at.id),
    };
    let (lower, upper) = window.bounds();
    let lower = match (lower.map(place), earliest) {
        (Some(after), Some(from)) if after < from => Bound::Included(from),
        (Some(after), _) => Bound::Excluded(after),
        (None, Some(from)) => Bound::Included(from),
        (None, None) => Bound::Unbounded,
    };
    let ends = in_order((lower, end(upper.map(place))));
    ends.into_iter().flat_map(|ends| call.shelf.by_update().range(ends)).map(|(_, id)| *id)
}

fn variants<'a>(call: &'a Call<'a>, info: &ResolveInfo<'_>) -> Answer<'a> {
    let (window, filter) = (Window::read(info)?, filter(call, info, &VARIANT_FILTERS));
    let allowed = |one: &Placed<'a>| filter.allows(&|term| variant::fulfils(*one, term));
    let row = |one: Placed<'a>| (variant::position(one, window.sort()), Item::Variant(one));
    let page = if window.sort() == "ID" {
        let (lower, upper) = window.bounds();
        match in_order((end(lower.map(|at| at.id)), end(upper.map(|at| at.id)))) {
            Some(ends) => {
                let ids = call.shelf.by_variant().range(ends).map(|(id, _)| *id);
                window.cut(ids.filter_map(|id| call.shelf.variant(id)).filter(allowed).map(row))
            }
            None => nothing(),
        }
    } else {
        let all = call.shelf.by_variant().keys().filter_map(|id| call.shelf.variant(*id));
        window.sort_and_cut(all.filter(allowed).map(row))
    };
    connection(call, Kind::VARIANTS, page)
}

fn collections<'a>(call: &'a Call<'a>, info: &ResolveInfo<'_>) -> Answer<'a> {
    let (window, filter) = (Window::read(info)?, filter(call, info, &COLLECTION_FILTERS));
    let all = call.shelf.store().collections.values();
    let rows = all.filter(|one| filter.allows(&|term| collection::fulfils(one, term)));
    let rows = rows.map(|one| (collection::position(one, window.sort()), Item::Collection(one)));
    connection(call, Kind::COLLECTIONS, window.sort_and_cut(rows))
}

fn inventory_items<'a>(call: &'a Call<'a>, info: &ResolveInfo<'_>) -> Answer<'a> {
    let window = Window::read(info)?;
    let (lower, upper) = window.bounds();
    let page = match in_order((end(lower.map(|at| at.id)), end(upper.map(|at| at.id)))) {
        Some(ends) => {
            let items = call.shelf.by_item().range(ends);
            window.cut(items.filter_map(|(item, variant)| {
                let at = Position { key: Key::Number(0), id: *item };
                Some((at, Item::Stock(call.shelf.variant(*variant)?)))
            }))
        }
        None => nothing(),
    };
    connection(call, Kind::ITEMS, page)
}

fn nodes<'a>(call: &'a Call<'a>, info: &ResolveInfo<'_>) -> Answer<'a> {
    let ids = Args(info).texts("ids").unwrap_or_default();
    if ids.len() > LONGEST_LIST {
        let message = format!(
            "The input array size of {} is greater than the maximum allowed of {LONGEST_LIST}.",
            ids.len()
        );
        return Err(coded("MAX_INPUT_SIZE_EXCEEDED", &message));
    }
    let found: Vec<Option<Item<'a>>> =
        ids.into_iter().map(|gid| node(call, gid)).collect::<Result<_, _>>()?;
    call.give_all(found.into_iter())
}

fn node<'a>(call: &'a Call<'a>, text: &str) -> Result<Option<Item<'a>>, FieldError> {
    let Some(gid) = Gid::read(text) else {
        return Err(coded("argumentLiteralsIncompatible", &format!("Invalid global id '{text}'")));
    };
    Ok(match gid.kind {
        "Shop" => (gid.id == call.shelf.store().shop.id).then_some(Item::Shop),
        "Location" => (gid.id == shop::location_id(call)).then(|| Item::Record(shop::location(call))),
        "WebhookSubscription" => subscription::find(call, gid.id).map(Item::Record),
        "DiscountNode" => {
            call.need("node", "read_discounts")?;
            call.shelf.store().discounts.get(&gid.id).map(Item::Discount)
        }
        "InventoryLevel" => {
            call.need("node", "read_inventory")?;
            variant::level(call, &gid)
        }
        _ => {
            call.need("node", "read_products")?;
            numbered(call, &gid)
        }
    })
}

fn numbered<'a>(call: &'a Call<'a>, gid: &Gid<'_>) -> Option<Item<'a>> {
    match gid.kind {
        "Product" => call.shelf.product(gid.id).map(Item::Product),
        "ProductVariant" => call.shelf.variant(gid.id).map(Item::Variant),
        "InventoryItem" => call.shelf.item(gid.id).map(Item::Stock),
        "Collection" => call.shelf.collection(gid.id).map(Item::Collection),
        _ => None,
    }
}

/// A product or collection by exactly one of its names.
fn identified<'a>(call: &'a Call<'a>, info: &ResolveInfo<'_>) -> Result<Option<Item<'a>>, FieldError> {
    let identifier = Args(info).object("identifier");
    let part = |name: &str| identifier.and_then(|object| object.get(name)).and_then(JsonValue::as_str);
    let is_product = info.field_name() == "productByIdentifier";
    match (part("id"), part("handle")) {
        (Some(gid), None) => {
            let kind = if is_product { "Product" } else { "Collection" };
            Ok(Gid::read(gid).filter(|gid| gid.kind == kind).and_then(|gid| numbered(call, &gid)))
        }
        (None, Some(handle)) if is_product => Ok(call.shelf.product_by_handle(handle).map(Item::Product)),
        (None, Some(handle)) => Ok(call.shelf.store().collections.get(handle).map(Item::Collection)),
        _ => Err(coded("BAD_REQUEST", "the identifier must have exactly one of id and handle")),
    }
}

fn filter(call: &Call<'_>, info: &ResolveInfo<'_>, fields: &[(&str, Compared)]) -> Filter {
    let query = Args(info).text("query").unwrap_or_default();
    let filter = Filter::read(query, fields);
    call.warn(info, query, &filter.warnings);
    filter
}

/// A count, stopping at the limit asked for.
fn counted<'a>(call: &'a Call<'a>, info: &ResolveInfo<'_>, found: usize) -> Answer<'a> {
    let limit =
        Args(info).number("limit").and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
    let mut record: Record = count(found.min(limit));
    if found > limit {
        record.fields = count(limit).fields.into_iter().filter(|(name, _)| *name == "count").collect();
        record.fields.push(("precision", "AT_LEAST".into()));
    }
    call.give(Item::Record(record))
}

fn end<T>(at: Option<T>) -> Bound<T> {
    at.map_or(Bound::Unbounded, Bound::Excluded)
}

/// The range if its ends are in order: a tree's `range` panics at crossed ends, and cursors come from outside.
fn in_order<T: Ord>(ends: (Bound<T>, Bound<T>)) -> Option<(Bound<T>, Bound<T>)> {
    let crossed = match (&ends.0, &ends.1) {
        (Bound::Excluded(lower) | Bound::Included(lower), Bound::Excluded(upper)) => lower >= upper,
        _ => false,
    };
    (!crossed).then_some(ends)
}

fn nothing<T>() -> Page<T> {
    Page { rows: Vec::new(), more_after: false, more_before: false }
}
