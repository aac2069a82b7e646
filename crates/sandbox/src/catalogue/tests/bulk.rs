//! Bulk operation lines.

use crate::shopify::store::Status;

use super::{check, check_refused, findings, load_bytes, words};

const PRODUCT: &str = r#"{"id":"gid://shopify/Product/1","handle":"throw","title":"Throw","status":"ACTIVE","publishedAt":"2025-07-26T07:23:47Z","onlineStoreUrl":"https://x.test/products/throw","options":[{"name":"Size","optionValues":[{"name":"S"}]},{"name":"Color"}],"tags":["warm"],"priceRangeV2":{"minVariantPrice":{"amount":"39.0","currencyCode":"DKK"}}}"#;

fn variant(id: u64, size: &str, rest: &str) -> String {
    format!(
        r#"{{"id":"gid://shopify/ProductVariant/{id}","price":"39.00","selectedOptions":[{{"name":"Color","value":"Red"}},{{"name":"Size","value":"{size}"}}],{rest}"__parentId":"gid://shopify/Product/1"}}"#
    )
}

#[test]
fn children_are_found_wherever_they_stand() {
    let lines = [
        variant(11, "S", r#""inventoryQuantity":4,"inventoryPolicy":"CONTINUE","inventoryItem":{"id":"gid://shopify/InventoryItem/21","tracked":true,"requiresShipping":false},"#),
        r#"{"id":"gid://shopify/InventoryLevel/5?inventory_item_id=22","quantities":[{"name":"on_hand","quantity":9},{"name":"available","quantity":2}],"__parentId":"gid://shopify/InventoryItem/22"}"#.to_owned(),
        r#"{"id":"gid://shopify/MediaImage/6","image":{"url":"https://x.test/1.jpg","altText":"One"},"__parentId":"gid://shopify/Product/1"}"#.to_owned(),
        r#"{"id":"gid://shopify/Metafield/7","key":"material","type":"text","value":"wool","__parentId":"gid://shopify/Product/1"}"#.to_owned(),
        PRODUCT.to_owned(),
        variant(12, "L", r#""inventoryItem":{"id":"gid://shopify/InventoryItem/22","tracked":true},"#),
        variant(13, "XL", r#""inventoryQuantity":0,"inventoryItem":{"tracked":false},"#),
        r#"{"id":"gid://shopify/InventoryLevel/6","available":3,"__parentId":"gid://shopify/ProductVariant/12"}"#.to_owned(),
        r#"{"id":"gid://shopify/MediaImage/8","preview":{"image":{"url":"https://x.test/l.jpg"}},"__parentId":"gid://shopify/ProductVariant/12"}"#.to_owned(),
        r#"{"id":"gid://shopify/Collection/9","handle":"warm-gifts","title":"Warm gifts","__parentId":"gid://shopify/Product/1"}"#.to_owned(),
        r#"{"id":"gid://shopify/SellingPlanGroup/3","__parentId":"gid://shopify/Product/1"}"#.to_owned(),
        r#"{"url":"https://x.test/2.jpg","altText":null,"__parentId":"gid://shopify/Product/1"}"#.to_owned(),
    ];
    let loaded = load_bytes(format!("{}\n\n", lines.join("\n")).as_bytes(), None).unwrap();
    assert_eq!(words(&loaded), ["throw: S/Red 39.00*4, L/Red 39.00*5, XL/Red 39.00*~"]);
    assert_eq!(findings(&loaded), [""; 0]);
    assert_eq!(loaded.report.notes, ["left out: 1 lines of “SellingPlanGroup”"]);
    assert_eq!(loaded.store.shop.currency, "DKK");

    let throw = &loaded.store.products[&1];
    assert_eq!(throw.options, ["Size", "Color"]);
    assert_eq!((throw.variants[0].id, throw.variants[0].inventory_item_id), (11, 21));
    assert!(throw.variants[0].oversell && !throw.variants[0].requires_shipping);
    assert_eq!(throw.variants[1].image.as_deref(), Some("https://x.test/l.jpg"));
    assert_eq!((throw.images.len(), throw.metafields["material"].as_str()), (2, "wool"));
    assert_eq!((throw.collections[0].as_str(), loaded.store.collections["warm-gifts"].id), ("warm-gifts", 9));
}

#[test]
fn products_below_collections_are_members_and_may_be_described_there() {
    check(
        &[
            r#"{"id":"gid://shopify/Product/1","handle":"a","title":"A short","__parentId":"gid://shopify/Collection/5"}"#,
            r#"{"id":"gid://shopify/Collection/5","handle":"sale","title":"Sale"}"#,
            r#"{"id":"gid://shopify/Product/1","handle":"a","title":"A"}"#,
            r#"{"id":"gid://shopify/Product/2","handle":"b","title":"B","variants":{"edges":[{"node":{"price":"2"}}]},"__parentId":"gid://shopify/Collection/5"}"#,
            r#"{"id":"gid://shopify/ProductVariant/3","price":"1.00","availableForSale":false,"__parentId":"gid://shopify/Product/1"}"#,
        ]
        .join("\n"),
        &["a: 1.00*0", "b: 2.00*~"],
        &[],
    );
}

#[test]
fn lines_that_cannot_be_placed_or_read_are_named() {
    check(
        &[
            r#"{"id":"gid://shopify/Product/1","handle":"a","title":"A"}"#,
            r#"{"id":"gid://shopify/ProductVariant/2","price":"1.00","__parentId":"gid://shopify/Product/1"}"#,
            r#"{"id":"gid://shopify/ProductVariant/3","price":"1.00","__parentId":"gid://shopify/Product/99"}"#,
            r#"{"id":"gid://shopify/Product/1","handle":"again","title":"Again"}"#,
            r#"["a list"]"#,
            r#"{"id":"gid://shopify/ProductVariant/4","pri"#,
        ]
        .join("\n"),
        &["a: 1.00*~"],
        &[
            "line 3: the line belongs to “gid://shopify/Product/99”, which the file does not have; export products \
             and what belongs to them together",
            "line 4: the product “gid://shopify/Product/1” comes twice; export the file again",
            "line 5: the line is no JSON object; it may be cut off; download the file again",
            "line 6: the line is no JSON object; it may be cut off; download the file again",
        ],
    );
    check_refused(br#"{"id":"gid://shopify/Order/1","name":"1001"}"#, "catalogue.no_products");
}

#[test]
fn states_are_told_from_dates_and_addresses() {
    let check_state = |fields: &str, expected: (Status, bool)| {
        let text = format!(
            "{{\"id\":\"gid://shopify/Product/1\",\"handle\":\"a\",\"title\":\"A\",{fields}}}\n\
             {{\"id\":\"gid://shopify/ProductVariant/2\",\"price\":\"1\",\"__parentId\":\"gid://shopify/Product/1\"}}\n"
        );
        let loaded = load_bytes(text.as_bytes(), None).unwrap();
        let product = &loaded.store.products[&1];
        assert_eq!((product.status, product.published), expected, "{fields}");
    };
    check_state(r#""status":"ACTIVE""#, (Status::Active, true));
    check_state(r#""status":"ACTIVE","publishedAt":null"#, (Status::Active, false));
    check_state(
        r#""status":"ACTIVE","publishedAt":"2025-01-01T00:00:00Z","onlineStoreUrl":null"#,
        (Status::Active, false),
    );
    check_state(
        r#""status":"DRAFT","publishedAt":"2025-01-01T00:00:00Z","onlineStoreUrl":null"#,
        (Status::Draft, true),
    );
    check_state(r#""status":"UNLISTED","onlineStoreUrl":"https://x.test/a""#, (Status::Unlisted, true));
    check_state(r#""status":"ARCHIVED","publishedAt":null"#, (Status::Archived, false));
}

#[test]
fn records_spread_over_several_lines_load_too() {
    check(
        "{\n  \"id\": \"gid://shopify/Product/1\",\n  \"handle\": \"a\",\n  \"title\": \"A\"\n}\n{\n  \"id\":\n   \
         \"gid://shopify/ProductVariant/2\",\n  \"price\": \"1,5\",\n  \"__parentId\": \"gid://shopify/Product/1\"\n}\n{\n  \
         \"id\": \"gid://shopify/ProductVariant/3\",\n  \"title\": \"M\",\n  \"selectedOptions\": [],\n  \"price\": \"2\",\n  \
         \"__parentId\": \"gid://shopify/Product/1\"\n}\n",
        &["a: 2.00*~"],
        &["line 6 (a): the price “1,5” is not a plain decimal number; write 1.50"],
    );
}
