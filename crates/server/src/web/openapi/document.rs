//! Writes the operations down, in version 3.1 of the format.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::operation::{Answer, Content, Operation, Parameter, Place, Who};
use crate::web::problem::Problem;

const ABOUT: &str = "Everything this server answers over HTTP. Errors are RFC 9457 problems with a stable `code`; docs/errors.md explains each.";

/// The document.
pub(super) fn write(operations: &[Operation]) -> Value {
    let settings = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into());
    let mut generator = SchemaGenerator::new(settings);
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for operation in operations {
        let written = written(operation, &mut generator);
        paths.entry(operation.path).or_default().insert(operation.method.to_owned(), written);
    }
    let mut schemas = generator.take_definitions(true);
    schemas.insert("Problem".to_owned(), problem_schema());
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Shopclerk", "version": env!("CARGO_PKG_VERSION"), "description": ABOUT },
        "paths": paths,
        "components": { "schemas": schemas, "securitySchemes": security_schemes() },
    })
}

fn security_schemes() -> Value {
    json!({
        "session": {
            "type": "apiKey", "in": "cookie", "name": "session_id",
            "description": "A merchant, signed in through their shop.",
        },
        "token": {
            "type": "http", "scheme": "bearer",
            "description": "The operator's token, from `shopclerk token new`.",
        },
    })
}

fn written(operation: &Operation, generator: &mut SchemaGenerator) -> Value {
    let mut responses = Map::new();
    for answer in &operation.answers {
        responses.insert(answer.status.as_str().to_owned(), response(answer, generator));
    }
    for (status, problems) in by_status(&operation.problems) {
        responses.insert(status.as_str().to_owned(), refusal(status, &problems));
    }
    let mut written = json!({
        "operationId": operation.name,
        "summary": operation.says,
        "parameters": operation.parameters.iter().map(parameter).collect::<Vec<_>>(),
        "responses": responses,
        "security": security(operation.who),
    });
    if let (Some(fields), Some(body)) = (written.as_object_mut(), operation.body) {
        let content = content(body, generator);
        fields.insert("requestBody".to_owned(), json!({ "required": true, "content": content }));
    }
    written
}

fn security(who: Who) -> Value {
    match who {
        Who::Anyone => json!([]),
        Who::Session => json!([{ "session": [] }]),
        Who::Caller => json!([{ "session": [] }, { "token": [] }]),
        Who::Token => json!([{ "token": [] }]),
    }
}

fn parameter(parameter: &Parameter) -> Value {
    let place = match parameter.place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
    };
    json!({
        "in": place,
        "name": parameter.name,
        "description": parameter.says,
        "required": parameter.place == Place::Path,
        "schema": parameter.schema,
    })
}

fn response(answer: &Answer, generator: &mut SchemaGenerator) -> Value {
    let mut contents = Map::new();
    let mut headers = json!({});
    for one in &answer.content {
        if let Content::Elsewhere = one {
            headers = json!({ "Location": { "required": true, "schema": { "type": "string" } } });
        } else if let Value::Object(written) = content(*one, generator) {
            contents.extend(written);
        }
    }
    json!({ "description": answer.says, "headers": headers, "content": contents })
}

fn content(content: Content, generator: &mut SchemaGenerator) -> Value {
    match content {
        Content::Json(schema) => json!({ "application/json": { "schema": schema(generator) } }),
        Content::AnyJson => json!({ "application/json": { "schema": {} } }),
        Content::Form(field) => json!({ "application/x-www-form-urlencoded": { "schema": {
            "type": "object", "required": [field], "properties": { field: { "type": "string" } },
        } } }),
        Content::Text(kind) => json!({ kind: { "schema": { "type": "string" } } }),
        Content::Elsewhere => json!({}),
    }
}

fn by_status(problems: &[Problem]) -> BTreeMap<StatusCode, Vec<&Problem>> {
    let mut sorted: BTreeMap<StatusCode, Vec<&Problem>> = BTreeMap::new();
    for problem in problems {
        let same = sorted.entry(problem.status).or_default();
        if !same.iter().any(|known| known.code == problem.code) {
            same.push(problem);
        }
    }
    sorted
}

/// One status with all the codes it can carry here. A browser sees the same as a page.
fn refusal(status: StatusCode, problems: &[&Problem]) -> Value {
    let codes: Vec<&str> = problems.iter().map(|problem| problem.code).collect();
    let told: Vec<String> =
        problems.iter().map(|problem| format!("`{}`: {}", problem.code, problem.detail)).collect();
    json!({
        "description": told.join("; "),
        "content": {
            "application/problem+json": { "schema": {
                "allOf": [{ "$ref": "#/components/schemas/Problem" }],
                "properties": { "status": { "const": status.as_u16() }, "code": { "enum": codes } },
            } },
            "text/html; charset=utf-8": { "schema": { "type": "string" } },
        },
    })
}

fn problem_schema() -> Value {
    let text = json!({ "type": "string" });
    json!({
        "type": "object",
        "description": "An error, after RFC 9457.",
        "required": ["title", "status", "code", "detail", "cure"],
        "properties": {
            "title": text,
            "status": { "type": "integer" },
            "code": { "type": "string", "description": "Stable; explained in docs/errors.md." },
            "detail": text,
            "cure": text,
            "request_id": { "type": "string", "description": "Names the log line of an internal error." },
        },
    })
}
