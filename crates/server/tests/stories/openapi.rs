//! What programs are told of our routes.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::outside::Request;
use crate::world::World;

#[tokio::test]
async fn the_document_names_every_route_with_its_problems_and_every_problem_is_explained() {
    let world = World::unconnected(Vec::new()).await;

    let document = Request::get("/openapi.json").send(&world).await.json();

    assert_eq!(document["openapi"], "3.1.0");
    let explained = include_str!("../../../../docs/errors.md");
    let mut codes = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let refusals = operation["responses"]
                .as_object()
                .unwrap()
                .iter()
                .filter(|(status, _)| status.as_str() >= "400");
            for (status, refusal) in refusals {
                let schema = &refusal["content"]["application/problem+json"]["schema"];
                let listed = schema["properties"]["code"]["enum"].as_array();
                let listed = listed.unwrap_or_else(|| panic!("{method} {path} {status} names no code"));
                codes.extend(listed.iter().map(|code| code.as_str().unwrap().to_owned()));
            }
        }
    }
    for code in &codes {
        assert!(explained.contains(&format!("| `{code}` |")), "docs/errors.md does not explain {code}");
    }
    assert!(codes.len() > 25, "{codes:?}");
    world.close().await;
}

#[tokio::test]
async fn what_the_document_refers_to_is_in_it() {
    let world = World::unconnected(Vec::new()).await;

    let document = Request::get("/openapi.json").send(&world).await.json();

    let mut names = BTreeSet::new();
    collect(&document, &mut names);
    assert!(names.len() > 5);
    for name in names {
        let pointer = name.trim_start_matches('#');
        assert!(document.pointer(pointer).is_some(), "{name} leads nowhere");
    }
    world.close().await;
}

fn collect(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            names.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|value| collect(value, names));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, names)),
        _ => {}
    }
}
