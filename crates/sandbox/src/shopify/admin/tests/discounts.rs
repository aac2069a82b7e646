//! Discounts of every kind, asked for whole, filtered and in pages, and told of when they change.

use std::collections::BTreeSet;

use apollo_compiler::Schema;
use apollo_compiler::schema::ExtendedType;
use serde_json::{Value, json};

use super::super::super::testing::{BIG, NOW, SCOPES, SHOP, Stage};
use super::subscribe;
use crate::shopify::{ChangeError, DiscountPatch};

async fn token(stage: &Stage) -> String {
    stage.static_token(&format!("{SCOPES},read_discounts")).await
}

/// Every field of a type, with one more level of what stands in pages.
fn whole(schema: &Schema, on: &str) -> String {
    let fields = match &schema.types[on] {
        ExtendedType::Object(object) => &object.fields,
        _ => return "__typename".to_owned(),
    };
    let parts = fields.iter().map(|(name, field)| {
        let inner = field.ty.inner_named_type().as_str();
        match &schema.types[inner] {
            _ if inner.ends_with("Connection") => format!("{name}(first: 2) {{ nodes {{ __typename id }} }}"),
            ExtendedType::Object(_) => format!("{name} {{ __typename {} }}", whole(schema, inner)),
            ExtendedType::Union(union) => {
                let members = union.members.iter();
                let members =
                    members.map(|one| format!("... on {0} {{ {1} }}", one.name, whole(schema, &one.name)));
                format!("{name} {{ __typename {} }}", members.collect::<Vec<_>>().join(" "))
            }
            _ => name.to_string(),
        }
    });
    parts.collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn every_kind_of_discount_has_all_the_fields_of_its_kind() {
    let stage = Stage::set().await;
    let token = token(&stage).await;
    let schema = &stage.fake.admin.schema;
    let mut met = BTreeSet::new();

    let ExtendedType::Union(kinds) = &schema.types["Discount"] else { panic!("discounts are a union") };
    for kind in kinds.members.iter().map(|kind| &kind.name) {
        let part = format!("discount {{ __typename ... on {kind} {{ {} }} }}", whole(schema, kind));
        let query = format!("{{ discountNodes(first: 20) {{ nodes {{ __typename id {part} }} }} }}");
        stage.clock.advance(std::time::Duration::from_mins(1));
        let answer = stage.ask(&token, &query, json!({})).await;
        assert_eq!(answer.get("errors"), None, "{query}\n{answer}");
        super::whole_schema::note_types(&answer["data"], &mut met);
    }

    let never_here = ["DiscountCountries", "DiscountPurchaseAmount"];
    let listed = schema.types.iter().filter(|(name, ty)| {
        let told = name.contains("Discount") || matches!(name.as_str(), "Segment" | "Customer");
        ty.is_object() && told && !name.ends_with("Connection") && !name.ends_with("Edge")
    });
    let unmet: Vec<&str> = listed
        .map(|(name, _)| name.as_str())
        .filter(|name| !met.contains(*name) && !never_here.contains(name))
        .collect();
    assert!(unmet.is_empty(), "never met: {unmet:?}");
    stage.close();
}

#[tokio::test]
async fn the_products_own_query_finds_what_counts_and_what_is_to_come() {
    let stage = Stage::set().await;
    let query = include_str!("../../../../../upstream/src/shopify/queries/05_discounts.graphql");

    let denied = stage.ask(&stage.static_token(SCOPES).await, query, json!({})).await;
    assert_eq!(denied["errors"][0]["extensions"]["code"], "ACCESS_DENIED");
    let answer = stage.ask(&token(&stage).await, query, json!({})).await;

    assert_eq!(answer.get("errors"), None, "{answer}");
    let nodes = answer["data"]["discountNodes"]["nodes"].as_array().unwrap();
    let titles: Vec<&str> = nodes.iter().map(|node| node["discount"]["title"].as_str().unwrap()).collect();
    assert_eq!(nodes.len(), 13, "all but the one that is over: {titles:?}");
    assert!(!titles.contains(&"Discount 12") && titles.contains(&"Discount 13"));
    let ten = nodes.iter().find(|node| node["discount"]["title"] == "Discount 1").unwrap();
    assert_eq!(ten["id"], format!("gid://shopify/DiscountNode/{}", BIG + 701));
    assert_eq!(ten["discount"]["codes"]["nodes"][0]["code"], "TEN");
    assert_eq!(ten["discount"]["customerGets"]["value"]["percentage"], json!(0.15));
    let subtotal = &ten["discount"]["minimumRequirement"]["greaterThanOrEqualToSubtotal"];
    assert_eq!(*subtotal, json!({ "amount": "50.0", "currencyCode": "USD" }));
    stage.close();
}

#[tokio::test]
async fn a_changed_discount_is_told_and_stands_where_its_dates_put_it() {
    let stage = Stage::set().await;
    let token = token(&stage).await;
    subscribe(&stage, &token, "DISCOUNTS_UPDATE").await;
    subscribe(&stage, &token, "DISCOUNTS_DELETE").await;
    let ends = DiscountPatch { ends_at: Some(NOW), ..DiscountPatch::default() };

    let changed = stage.fake.patch_discount(SHOP, BIG + 701, &ends).unwrap();
    stage.fake.delete_discount(SHOP, BIG + 702).unwrap();

    assert_eq!(changed.status, "EXPIRED");
    let told = stage.received().await;
    let of = |topic: &str| told.iter().find(|(head, _)| head["x-shopify-topic"] == topic).unwrap();
    assert!(told.len() == 2 && !of("discounts/delete").1.is_empty());
    let body: Value = serde_json::from_slice(&of("discounts/update").1).unwrap();
    assert_eq!(body["admin_graphql_api_id"], format!("gid://shopify/DiscountCodeNode/{}", BIG + 701));
    assert_eq!(body["status"], "EXPIRED");
    for wrong in ["0", "1.5", "-0.1", "0.00001", "ten", ""] {
        let patch = DiscountPatch { percent: Some(wrong.to_owned()), ..DiscountPatch::default() };
        let refused = stage.fake.patch_discount(SHOP, BIG + 701, &patch);
        assert!(matches!(refused, Err(ChangeError::BadShare)), "{wrong}");
    }
    let nothing = stage.fake.patch_discount(SHOP, BIG + 701, &DiscountPatch::default());
    assert!(matches!(nothing, Err(ChangeError::NothingToChange)));
    assert!(matches!(stage.fake.delete_discount(SHOP, 5), Err(ChangeError::NoSuchDiscount)));
    stage.close();
}
