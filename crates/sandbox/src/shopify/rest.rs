//! Products and stock as webhook bodies carry them: the older REST form, with numbers for ids and one string of tags.

use serde_json::{Value, json};

use super::ShopifyFake;
use super::admin::{gid, location_number, number_of, time};
use super::money;
use super::shelf::{Placed, placed, variant_title};
use super::store::{Product, ShopInfo, Status};

/// Variants written out in full; beyond them a body only lists ids.
const MOST_VARIANTS: usize = 100;

/// The body of `products/create` and `products/update`.
pub(super) fn product(fake: &ShopifyFake, shop: &ShopInfo, product: &Product) -> Value {
    let status = match product.status {
        Status::Active => "active",
        Status::Draft => "draft",
        Status::Archived => "archived",
        Status::Unlisted => "unlisted",
    };
    let images: Vec<Value> = product
        .images
        .iter()
        .enumerate()
        .map(|(place, image)| {
            let id = number_of(product.id, place);
            json!({
                "id": id, "admin_graphql_api_id": gid("ProductImage", id), "product_id": product.id,
                "position": place + 1, "alt": image.alt, "src": fake.picture_url(&shop.domain, &image.url),
                "width": null, "height": null, "variant_ids": [],
            })
        })
        .collect();
    let gids: Vec<Value> = product
        .variants
        .iter()
        .map(|one| json!({ "admin_graphql_api_id": gid("ProductVariant", one.id), "updated_at": time(one.updated_at) }))
        .collect();
    let variants: Vec<Value> = placed(product).take(MOST_VARIANTS).map(|one| variant(shop, one)).collect();
    json!({
        "id": product.id,
        "admin_graphql_api_id": gid("Product", product.id),
        "title": product.title,
        "handle": product.handle,
        "body_html": product.description_html,
        "vendor": product.vendor,
        "product_type": product.product_type,
        "tags": product.tags.join(", "),
        "status": status,
        "created_at": time(product.created_at),
        "updated_at": time(product.updated_at),
        "published_at": product.published.then(|| time(product.created_at)),
        "published_scope": "global",
        "template_suffix": null,
        "has_variants_that_requires_components": false,
        "category": null,
        "options": options(product),
        "variants": variants,
        "variant_gids": gids,
        "image": images.first(),
        "images": images,
        "media": [],
    })
}

/// The body of `products/delete`.
pub(super) fn deleted(product: u64) -> Value {
    json!({ "id": product })
}

/// The body of `inventory_levels/update`.
pub(super) fn level(shop: &ShopInfo, one: Placed<'_>) -> Value {
    let (location, item) = (location_number(shop.id), one.variant.inventory_item_id);
    json!({
        "inventory_item_id": item,
        "location_id": location,
        "available": one.variant.quantity,
        "updated_at": time(one.variant.updated_at),
        "admin_graphql_api_id": format!("gid://shopify/InventoryLevel/{location}?inventory_item_id={item}"),
    })
}

fn variant(shop: &ShopInfo, one: Placed<'_>) -> Value {
    let (of, variant) = (one.product, one.variant);
    let amount = |stored: &str| money::scalar(money::read(stored), &shop.currency);
    let option = |place: usize| variant.options.get(place);
    let none = of.options.is_empty().then(|| "Default Title".to_owned());
    json!({
        "id": variant.id,
        "admin_graphql_api_id": gid("ProductVariant", variant.id),
        "product_id": of.id,
        "title": variant_title(variant),
        "price": amount(&variant.price),
        "compare_at_price": variant.compare_at_price.as_deref().map(amount),
        "sku": variant.sku,
        "barcode": variant.barcode,
        "position": one.position,
        "inventory_policy": if variant.oversell { "continue" } else { "deny" },
        "inventory_item_id": variant.inventory_item_id,
        "inventory_quantity": variant.quantity,
        "old_inventory_quantity": variant.quantity,
        "option1": option(0).or(none.as_ref()),
        "option2": option(1),
        "option3": option(2),
        "taxable": true,
        "image_id": null,
        "created_at": time(of.created_at),
        "updated_at": time(variant.updated_at),
    })
}

fn options(product: &Product) -> Vec<Value> {
    if product.options.is_empty() {
        let id = number_of(product.id, 1_000);
        let values = ["Default Title"];
        return vec![
            json!({ "id": id, "product_id": product.id, "name": "Title", "position": 1, "values": values }),
        ];
    }
    let one = |(place, name): (usize, &String)| {
        let mut values: Vec<&String> =
            product.variants.iter().filter_map(|one| one.options.get(place)).collect();
        values.sort();
        values.dedup();
        let id = number_of(product.id, 1_000 + place);
        json!({ "id": id, "product_id": product.id, "name": name, "position": place + 1, "values": values })
    };
    product.options.iter().enumerate().map(one).collect()
}
