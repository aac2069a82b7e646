//! The Admin API over real HTTP: our operations, every field of the schema, refusals, prices, limits and pages.

mod discounts;
mod whole_schema;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::store::Store;
use super::super::testing::{BIG, SCOPES, SHOP, Stage, little_shop, product};
use crate::state::StateFile;

macro_rules! operation {
    ($name:literal) => {
        include_str!(concat!("../../../../../upstream/src/shopify/queries/", $name, ".graphql"))
    };
}

#[tokio::test]
async fn every_operation_the_product_sends_is_answered_with_data() {
    let stage = Stage::set().await;
    let token = stage.static_token(SCOPES).await;
    let cases = [
        (operation!("01_shop"), json!({}), "/shop/currencyCode", json!("USD")),
        (
            operation!("03_products_page"),
            json!({ "first": 10, "query": "status:active" }),
            "/products/nodes/0/handle",
            json!("harbour-lamp"),
        ),
        (
            operation!("21_product"),
            json!({ "id": gid("Product", 1) }),
            "/product/collections/nodes/0/title",
            json!("Gifts"),
        ),
        (
            operation!("04_variants_page"),
            json!({ "id": gid("Product", 1) }),
            "/product/variants/nodes/1/price",
            json!("89.00"),
        ),
        (operation!("11_webhook_list"), json!({}), "/webhookSubscriptions/nodes", json!([])),
        (
            operation!("12_webhook_delete"),
            json!({ "id": gid("WebhookSubscription", 1) }),
            "/webhookSubscriptionDelete/userErrors/0/field",
            json!(["id"]),
        ),
        (
            operation!("13_stock_by_variant_ids"),
            json!({ "ids": [gid("ProductVariant", 11), gid("ProductVariant", 99)] }),
            "/nodes/0/inventoryItem/inventoryLevels/nodes/0/quantities/0/quantity",
            json!(3),
        ),
        (operation!("15_collections"), json!({}), "/collections/nodes/0/productsCount/count", json!(1)),
    ];
    for (query, variables, pointer, expected) in cases {
        let answer = stage.ask(&token, query, variables).await;
        assert_eq!(answer.get("errors"), None, "{answer}");
        assert_eq!(answer["data"].pointer(pointer), Some(&expected), "{answer}");
    }
    stage.close();
}

#[tokio::test]
async fn a_page_of_products_says_what_the_shop_holds() {
    let stage = Stage::set().await;
    let token = stage.static_token(SCOPES).await;

    let answer = stage
        .ask(&token, operation!("03_products_page"), json!({ "first": 10, "query": "handle:harbour-lamp" }))
        .await;

    let lamp = &answer["data"]["products"]["nodes"][0];
    let url = stage.url("/products/harbour-lamp");
    for (pointer, expected) in [
        ("/id", json!(gid("Product", 1))),
        ("/description", json!("Warm light & oak.")),
        ("/onlineStoreUrl", json!(url)),
        ("/totalInventory", json!(3)),
        ("/hasOutOfStockVariants", json!(true)),
        ("/options/0/optionValues/1/name", json!("Large")),
        ("/priceRangeV2/minVariantPrice/amount", json!("49.9")),
        ("/compareAtPriceRange/maxVariantCompareAtPrice/amount", json!("60.0")),
        ("/featuredMedia/preview/image/url", json!(stage.url("/files/sample/lamp.svg"))),
        ("/variants/nodes/1/availableForSale", json!(false)),
        ("/variants/nodes/0/compareAtPrice", json!("60.00")),
        ("/metafields/nodes/0/value", json!("oak")),
        ("/updatedAt", json!("2026-11-21T10:58:21Z")),
    ] {
        assert_eq!(lamp.pointer(pointer), Some(&expected), "{pointer}");
    }
    let cost = &answer["extensions"]["cost"];
    assert!(cost["requestedQueryCost"].as_u64().unwrap() < 300, "{cost}");
    let actual = cost["actualQueryCost"].as_u64().unwrap();
    assert!((10..100).contains(&actual), "{actual}");
    let available = cost["throttleStatus"]["currentlyAvailable"].as_f64().unwrap();
    assert!((available + f64::from(u32::try_from(actual).unwrap()) - 2_000.0).abs() < 0.5, "{cost}");
    stage.close();
}

#[tokio::test]
async fn another_client_finds_its_way_by_aliases_fragments_edges_and_introspection() {
    let stage = Stage::set().await;
    let token = stage.static_token(SCOPES).await;
    let query = "query ($n: Int = 2, $rich: Boolean!) {
        cheap: products(last: $n, sortKey: TITLE, reverse: true) { edges { cursor node { ...Card } } pageInfo { hasPreviousPage } }
        productByIdentifier(identifier: { handle: \"sea-candle\" }) { ...Card vendor @include(if: $rich) tags @skip(if: true) }
        __type(name: \"ProductStatus\") { enumValues { name } }
    }
    fragment Card on Product { title images(first: 1) { nodes { src } } totalVariants }";

    let answer = stage.ask(&token, query, json!({ "rich": true })).await;

    let data = &answer["data"];
    assert_eq!(answer.get("errors"), None, "{answer}");
    assert_eq!(data["cheap"]["edges"].as_array().unwrap().len(), 2);
    assert_eq!(data["cheap"]["edges"][1]["node"]["title"], "draft vase");
    assert_eq!(data["cheap"]["pageInfo"]["hasPreviousPage"], true);
    assert_eq!(
        data["productByIdentifier"],
        json!({ "title": "sea candle", "images": { "nodes": [] }, "totalVariants": 1, "vendor": "Fjord" })
    );
    assert_eq!(data["__type"]["enumValues"].as_array().unwrap().len(), 4);
    stage.close();
}

#[tokio::test]
async fn what_the_schema_does_not_have_is_refused_with_its_path_and_code() {
    let stage = Stage::set().await;
    let token = stage.static_token(SCOPES).await;
    let cases = [
        ("query Look { shop { colour } }", "undefinedField", "Field 'colour' doesn't exist on type 'Shop'"),
        ("{ shop(id: 1) { name } }", "argumentNotAccepted", "Field 'shop' doesn't accept argument 'id'"),
        (
            "{ product { id } }",
            "missingRequiredArguments",
            "Field 'product' is missing required arguments: id",
        ),
        ("{ shop }", "selectionMismatch", "Field must have selections"),
        ("{ shop { name { first } } }", "selectionMismatch", "Selections can't be made on scalars"),
        ("query ($a: Int) { shop { name } }", "variableNotUsed", "unused variable"),
        ("{ product(id: $a) { id } }", "variableNotDefined", "is not defined"),
        ("{ products(first: \"x\") { nodes { id } } }", "argumentLiteralsIncompatible", ""),
        ("{ products(first: 1, sortKey: PRICE) { nodes { id } } }", "argumentLiteralsIncompatible", ""),
        ("{ shop { ...Gone } }", "useAndDefineFragment", ""),
        ("query ($id: ID!) { product(id: $id) { id } }", "INVALID_VARIABLE", ""),
    ];
    for (query, code, message) in cases {
        let answer = stage.ask(&token, query, json!({})).await;
        let error = &answer["errors"][0];
        assert_eq!(error["extensions"]["code"], code, "{query}: {answer}");
        assert!(error["message"].as_str().unwrap().contains(message), "{error}");
        assert_eq!(answer.get("data"), None);
    }
    let answer = stage.ask(&token, "query Look { shop { a: colour } }", json!({})).await;
    let error = &answer["errors"][0];
    assert_eq!(error["path"], json!(["query Look", "shop", "a"]));
    assert_eq!(error["locations"], json!([{ "line": 1, "column": 21 }]));
    assert_eq!(error["extensions"]["typeName"], "Shop");
    let broken = stage.ask(&token, "{ shop { ", json!({})).await;
    assert!(broken["errors"][0]["message"].as_str().unwrap().contains("syntax error"));
    stage.close();
}

#[tokio::test]
async fn a_query_that_could_never_end_is_too_dear_instead() {
    let stage = Stage::set().await;
    let token = stage.static_token(SCOPES).await;
    let doubling: Vec<String> = (0..60)
        .map(|at| format!("fragment F{at} on Product {{ a{at}: collections(first: 1) {{ nodes {{ id }} }} ...F{n} ... on Product {{ ...F{n} }} }} ", n = at + 1))
        .collect();
    let deep = format!(
        "{}id{}",
        "collections(first: 250) { nodes { products(first: 250) { nodes { ".repeat(3),
        " } } } }".repeat(3)
    );
    let cases = [
        format!(
            "{{ products(first: 1) {{ nodes {{ ...F0 }} }} }} {} fragment F60 on Product {{ id }}",
            doubling.concat()
        ),
        format!("{{ products(first: 250) {{ nodes {{ {deep} }} }} }}"),
    ];
    for query in cases {
        let answer = stage.ask(&token, &query, json!({})).await;
        let error = &answer["errors"][0];
        assert!(
            error["extensions"]["code"] == "MAX_COST_EXCEEDED"
                || error["message"].as_str().unwrap().contains("recursion"),
            "{error}"
        );
    }
    let nested = format!("{}{}{}", "{ shop ".repeat(40_000), "{ id }", "}".repeat(40_000));
    assert!(stage.ask(&token, &nested, json!({})).await["errors"][0]["message"].is_string());
    stage.close();
}

#[tokio::test]
async fn a_query_costs_what_the_recorded_rule_says() {
    let stage = Stage::set().await;
    let token = stage.static_token(SCOPES).await;
    let page = "products(first: 10) { nodes { id category { id } seo { title } options { optionValues { swatch { color } } }
        variantsCount { count } priceRangeV2 { minVariantPrice { amount } } compareAtPriceRange { maxVariantCompareAtPrice { amount } }
        featuredMedia { preview { image { url } } } metafields(first: 10) { nodes { key } }
        variants(first: 20) { nodes { selectedOptions { name } media(first: 1) { nodes { preview { image { url } } } } inventoryItem { id } } } } }";
    let cases = [
        (page.to_owned(), 218),
        (format!("...Page }} fragment Page on QueryRoot {{ {page}"), 218),
        ("shop { name }".to_owned(), 1),
        ("productsCount { count }".to_owned(), 10),
        ("products(first: 0) { nodes { id } }".to_owned(), 2),
        ("products(first: 250) { edges { node { id } } }".to_owned(), 13),
        ("node(id: \"gid://shopify/Shop/1\") { id ... on Product { seo { title } variantsCount { count } } ... on Shop { plan { shopifyPlus } } }".to_owned(), 3),
    ];
    for (query, expected) in cases {
        let answer = stage.ask(&token, &format!("{{ {query} }}"), json!({})).await;
        let cost = &answer["extensions"]["cost"];
        assert_eq!(cost["requestedQueryCost"], expected, "{query}");
        assert!(cost["actualQueryCost"].as_u64().unwrap() <= expected, "{cost}");
    }
    stage.close();
}

#[tokio::test]
async fn an_empty_bucket_throttles_until_it_fills() {
    let stage = Stage::set().await;
    let token = stage.static_token(SCOPES).await;
    stage.fake.drain_bucket(SHOP);

    let answer = stage.ask(&token, operation!("03_products_page"), json!({ "first": 10 })).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "THROTTLED");
    let cost = &answer["extensions"]["cost"];
    assert_eq!(cost["actualQueryCost"], Value::Null);
    assert_eq!(cost["throttleStatus"]["currentlyAvailable"], 0.0);

    stage.clock.advance(std::time::Duration::from_secs(3));
    let answer = stage.ask(&token, operation!("03_products_page"), json!({ "first": 10 })).await;
    assert_eq!(answer.get("errors"), None);
    stage.close();
}

#[tokio::test]
async fn a_token_without_a_scope_gets_the_rest() {
    let stage = Stage::set().await;
    let token = stage.static_token("read_products").await;

    let query = operation!("13_stock_by_variant_ids");
    let answer = stage.ask(&token, query, json!({ "ids": [gid("ProductVariant", 11)] })).await;
    assert_eq!(answer["data"], json!({ "nodes": [null] }));
    assert_eq!(answer["errors"][0]["extensions"]["code"], "ACCESS_DENIED");
    assert_eq!(answer["errors"][0]["extensions"]["requiredAccess"], "`read_inventory` access scope.");

    let nothing = stage.static_token("").await;
    let answer = stage.ask(&nothing, "{ shop { name } product(id: \"x\") { id } }", json!({})).await;
    assert_eq!(answer["data"], json!({ "shop": { "name": "Fjord & Co" }, "product": null }));
    let listed = stage.ask(&token, operation!("01_shop"), json!({})).await;
    assert_eq!(
        listed["data"]["currentAppInstallation"]["accessScopes"],
        json!([{ "handle": "read_products" }])
    );
    stage.close();
}

#[tokio::test]
async fn a_page_that_cannot_be_is_refused() {
    let stage = Stage::set().await;
    let token = stage.static_token(SCOPES).await;
    for (arguments, message) in [
        ("", "you must provide one of first or last"),
        ("(first: 1, last: 1)", "providing both first and last is not supported"),
        ("(first: 251)", "first cannot exceed 250"),
        ("(first: -1)", "a page cannot have a negative size"),
        ("(first: 1, after: \"nonsense\")", "Invalid cursor for current pagination sort."),
    ] {
        let answer =
            stage.ask(&token, &format!("{{ products{arguments} {{ nodes {{ id }} }} }}"), json!({})).await;
        assert_eq!(answer["errors"][0]["message"], message);
        assert_eq!(answer["data"], Value::Null);
    }
    let ids: Vec<String> = (0..251).map(|at| gid("Product", at)).collect();
    let answer = stage.ask(&token, operation!("13_stock_by_variant_ids"), json!({ "ids": ids })).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "MAX_INPUT_SIZE_EXCEEDED");
    stage.close();
}

#[tokio::test]
async fn an_unknown_filter_is_answered_with_everything_and_a_warning() {
    let stage = Stage::set().await;
    let token = stage.static_token(SCOPES).await;

    let query = "query ($q: String) { found: products(first: 9, query: $q) { nodes { id } } }";
    let answer = stage.ask(&token, query, json!({ "q": "colour:red" })).await;

    assert_eq!(answer["data"]["found"]["nodes"].as_array().unwrap().len(), 4);
    let search = &answer["extensions"]["search"][0];
    assert_eq!(
        (&search["path"], &search["warnings"][0]["code"]),
        (&json!(["found"]), &json!("invalid_field"))
    );
    stage.close();
}

#[tokio::test]
async fn an_old_version_is_answered_by_the_oldest_living_one() {
    let stage = Stage::set().await;
    let token = stage.static_token(SCOPES).await;
    let query = json!({ "query": "{ shop { id } }" });

    for (asked, status, answered) in
        [("2025-04", 200, Some("2026-01")), ("2026-10", 200, Some("2026-10")), ("latest", 404, None)]
    {
        let answer = stage.post(&token, asked, &query).await;
        let version = answer.headers().get("x-shopify-api-version").map(|value| value.to_str().unwrap());
        assert_eq!((answer.status().as_u16(), version), (status, answered), "{asked}");
    }
    let broken = stage.post(&token, "2026-04", &json!({ "variables": {} })).await;
    assert_eq!(broken.status(), 400);
    stage.close();
}

#[tokio::test]
async fn subscriptions_are_made_once_changed_and_removed() {
    let stage = Stage::set().await;
    let token = stage.static_token("read_products").await;
    let id = subscribe(&stage, &token, "PRODUCTS_UPDATE").await;
    let create = operation!("10_webhook_create");
    let input = |uri: &str| json!({ "topic": "PRODUCTS_UPDATE", "input": { "uri": uri } });
    for (variables, message) in [
        (input(&stage.hook_url), "Address for this topic has already been taken"),
        (input("http://example.com/hook"), "Address protocol is not supported"),
        (input("not an address"), "Address is invalid"),
        (json!({ "topic": "PRODUCTS_UPDATE", "input": {} }), "Address can't be blank"),
    ] {
        let answer = stage.ask(&token, create, variables).await;
        assert_eq!(answer["data"]["webhookSubscriptionCreate"]["userErrors"][0]["message"], message);
    }
    let stock = json!({ "topic": "INVENTORY_LEVELS_UPDATE", "input": { "uri": stage.hook_url } });
    let answer = stage.ask(&token, create, stock).await;
    let error = answer["data"]["webhookSubscriptionCreate"]["userErrors"][0]["message"].as_str().unwrap();
    assert!(error.contains("read_inventory"), "{error}");

    let change = "mutation ($id: ID!) { webhookSubscriptionUpdate(id: $id, webhookSubscription: { includeFields: [\"id\"] }) { webhookSubscription { includeFields uri } userErrors { message } } }";
    let answer = stage.ask(&token, change, json!({ "id": id })).await;
    assert_eq!(
        answer["data"]["webhookSubscriptionUpdate"]["webhookSubscription"],
        json!({ "includeFields": ["id"], "uri": stage.hook_url })
    );
    assert_eq!(answer["extensions"]["cost"]["requestedQueryCost"], 10);

    let gone = stage.ask(&token, operation!("12_webhook_delete"), json!({ "id": id })).await;
    assert_eq!(
        gone["data"]["webhookSubscriptionDelete"],
        json!({ "deletedWebhookSubscriptionId": id, "userErrors": [] })
    );
    stage.close();
}

#[tokio::test]
async fn ten_thousand_products_are_walked_page_by_page_without_sorting_them() {
    let mut store = Store { products: std::collections::BTreeMap::new(), ..little_shop() };
    for number in 0..10_000 {
        let one = product(number * 100, &format!("thing-{number}"));
        store.products.insert(one.id, one);
    }
    let stage = Stage::with(store, StateFile::in_memory(), StateFile::in_memory()).await;
    let token = stage.static_token(SCOPES).await;
    let query = "query ($after: String) { products(first: 250, after: $after, sortKey: UPDATED_AT) { nodes { id } pageInfo { hasNextPage endCursor } } }";

    let (mut seen, mut after, mut calls) = (BTreeSet::new(), Value::Null, 0);
    loop {
        let answer = stage.ask(&token, query, json!({ "after": after })).await;
        let page = &answer["data"]["products"];
        seen.extend(page["nodes"].as_array().unwrap().iter().map(|node| node["id"].to_string()));
        after = page["pageInfo"]["endCursor"].clone();
        calls += 1;
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!((seen.len(), calls), (10_000, 40));
    stage.close();
}

fn gid(kind: &str, number: u64) -> String {
    format!("gid://shopify/{kind}/{}", BIG + number)
}

async fn subscribe(stage: &Stage, token: &str, topic: &str) -> String {
    let variables = json!({ "topic": topic, "input": { "uri": stage.hook_url } });
    let answer = stage.ask(token, operation!("10_webhook_create"), variables).await;
    answer["data"]["webhookSubscriptionCreate"]["webhookSubscription"]["id"].as_str().unwrap().to_owned()
}
