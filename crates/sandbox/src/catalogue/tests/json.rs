//! Storefront and Admin API JSON.

use crate::shopify::store::Status;

use super::{check, check_refused, findings, load_bytes, words};

const STOREFRONT: &str = r#"{"products":[
  {"id":7654321098765,"title":"Café mug","handle":"café-mug","body_html":"<p>Blue</p>","published_at":"2025-03-01T10:00:00+01:00",
   "created_at":"2025-02-01T10:00:00+01:00","updated_at":"2025-04-01T10:00:00+01:00","vendor":"Tende","product_type":"Mug",
   "tags":["gift","blue"],
   "variants":[{"id":41234567890123,"title":"S","option1":"S","option2":null,"sku":"M-S","requires_shipping":true,
                "featured_image":{"src":"//cdn.test/s.jpg"},"available":true,"price":"14.00","compare_at_price":"20.00"},
               {"id":41234567890124,"title":"L","option1":"L","sku":null,"available":false,"price":"18.00","compare_at_price":null}],
   "images":[{"id":1,"src":"https://cdn.test/1.jpg","alt":"Front"}],"options":[{"name":"Size","position":1,"values":["S","L"]}]},
  {"id":2,"title":"Soap","handle":"soap","body_html":null,"tags":"a, b","vendor":"","product_type":"","images":[],
   "variants":[{"id":3,"title":"Default Title","option1":"Default Title","available":true,"price":"6.50"}],
   "options":[{"name":"Title","values":["Default Title"]}]}]}"#;

#[test]
fn a_storefronts_products_have_no_quantities_but_may_be_sold_out() {
    let loaded = load_bytes(STOREFRONT.as_bytes(), Some("CAD")).unwrap();
    assert_eq!(words(&loaded), ["café-mug: S 14.00*~, L 18.00*0", "soap: 6.50*~"]);
    assert_eq!(findings(&loaded), [""; 0]);
    assert!(
        loaded.report.to_string().starts_with("storefront products.json (UTF-8): 2 products, 3 variants")
    );

    let mug = &loaded.store.products[&7_654_321_098_765];
    assert_eq!((mug.updated_at, mug.variants[0].id), (1_743_498_000_000, 41_234_567_890_123));
    assert_eq!((mug.tags.join("|"), mug.images[0].alt.as_str()), ("gift|blue".to_owned(), "Front"));
    assert_eq!(mug.variants[0].image.as_deref(), Some("https://cdn.test/s.jpg"));
    assert_eq!(loaded.store.products[&2].tags, ["a", "b"]);
    assert!(mug.published && mug.status == Status::Active);
}

#[test]
fn an_admin_answer_has_stock_and_states() {
    let text = r#"{"products":[
      {"id":9007199254740993,"title":"Throw","handle":"throw","body_html":"","vendor":"Ull","product_type":"Throw","tags":"warm, gift",
       "status":"draft","published_at":null,"options":[{"name":"Color"}],
       "images":[{"id":11,"src":"https://cdn.test/a.jpg","alt":null},{"id":12,"src":"https://cdn.test/b.jpg"}],
       "variants":[
         {"id":9007199254740995,"inventory_item_id":9007199254740997,"option1":"Red","price":"39.00","sku":"'01","barcode":"'02",
          "inventory_management":"shopify","inventory_quantity":-2,"inventory_policy":"continue","image_id":12},
         {"id":5,"option1":"Blue","price":39.5,"inventory_management":null,"inventory_quantity":0,"inventory_policy":"deny"}]}]}"#;
    let loaded = load_bytes(text.as_bytes(), Some("USD")).unwrap();
    assert_eq!(words(&loaded), ["throw: Red 39.00*-2, Blue 39.50*~"]);

    let throw = &loaded.store.products[&9_007_199_254_740_993];
    let red = &throw.variants[0];
    assert_eq!((red.id, red.inventory_item_id), (9_007_199_254_740_995, 9_007_199_254_740_997));
    assert_eq!((red.sku.as_str(), red.barcode.as_str(), red.oversell), ("01", "02", true));
    assert_eq!(red.image.as_deref(), Some("https://cdn.test/b.jpg"));
    assert!(throw.status == Status::Draft && !throw.published);
    assert!(loaded.report.to_string().starts_with("Admin API product JSON"));
}

#[test]
fn pages_lists_and_single_products_all_load() {
    let product = |id: u64| {
        format!(
            r#"{{"id":{id},"title":"P","handle":"p{id}","variants":[{{"id":{id},"price":"1.00","inventory_quantity":1}}]}}"#
        )
    };
    let (one, two) = (product(1), product(2));
    let both = ["p1: 1.00*1", "p2: 1.00*1"];
    check(&format!("[{one},{two}]"), &both, &[]);
    check(&format!("{{\"products\":[{one}]}}{{\"products\":[{two}]}}"), &both, &[]);
    check(&format!("{{\"products\":[{one}]}}\n\n{{\"products\":[]}}\n{{\"product\":{two}}}\n"), &both, &[]);
    check(&format!("[{{\"products\":[{one}]}},{{\"products\":[{two}]}}]"), &both, &[]);
    check(&format!("{one}\n{two}\n"), &both, &[]);
    check(
        &format!("{{\"data\":{{\"products\":{{\"edges\":[{{\"node\":{one}}},{{\"node\":{two}}}]}}}}}}"),
        &both,
        &[],
    );
}

#[test]
fn prices_are_read_from_their_own_digits() {
    let check_price = |price: &str, expected: &str| {
        let text = format!(
            r#"[{{"id":1,"title":"A","handle":"a","variants":[{{"price":{price}}}]}},{{"title":"B","handle":"b","variants":[{{"price":"1"}}]}}]"#
        );
        let loaded = load_bytes(text.as_bytes(), Some("USD")).unwrap();
        let first = findings(&loaded).into_iter().next().unwrap_or_else(|| words(&loaded)[0].clone());
        assert_eq!(first, expected, "{price}");
    };
    check_price("0.1", "a: 0.10*~");
    check_price("\"19.90\"", "a: 19.90*~");
    check_price("{\"amount\":\"7.5\",\"currencyCode\":\"USD\"}", "a: 7.50*~");
    check_price("1e3", "product 1 (a): the price “1e3” is not a plain decimal number; write 1000.00");
    check_price(
        "0.30000000000000004",
        "product 1 (a): the price “0.30000000000000004” has more than 15 digits; write the price of one piece",
    );
    check_price("null", "product 1 (a): the price is missing; write it, such as 12.50");
    check_price("[1]", "product 1 (a): the price is missing; write it, such as 12.50");
    check_price(
        "true",
        "product 1 (a): the price “true” is not a plain decimal number; write a number such as 12.50",
    );
}

#[test]
fn a_bad_product_does_not_cost_the_good_ones() {
    check(
        r#"{"products":[7,null,{"id":1,"title":"A","handle":"a","variants":[]},
           {"id":1,"title":"B","handle":"b","variants":[{"id":1,"price":"1"}]},
           {"id":1,"title":"C","handle":"c","variants":[{"id":2,"price":"1"}]},
           {"id":2,"title":"B","handle":"b","variants":[{"id":3,"price":"1"}]},
           {"id":3,"title":"\ud800","handle":"d","variants":[{"id":4,"price":"1"}]},
           {"id":4,"title":"E","handle":"e","variants":[{"id":1,"price":"1"},{"id":5,"price":"2","option1":"M"}]}]}"#,
        &["b: 1.00*~", "e: M 2.00*~"],
        &[
            "product 1: this is not a product but another value; remove it or export again",
            "product 2: this is not a product but another value; remove it or export again",
            "product 3 (a): the product has no variants; export products together with their variants",
            "product 5 (c): another product has the id 1 already; export the file again",
            "product 6 (b): the handle was already used at 4; give each product a handle of its own",
            "product 7 (d): the product has no usable title; write its title in its first row",
            "product 8 (e): the variant has no value for the option “Option 1”; write one, such as S or Blue",
        ],
    );
}

#[test]
fn json_of_something_else_is_named() {
    check_refused(b"{\"errors\":\"[API] Invalid API key\"}", "catalogue.no_products");
    check_refused(b"{\"products\":[]}", "catalogue.no_products");
    check_refused(b"[]", "catalogue.no_products");
    let cut = check_refused(&STOREFRONT.as_bytes()[..900], "catalogue.broken_json").to_string();
    assert!(cut.starts_with("the JSON is damaged at line 9, column"), "{cut}");
    let theme = br#"{"id":1,"title":"Mug","handle":"mug","price":1400,"price_max":1400,"price_varies":false,"variants":[{"price":1400}]}"#;
    check_refused(theme, "catalogue.theme_product");
}

#[test]
fn the_files_own_currency_counts() {
    let product = |currency: &str| {
        format!(
            r#"{{"title":"A","handle":"{currency}","variants":[{{"price":"1","price_currency":"{currency}"}}]}}"#
        )
    };
    let text = format!("[{}]", product("EUR"));
    let loaded = load_bytes(text.as_bytes(), Some("USD")).unwrap();
    assert_eq!(loaded.store.shop.currency, "EUR");
    assert_eq!(loaded.report.notes, ["the file says EUR, so --currency USD was not used"]);
    check_refused(
        format!("[{},{}]", product("EUR"), product("USD")).as_bytes(),
        "catalogue.several_currencies",
    );
}
