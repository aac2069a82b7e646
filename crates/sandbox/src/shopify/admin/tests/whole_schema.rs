//! Every field of the schema, asked for: none may be promised and not answered.

use std::collections::BTreeSet;

use apollo_compiler::Schema;
use apollo_compiler::schema::ExtendedType;
use serde_json::{Value, json};

use super::super::super::testing::{BIG, SCOPES, Stage};
use super::super::location_number;
use super::{gid, subscribe};

/// One field of `on` with arguments that find something, and all fields of what it leads to, `depth` steps far.
fn whole(schema: &Schema, on: &str, name: &str, depth: usize) -> Option<String> {
    let field = schema.type_field(on, name).unwrap();
    let inner = field.ty.inner_named_type().as_str();
    let below = match &schema.types[inner] {
        ExtendedType::Object(object) => Some(&object.fields),
        ExtendedType::Interface(interface) => Some(&interface.fields),
        // What lies behind a choice of types is told of in tests of its own.
        ExtendedType::Union(_) => return Some(format!("{name} {{ __typename }}")),
        _ => None,
    };
    let inside = match (below, depth) {
        (None, _) => String::new(),
        (Some(_), 0) => return None,
        (Some(fields), _) => {
            let parts: Vec<String> =
                fields.keys().filter_map(|part| whole(schema, inner, part, depth - 1)).collect();
            format!(" {{ __typename {} }}", parts.join(" "))
        }
    };
    let arguments: Vec<String> =
        field.arguments.iter().filter_map(|one| argument(on, inner, &one.name)).collect();
    let arguments = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
    Some(format!("{name}{arguments}{inside}"))
}

fn argument(on: &str, inner: &str, name: &str) -> Option<String> {
    let id = match (inner, on) {
        ("Boolean", "Collection") | ("Product", _) => gid("Product", 1),
        ("Boolean" | "Collection", _) => gid("Collection", 900),
        ("ProductVariant", _) => gid("ProductVariant", 11),
        ("DiscountNode", _) => gid("DiscountNode", 700),
        ("InventoryItem", _) => gid("InventoryItem", 5_011),
        ("InventoryLevel", _) => {
            format!("{}?inventory_item_id={}", location(), BIG + 5_011).replace("Location", "InventoryLevel")
        }
        ("Location", _) => location(),
        ("WebhookSubscription", _) => "gid://shopify/WebhookSubscription/9100000000000001".to_owned(),
        _ => gid("Shop", 0),
    };
    let handle = if inner == "Collection" { "gifts" } else { "harbour-lamp" };
    match name {
        "first" if inner.ends_with("Connection") => Some("first: 1".to_owned()),
        "names" => Some("names: [\"available\"]".to_owned()),
        "key" => Some("key: \"material\"".to_owned()),
        "id" => Some(format!("id: \"{id}\"")),
        "ids" => Some(format!("ids: [\"{id}\"]")),
        "locationId" => Some(format!("locationId: \"{}\"", location())),
        "handle" => Some(format!("handle: \"{handle}\"")),
        "identifier" => Some(format!("identifier: {{ handle: \"{handle}\" }}")),
        _ => None,
    }
}

fn location() -> String {
    format!("gid://shopify/Location/{}", location_number(BIG))
}

#[tokio::test]
async fn every_field_of_the_schema_has_an_answer() {
    let stage = Stage::set().await;
    let token = stage.static_token(&format!("{SCOPES},read_discounts")).await;
    subscribe(&stage, &token, "PRODUCTS_UPDATE").await;
    let schema = &stage.fake.admin.schema;
    let mut asked = BTreeSet::new();

    for name in schema.get_object("QueryRoot").unwrap().fields.keys() {
        for depth in (0..=5).rev() {
            let Some(query) = whole(schema, "QueryRoot", name, depth) else {
                panic!("{name} is too dear at any depth")
            };
            stage.clock.advance(std::time::Duration::from_secs(20));
            let answer = stage.ask(&token, &format!("{{ {query} }}"), json!({})).await;
            let error = answer["errors"][0].clone();
            if error["extensions"]["code"] == "MAX_COST_EXCEEDED" {
                continue;
            }
            assert_eq!(error, Value::Null, "{query}");
            assert!(!answer["data"][name.as_str()].is_null(), "{query}");
            note_types(&answer["data"], &mut asked);
            break;
        }
    }

    let objects = schema.types.iter().filter(|(name, ty)| ty.is_object() && !name.starts_with("__"));
    let never: Vec<&str> =
        objects.map(|(name, _)| name.as_str()).filter(|name| !asked.contains(*name)).collect();
    let no_answer_yet = ["ProductOptionValueSwatch", "TaxonomyCategory", "CollectionRuleSet", "UserError"];
    let roots = ["QueryRoot", "Mutation", "MediaImage"];
    let unmet: Vec<&&str> = never
        .iter()
        .filter(|name| {
            // What a mutation answers with is met where the mutation is told of.
            let of_mutation = name.ends_with("Payload") || name.ends_with("UninstallError");
            // So are discounts, of which each kind has types of its own.
            let of_discount =
                ["Discount", "AllDiscount", "AppDiscount"].iter().any(|start| name.starts_with(start))
                    || matches!(**name, "Segment" | "Customer");
            !no_answer_yet.contains(name) && !roots.contains(name) && !of_mutation && !of_discount
        })
        .collect();
    assert!(unmet.is_empty(), "never met: {unmet:?}");
    stage.close();
}

pub(super) fn note_types(value: &Value, asked: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            asked.extend(object.get("__typename").and_then(Value::as_str).map(str::to_owned));
            object.values().for_each(|value| note_types(value, asked));
        }
        Value::Array(list) => list.iter().for_each(|value| note_types(value, asked)),
        _ => {}
    }
}
