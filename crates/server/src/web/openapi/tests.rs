//! No route without a description, and no description without a route.

use std::collections::BTreeSet;

use super::{document, operations};

/// The routes as the router's own text names them: `(method, path)`.
fn routed() -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for route in include_str!("../router.rs").split(".route(").skip(1) {
        let path = route.split('"').nth(1).unwrap();
        let handlers = route.split("\n        .").next().unwrap();
        for method in ["get", "post", "put", "patch", "delete"] {
            if handlers.contains(&format!("{method}(")) {
                found.insert((method.to_owned(), path.to_owned()));
            }
        }
    }
    found
}

#[test]
fn every_route_is_described_and_nothing_else_is() {
    let described: BTreeSet<(String, String)> =
        operations().iter().map(|one| (one.method.to_owned(), one.path.to_owned())).collect();

    assert!(described.len() > 15, "the routes are found");
    assert_eq!(described, routed(), "describe the route in web/openapi, in the file of its area");
}

#[test]
fn every_name_is_given_once_and_every_path_names_its_variables() {
    let operations = operations();
    let names: BTreeSet<&str> = operations.iter().map(|one| one.name).collect();
    assert_eq!(names.len(), operations.len());

    let text = document::write(&operations).to_string();
    for one in &operations {
        for variable in one.path.split('{').skip(1).filter_map(|part| part.split('}').next()) {
            assert!(one.parameters.iter().any(|known| known.name == variable), "{} {variable}", one.path);
        }
        for problem in &one.problems {
            assert!(text.contains(&format!("\"{}\"", problem.code)), "{}", problem.code);
        }
    }
    assert!(!text.contains("#/$defs/"), "every type stands among the components");
}
