//! Fields of a product.

use apollo_compiler::resolvers::ResolveInfo;
use rust_decimal::Decimal;

use super::super::shelf::{for_sale, placed};
use super::super::store::{Image, Product, Status, Variant};
use super::super::{html, money, shelf};
use super::context::{Answer, Args, Call, Item, Part, Record, count, gid, leaf, number_of, time, unanswered};
use super::list::{Kind, connection};
use super::paging::{Key, Position, Window};
use super::{collection, media, variant};

/// Fields of `Product`.
pub(super) fn field<'a>(call: &'a Call<'a>, product: &'a Product, info: &ResolveInfo<'_>) -> Answer<'a> {
    let record = |record| call.give(Item::Record(record));
    match info.field_name() {
        "id" => leaf(gid("Product", product.id)),
        "legacyResourceId" => leaf(product.id.to_string()),
        "handle" => leaf(product.handle.as_str()),
        "title" => leaf(product.title.as_str()),
        "description" => leaf(described(&product.description_html, info)),
        "descriptionHtml" | "bodyHtml" => leaf(product.description_html.as_str()),
        "vendor" => leaf(product.vendor.as_str()),
        "productType" => leaf(product.product_type.as_str()),
        "tags" => leaf(product.tags.iter().map(String::as_str).collect::<Vec<_>>()),
        "status" => leaf(status(product.status)),
        "createdAt" => leaf(time(product.created_at)),
        "updatedAt" => leaf(time(product.updated_at)),
        "publishedAt" => leaf(product.published.then(|| time(product.created_at))),
        "onlineStoreUrl" => leaf(call.fake.product_url(call.domain, product)),
        "isGiftCard" => leaf(product.is_gift_card),
        "requiresSellingPlan" => leaf(product.requires_selling_plan),
        "tracksInventory" => leaf(product.variants.iter().any(|variant| variant.tracked)),
        "totalInventory" => leaf(int(total_stock(product))),
        "totalVariants" => leaf(i32::try_from(product.variants.len()).unwrap_or(i32::MAX)),
        "hasOnlyDefaultVariant" => leaf(product.options.is_empty()),
        "hasOutOfStockVariants" => leaf(product.variants.iter().any(|variant| !for_sale(variant))),
        "hasVariantsThatRequiresComponents" => leaf(false),
        "variantsCount" => record(count(product.variants.len())),
        "mediaCount" => record(count(product.images.len())),
        "category" | "templateSuffix" | "giftCardTemplateSuffix" => leaf(()),
        "seo" => record(seo()),
        "options" => {
            call.give_all(options(product, info).into_iter().map(|option| Some(Item::Record(option))))
        }
        "priceRangeV2" => record(price_range(call, product, "ProductPriceRangeV2")),
        "priceRange" => record(price_range(call, product, "ProductPriceRange")),
        "compareAtPriceRange" => call.give_any(compare_range(call, product).map(Item::Record)),
        _ => linked_field(call, product, info),
    }
}

/// Fields that lead to other objects of the shop.
fn linked_field<'a>(call: &'a Call<'a>, product: &'a Product, info: &ResolveInfo<'_>) -> Answer<'a> {
    let pictures = |make: fn(&Call<'_>, &Product, usize, &Image) -> Record| {
        let rows =
            product.images.iter().enumerate().map(move |(place, image)| {
                (at_place(place), Item::Record(make(call, product, place, image)))
            });
        Ok(Window::read(info)?.sort_and_cut(rows))
    };
    match info.field_name() {
        "onlineStorePreviewUrl" => leaf(call.fake.preview_url(call.domain, product)),
        "featuredMedia" | "featuredImage" => {
            let make = if info.field_name() == "featuredMedia" { media::media } else { media::picture };
            call.give_any(product.images.first().map(|image| Item::Record(make(call, product, 0, image))))
        }
        "media" => connection(call, Kind::MEDIA, pictures(media::media)?),
        "images" => connection(call, Kind::IMAGES, pictures(media::picture)?),
        "variants" => {
            let window = Window::read(info)?;
            let rows = placed(product)
                .map(|placed| (variant::position(placed, window.sort()), Item::Variant(placed)));
            connection(call, Kind::VARIANTS, window.sort_and_cut(rows))
        }
        "collections" => {
            let window = Window::read(info)?;
            let known =
                product.collections.iter().filter_map(|handle| call.shelf.store().collections.get(handle));
            let rows = known.map(|one| (collection::position(one, window.sort()), Item::Collection(one)));
            connection(call, Kind::COLLECTIONS, window.sort_and_cut(rows))
        }
        "inCollection" => {
            let collection = Args(info).id("id", "Collection").and_then(|id| call.shelf.collection(id));
            leaf(collection.is_some_and(|collection| product.collections.contains(&collection.handle)))
        }
        "metafield" => call.give_any(metafield_asked(product, info).map(Item::Record)),
        "metafields" => {
            let (window, args) = (Window::read(info)?, Args(info));
            let namespace = args.text("namespace").is_none_or(|namespace| namespace == "custom");
            let keys = args.texts("keys");
            let rows = product.metafields.iter().enumerate().filter(|(_, (key, _))| {
                let full = format!("custom.{key}");
                namespace
                    && keys
                        .as_ref()
                        .is_none_or(|keys| keys.contains(&key.as_str()) || keys.contains(&full.as_str()))
            });
            let rows = rows.map(|(place, (key, value))| {
                (at_place(place), Item::Record(metafield(product, place, key, value)))
            });
            connection(call, Kind::METAFIELDS, window.sort_and_cut(rows))
        }
        _ => Err(unanswered("Product", info)),
    }
}

/// Where a product stands in an order of `ProductSortKeys` or `ProductCollectionSortKeys`.
pub(super) fn position(product: &Product, sort: &str) -> Position {
    let key = match sort {
        "TITLE" => Key::Text(product.title.to_lowercase()),
        "VENDOR" => Key::Text(product.vendor.to_lowercase()),
        "PRODUCT_TYPE" => Key::Text(product.product_type.to_lowercase()),
        "CREATED_AT" | "PUBLISHED_AT" | "CREATED" => Key::Number(product.created_at),
        "UPDATED_AT" => Key::Number(product.updated_at),
        "INVENTORY_TOTAL" => Key::Number(total_stock(product)),
        "PRICE" => {
            let cents = lowest(product).map(|price| (price * Decimal::ONE_THOUSAND).trunc().mantissa());
            Key::Number(cents.and_then(|cents| i64::try_from(cents).ok()).unwrap_or(0))
        }
        _ => Key::Number(0),
    };
    Position { key, id: product.id }
}

/// The enum value of a status.
pub(super) fn status(status: Status) -> &'static str {
    match status {
        Status::Active => "ACTIVE",
        Status::Draft => "DRAFT",
        Status::Archived => "ARCHIVED",
        Status::Unlisted => "UNLISTED",
    }
}

/// `MoneyV2` in the shop's currency.
pub(super) fn money_v2(call: &Call<'_>, amount: Decimal) -> Record {
    Record::new(
        "MoneyV2",
        [("amount", money::short(amount).into()), ("currencyCode", call.currency().into())],
    )
}

/// A number as `Int`, stopping at its ends.
pub(super) fn int(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(if number < 0 { i32::MIN } else { i32::MAX })
}

/// `SEO` that says nothing of its own: title and description stand in.
pub(super) fn seo() -> Record {
    Record::new("SEO", [("title", ().into()), ("description", ().into())])
}

/// Counted stock over all variants.
pub(crate) fn total_stock(product: &Product) -> i64 {
    let counted = product.variants.iter().filter(|variant| variant.tracked);
    counted.fold(0, |sum, variant| sum.saturating_add(variant.quantity))
}

/// A description as text, cut to `truncateAt` characters where that is asked.
pub(super) fn described(description: &str, info: &ResolveInfo<'_>) -> String {
    let text = html::to_text(description);
    let most = Args(info).number("truncateAt").and_then(|most| usize::try_from(most).ok());
    match most {
        Some(most) if text.chars().count() > most => {
            let kept: String = text.chars().take(most.saturating_sub(3)).collect();
            format!("{kept}...").chars().take(most).collect()
        }
        _ => text,
    }
}

fn at_place(place: usize) -> Position {
    Position { key: Key::Number(0), id: u64::try_from(place).unwrap_or(u64::MAX) }
}

fn prices(product: &Product) -> impl Iterator<Item = Decimal> {
    product.variants.iter().map(|variant| money::read(&variant.price))
}

fn lowest(product: &Product) -> Option<Decimal> {
    prices(product).min()
}

fn price_range(call: &Call<'_>, product: &Product, type_name: &'static str) -> Record {
    let (low, high) = (lowest(product).unwrap_or_default(), prices(product).max().unwrap_or_default());
    let ends = [
        ("minVariantPrice", Part::One(money_v2(call, low))),
        ("maxVariantPrice", Part::One(money_v2(call, high))),
    ];
    Record::new(type_name, ends)
}

fn compare_range(call: &Call<'_>, product: &Product) -> Option<Record> {
    let former: Vec<Decimal> = product
        .variants
        .iter()
        .filter_map(|variant| variant.compare_at_price.as_deref())
        .map(money::read)
        .collect();
    let (low, high) = (former.iter().min()?, former.iter().max()?);
    let ends = [
        ("minVariantCompareAtPrice", Part::One(money_v2(call, *low))),
        ("maxVariantCompareAtPrice", Part::One(money_v2(call, *high))),
    ];
    Some(Record::new("ProductCompareAtPriceRange", ends))
}

/// The options in order with the values any variant has, or Shopify's stand-in where there is nothing to choose.
fn options(product: &Product, info: &ResolveInfo<'_>) -> Vec<Record> {
    let most = Args(info).number("first").and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX);
    if product.options.is_empty() {
        return [option(product, 0, "Title", vec!["Default Title"])].into_iter().take(most).collect();
    }
    let names = product.options.iter().enumerate();
    let all = names.map(|(place, name)| option(product, place, name, values(&product.variants, place)));
    all.take(most).collect()
}

fn values(variants: &[Variant], place: usize) -> Vec<&str> {
    let mut values: Vec<&str> = Vec::new();
    for value in variants.iter().filter_map(|variant| variant.options.get(place)) {
        if !values.contains(&value.as_str()) {
            values.push(value);
        }
    }
    values
}

fn option(product: &Product, place: usize, name: &str, values: Vec<&str>) -> Record {
    let id = number_of(product.id, 1_000 + place);
    let value = |(at, name): (usize, &&str)| {
        Record::new(
            "ProductOptionValue",
            [
                ("id", gid("ProductOptionValue", number_of(id, at)).into()),
                ("name", (*name).into()),
                ("hasVariants", true.into()),
                ("swatch", ().into()),
            ],
        )
    };
    let known = values.iter().enumerate().map(value).collect();
    Record::new(
        "ProductOption",
        [
            ("id", gid("ProductOption", id).into()),
            ("name", name.into()),
            ("position", i32::try_from(place + 1).unwrap_or(i32::MAX).into()),
            ("values", values.into()),
            ("optionValues", Part::Many(known)),
        ],
    )
}

fn metafield_asked(product: &Product, info: &ResolveInfo<'_>) -> Option<Record> {
    let args = Args(info);
    let key = args.text("key")?;
    let key = key.strip_prefix("custom.").unwrap_or(key);
    let ours = args.text("namespace").is_none_or(|namespace| namespace == "custom");
    let (place, (key, value)) =
        product.metafields.iter().enumerate().find(|(_, (name, _))| ours && *name == key)?;
    Some(metafield(product, place, key, value))
}

fn metafield(product: &Product, place: usize, key: &str, value: &str) -> Record {
    Record::new(
        "Metafield",
        [
            ("id", gid("Metafield", number_of(product.id, 2_000 + place)).into()),
            ("namespace", "custom".into()),
            ("key", key.into()),
            ("type", "single_line_text_field".into()),
            ("value", value.into()),
            ("jsonValue", value.into()),
            ("createdAt", time(product.created_at).into()),
            ("updatedAt", time(product.updated_at).into()),
        ],
    )
}

/// What the search filters of products ask of one.
pub(super) fn fulfils(product: &Product, term: &super::filter::Term) -> bool {
    let any = |test: &dyn Fn(&Variant) -> bool| product.variants.iter().any(test);
    match term.field.as_deref() {
        Some("id") => term.holds(signed(product.id)),
        Some("title") => term.has(&product.title),
        Some("handle") => term.is(&product.handle),
        Some("tag") => product.tags.iter().any(|tag| term.is(tag)),
        Some("tag_not") => !product.tags.iter().any(|tag| term.is(tag)),
        Some("vendor") => term.is(&product.vendor),
        Some("product_type") => term.is(&product.product_type),
        Some("status") => term.is(status(product.status)),
        Some("published_status") => match term.value.as_str() {
            "published" | "approved" => product.published,
            "unpublished" | "unset" => !product.published,
            _ => true,
        },
        Some("created_at") => term.holds(product.created_at),
        Some("updated_at") => term.holds(product.updated_at),
        Some("published_at") => product.published && term.holds(product.created_at),
        Some("inventory_total") => term.holds(total_stock(product)),
        Some("gift_card") => term.is(if product.is_gift_card { "true" } else { "false" }),
        Some("sku") => any(&|variant| term.is(&variant.sku)),
        Some("barcode") => any(&|variant| term.is(&variant.barcode)),
        Some("variant_id") => any(&|variant| term.holds(signed(variant.id))),
        Some("variant_title") => any(&|variant| term.has(&shelf::variant_title(variant))),
        _ => {
            let words = [&product.title, &product.vendor, &product.product_type, &product.handle];
            words.iter().any(|text| term.has(text))
                || product.tags.iter().any(|tag| term.has(tag))
                || any(&|variant| term.is(&variant.sku) || term.is(&variant.barcode))
        }
    }
}

/// A number as filters compare it; ids stay far below the end.
pub(super) fn signed(id: u64) -> i64 {
    i64::try_from(id).unwrap_or(i64::MAX)
}
